#include "read_expression.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace exmc::ir {
namespace {

constexpr std::uint64_t kLongestAxis = std::uint64_t{1} << 53U;  // exact as a double

}  // namespace

ExpressionPtr read_expression(const json::Value& value) {
  const json::Json& json = value.json();
  if (json.is_string()) return parse_expression(json.get_ref<const std::string&>(), value.where());
  if (!json.is_number() && !json.is_array()) {
    value.refuse_as_not("an expression: a string, a number or a list of numbers");
  }
  return std::make_shared<const Expression>(Expression{Literal{value.numbers()}, 0});
}

ExpressionPtr read_length(const json::Value& value) {
  if (!value.json().is_string()) (void)value.integer(0, kLongestAxis, "a whole number or an expression of data");
  return read_expression(value);
}

}  // namespace exmc::ir
