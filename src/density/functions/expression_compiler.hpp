#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "../program/builder.hpp"
#include "exmc/ir/expression.hpp"

namespace exmc::density {

/// Expressions deeper than this are refused: every walk over them is recursive.
inline constexpr std::size_t kMaxDepth = 2000;

/// Adds the names an expression refers to (not those of functions).
/// @throws InputError with `where` beyond kMaxDepth.
void collect_names(const ir::Expression& expression, const std::string& where, std::set<std::string>& names);

/// Turns expressions into instructions and views.
class ExpressionCompiler {
 public:
  using Lookup = std::function<View(const std::string& name)>;
  /// The hidden states of an observed node, as HiddenMarkov has them; empty where the name is not one of those, or the
  /// expression is none that may ask.
  using HiddenLookup = std::function<std::vector<View>(const std::string& name)>;

  /// @param lookup gives the value of a name that is known to exist.
  ExpressionCompiler(
      Builder& builder, Lookup lookup, HiddenLookup hidden = [](const std::string&) { return std::vector<View>{}; })
      : builder_(builder), lookup_(std::move(lookup)), hidden_(std::move(hidden)) {}

  /// @throws InputError with `where` and, where there is a text, the column.
  [[nodiscard]] View compile(const ir::Expression& expression, const std::string& where);

 private:
  struct Visitor;
  Builder& builder_;
  Lookup lookup_;
  HiddenLookup hidden_;
};

}  // namespace exmc::density
