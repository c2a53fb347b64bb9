#include "own_support.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <set>

#include "../distributions/terms.hpp"
#include "../functions/functions.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "law.hpp"
#include "parametrisation.hpp"
#include "tail_probability.hpp"

/// Variables that live elsewhere than their distribution does: its density there, normalised where that is known.
namespace exmc::density {
namespace {

bool is_within(const Support& inner, const Support& outer) {
  using Supports = std::set<const Support*>;
  static const Supports of_unit{&kUnitIntervalSupport, &kSimplexSupport};
  static const Supports of_positive{&kPositiveSupport, &kPositiveOrderedSupport, &kUnitIntervalSupport,
                                    &kSimplexSupport};
  if (&inner == &outer) return true;
  if (outer.domain == &kReal) return inner.event_rank < 2;
  if (&outer == &kPositiveSupport) return of_positive.contains(&inner);
  return &outer == &kUnitIntervalSupport && of_unit.contains(&inner);
}

bool can_live_in(const Distribution& distribution, const Support& support) {
  if (distribution.any_support || distribution.support == &support) return true;
  if (distribution.discrete || !distribution.lower_bound.empty() || !distribution.upper_bound.empty()) return false;
  if (distribution.event_rank() > 0 && distribution.support != &kRealSupport) return false;
  return is_within(support, *distribution.support);
}

bool has_distribution_function(const Law& law) {
  const Distribution& distribution = *law.distribution;
  return distribution.cdf && std::ranges::all_of(distribution.cdf->data, [&](std::string_view name) {
           return !law.variable.has(name) || law.variable[name].constant();
         });
}

ir::ExpressionPtr number(double x) {
  return std::make_shared<const ir::Expression>(ir::Expression{ir::Literal{Array::scalar(x)}});
}

/// A support of numbers, within that of a distribution, as bounds.
ir::RandomVariable with_bounds(const ir::RandomVariable& variable, const Support& support, const Support& outer) {
  ir::RandomVariable bounded = variable;
  if (&outer == &kRealSupport) bounded.lower = number(0);
  if (&support == &kUnitIntervalSupport) bounded.upper = number(1);
  return bounded;
}

/// Whether all numbers of each vector along the last axis have the same distribution.
bool is_same_along_vectors(const Law& law) {
  const std::size_t rank = law.shape.size();
  return law.event_rank == 0 && std::ranges::all_of(law.variable.parameters, [&](const auto& parameter) {
           const View& view = parameter.second;
           return view.rank() < rank || view.shape.back() == 1 || view.strides.back() == 0;
         });
}

bool is_constant(const Law& law) {
  return std::ranges::all_of(law.variable.parameters,
                             [](const auto& parameter) { return parameter.second.constant(); });
}

/// Of n equal normals whose sum is 0, less those n: the sum has a density there, too.
View log_density_of_sum(Builder& builder, const Variable& normal, double n) {
  const View sigma = normal.has("sigma") ? normal["sigma"] : scale_of_precision(builder, normal["tau"]);
  const View ratio = builder.apply<Square>({builder.apply<Divide>({normal["mu"], sigma})});
  const View shift = builder.apply<Multiply>({builder.constant(n / 2), ratio});
  const View scale =
      builder.apply<Add>({logarithm(builder, sigma), builder.constant(std::log(2 * std::numbers::pi) / 2)});
  return builder.apply<Add>({scale, shift});
}

/// The logarithm of what the density of each vector has to be multiplied by to be normalised on a support; nothing
/// where that is not known.
std::optional<View> log_normaliser(Builder& builder, const Law& law, const Support& support) {
  if (!is_same_along_vectors(law)) return std::nullopt;
  const auto n = static_cast<double>(law.shape.back());
  const View orders = builder.constant(std::lgamma(n + 1));
  if (&support == &kOrderedSupport) return orders;
  if (&support == &kPositiveOrderedSupport) {
    if (law.distribution->support == &kPositiveSupport) return orders;
    if (!has_distribution_function(law)) return std::nullopt;
    const View positive =
        tail_probability(builder, *law.distribution, law.variable, builder.constant(0.0), Tail::upper);
    return builder.apply<Add>({orders, builder.apply<Multiply>({builder.constant(-n), positive})});
  }
  if (&support == &kSumToZeroSupport && law.distribution->name == "normal") {
    return log_density_of_sum(builder, law.variable, n);
  }
  return std::nullopt;
}

}  // namespace

bool is_own_support(const Distribution& distribution, const ir::RandomVariable& variable) {
  if (!variable.support) return true;
  return distribution.support != nullptr && *variable.support == distribution.support->name;
}

std::vector<std::string> possible_supports(const Distribution& distribution) {
  std::vector<std::string> names = support_names();
  std::erase_if(names, [&](const std::string& name) { return !can_live_in(distribution, *find_support(name)); });
  return names;
}

void LawCompiler::constrain(Law& law, const ir::RandomVariable& variable, const std::string& where) {
  const Distribution& distribution = *law.distribution;
  const Support& support = *find_support(*variable.support);
  if (!can_live_in(distribution, support)) {
    throw InputError(where + ".support", "a " + variable.distribution + " cannot live on support " +
                                             in_quotes(support.name) + ", whose points are not all its own");
  }
  if (support.event_rank == 0 && law.event_rank == 0 && has_distribution_function(law)) {
    return truncate(law, with_bounds(variable, support, *distribution.support), where);
  }
  (void)unconstrained_shape(support, law.shape, where);
  const std::optional<View> normaliser =
      support.event_rank == 1 ? log_normaliser(builder_, law, support) : std::nullopt;
  if (!normaliser) {
    law.unnormalised = is_constant(law) ? "a constant is left out of its density, the same everywhere"
                                        : "a factor is left out of its density that depends on its parameters";
  }
  law.support = &support;
  law.distribution = nullptr;
  law.draw = nullptr;
  law.never_drawn = variable.distribution + " on support " + in_quotes(support.name) + " has no generator";
  law.require_possible = [&support, before = law.require_possible](const Array& data, const std::string& place) {
    before(data, place);
    require_domain(*support.domain, data, place, support.event_rank);
  };
  if (!normaliser) return;
  law.lower = [this, shape = law.shape, normaliser = *normaliser, before = law.lower](const View& value) {
    before(value);
    // A share of it for each number of a vector.
    View each = normaliser;
    if (each.rank() < shape.size()) each = broadcast_to(each, shape);
    add_multiple(builder_, 1 / static_cast<double>(shape.back()), each, shape);
  };
}

}  // namespace exmc::density
