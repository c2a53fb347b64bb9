#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "../program/builder.hpp"
#include "exmc/ir/collect_names.hpp"
#include "exmc/ir/expression.hpp"

namespace exmc::density {

/// Turns expressions into instructions and views.
class ExpressionCompiler {
 public:
  using Lookup = std::function<View(const std::string& name)>;

  /// A function of a distribution, `log_density` say, of `normal(mu, sigma)` as it is written, at x.
  using OfDistribution = std::function<View(std::string_view function, const ir::Expression& distribution,
                                            const View& x, const std::string& where)>;

  /// @param lookup gives the value of a name that is known to exist.
  ExpressionCompiler(Builder& builder, Lookup lookup, OfDistribution of_distribution)
      : builder_(builder), lookup_(std::move(lookup)), of_distribution_(std::move(of_distribution)) {}

  /// @throws InputError with `where` and, where there is a text, the column.
  [[nodiscard]] View compile(const ir::Expression& expression, const std::string& where);

 private:
  struct Visitor;
  Builder& builder_;
  Lookup lookup_;
  OfDistribution of_distribution_;
};

}  // namespace exmc::density
