#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "../program/builder.hpp"
#include "exmc/ir/collect_names.hpp"
#include "exmc/ir/expression.hpp"

namespace exmc::density {

/// Turns expressions into instructions and views.
class ExpressionCompiler {
 public:
  using Lookup = std::function<View(const std::string& name)>;
  /// The hidden states of an observed node, as HiddenMarkov has them; empty where the name is not one of those, or the
  /// expression is none that may ask.
  using HiddenLookup = std::function<std::vector<View>(const std::string& name)>;

  /// A function of a distribution, `log_density` say, of `normal(mu, sigma)` as it is written, at x.
  using OfDistribution = std::function<View(std::string_view function, const ir::Expression& distribution,
                                            const View& x, const std::string& where)>;

  /// @param lookup gives the value of a name that is known to exist.
  /// What is not given is not asked for, or has no place: functions of distributions within a recurrence's step.
  ExpressionCompiler(Builder& builder, Lookup lookup, HiddenLookup hidden = nothing_hidden(),
                     OfDistribution of_distribution = no_distributions())
      : builder_(builder),
        lookup_(std::move(lookup)),
        hidden_(std::move(hidden)),
        of_distribution_(std::move(of_distribution)) {}

  /// @throws InputError with `where` and, where there is a text, the column.
  [[nodiscard]] View compile(const ir::Expression& expression, const std::string& where);

 private:
  [[nodiscard]] static HiddenLookup nothing_hidden();
  [[nodiscard]] static OfDistribution no_distributions();

  struct Visitor;
  Builder& builder_;
  Lookup lookup_;
  HiddenLookup hidden_;
  OfDistribution of_distribution_;
};

}  // namespace exmc::density
