#include "named_expressions.hpp"

#include <algorithm>

#include "exmc/core/text.hpp"
#include "names.hpp"
#include "read_expression.hpp"

namespace exmc::ir {

using json::Value;

NamedExpressions read_named_expressions(const Value& value) {
  NamedExpressions all;
  for (const auto& [name, expression] : value.object("an object of expressions, by name").members()) {
    check_name(name, expression.where());
    all.emplace(name, read_expression(expression));
  }
  return all;
}

std::vector<std::string> names_in(const NamedExpressions& expressions) {
  std::vector<std::string> names;
  for (const auto& [name, expression] : expressions) names.push_back(name);
  return names;
}

std::vector<std::string> read_outputs(const Value& value, const std::string& what,
                                      const std::function<std::string(const Value&)>& read) {
  if (!value.json().is_array()) return {read(value)};
  std::vector<std::string> outputs;
  for (const Value& item : value.list()) {
    outputs.push_back(read(item));
    if (std::find(outputs.begin(), outputs.end() - 1, outputs.back()) != outputs.end() - 1) {
      item.refuse("found " + in_quotes(outputs.back()) + " twice");
    }
  }
  if (outputs.empty()) value.refuse("found an empty list, expected at least one " + what);
  return outputs;
}

}  // namespace exmc::ir
