#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../program/builder.hpp"
#include "exmc/ir/expression.hpp"

namespace exmc::density {

struct Function;

/// One argument in a function's list: given in its place or by its name.
struct Argument {
  enum class Kind {
    required,
    optional,
    list,         ///< required, and written as a list: `[a, b]`
    distribution  ///< required, and written as a call of a distribution: `normal(mu, sigma)`
  };
  std::string_view name;
  Kind kind = Kind::required;
};

/// What a call gives to a function.
class Arguments {
 public:
  /// @param where the call, as messages name it.
  Arguments(const Builder& builder, const Function& function, std::string where)
      : builder_(builder), function_(function), where_(std::move(where)) {}

  /// The expressions of a call, each in its argument's place; null where an optional one is absent.
  /// @throws InputError for arguments that are too many, unknown, given twice or missing.
  [[nodiscard]] std::vector<ir::ExpressionPtr> sort(const ir::Call& call) const;
  /// What stands in the next place: one view, those of a list, or none where the argument is absent.
  void add(std::vector<View> views) { values_.push_back(std::move(views)); }

  [[nodiscard]] bool has(std::size_t place) const { return !values_[place].empty(); }
  [[nodiscard]] const View& operator[](std::size_t place) const { return values_[place].front(); }
  [[nodiscard]] const std::vector<View>& list(std::size_t place) const { return values_[place]; }
  /// The arguments of a function that has neither optional ones nor lists.
  [[nodiscard]] std::vector<View> all() const;

  /// A whole number, or one or more: data.
  [[nodiscard]] std::ptrdiff_t integer(std::size_t place) const;
  [[nodiscard]] std::vector<std::ptrdiff_t> integers(std::size_t place) const;
  /// The axis, or the different axes, of an array of `rank` axes; negative ones count from the last.
  [[nodiscard]] std::size_t axis(std::size_t place, std::size_t rank) const;
  [[nodiscard]] std::vector<std::size_t> axes(std::size_t place, std::size_t rank) const;

  /// @throws InputError when the shapes do not broadcast.
  void require_broadcast(std::span<const View> views) const;
  [[noreturn]] void refuse(const std::string& message) const;
  [[nodiscard]] const std::string& where() const { return where_; }

 private:
  [[nodiscard]] std::string name_of(std::size_t place) const;
  [[nodiscard]] std::size_t resolve_axis(std::ptrdiff_t axis, std::size_t rank) const;

  const Builder& builder_;
  const Function& function_;
  std::string where_;
  std::vector<std::vector<View>> values_;
};

}  // namespace exmc::density
