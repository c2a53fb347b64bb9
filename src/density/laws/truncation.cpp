#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "../distributions/tails.hpp"
#include "../distributions/terms.hpp"
#include "../functions/functions.hpp"
#include "../kernels/selection.hpp"
#include "../numbers/count_window.hpp"
#include "exmc/core/error.hpp"
#include "law.hpp"
#include "parametrisation.hpp"
#include "tail_probability.hpp"
#include "truncated_generator.hpp"

namespace exmc::density {
namespace {

/// ln(F(b) - F(a)) over the logarithms of F(a), 1 - F(a), F(b) and 1 - F(b): the difference is taken in the tail that
/// both are nearer to. NaN where it is 0: nothing can lie between.
struct LogDifference {
  static constexpr std::size_t kOperands = 4;
  static constexpr std::array kVariants = {0b1111U};
  template <class T>
  static T value(const T* p) {
    const auto left = p[2] <= p[1];
    const T outer = select(left, p[2], p[1]), inner = select(left, p[0], p[3]);
    const T difference = outer + log1m_exp(inner - outer);
    return select(difference > -detail::kInfinity, difference, T{} + detail::kNaN);
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    const auto left = p[2] <= p[1];
    const T distance = select(left, p[0] - p[2], p[3] - p[1]);
    const T of_outer = -1.0 / expm1(distance), of_inner = exp(distance) / expm1(distance);
    d[0] = select(left, of_inner, T{});
    d[1] = select(left, T{}, of_outer);
    d[2] = select(left, of_outer, T{});
    d[3] = select(left, T{}, of_inner);
  }
};

/// -inf outside bounds, over (x, lower, upper).
struct BetweenTerm {
  static constexpr std::size_t kOperands = 3;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = d[1] = d[2] = T{};
    return select((p[0] >= p[1]) & (p[0] <= p[2]), T{}, T{} - detail::kInfinity);
  }
};

/// ln P(x) less that of the probability between bounds, over (x, lower, upper, log odds, size, step), counts from 0;
/// NaN where count_in_window() does not say.
struct CountBetween {
  static constexpr std::size_t kOperands = 6;
  static constexpr std::array kVariants = {0b001000U, 0b111111U};
  template <class T>
  static T value(const T* p) {
    return by_lane(p, [](const CountInWindow& found) { return found.log_probability; });
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = d[1] = d[2] = d[4] = d[5] = T{};
    d[3] = by_lane(p, [](const CountInWindow& found) { return found.slope; });
  }

 private:
  template <class F>
  static double by_lane(const double* p, F part) {
    return part(count_in_window(p[0], {p[1], p[2], p[3], p[4], p[5]}));
  }
  template <class F>
  static Pack by_lane(const Pack* p, F part) {
    Pack all{};
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const CountWindow window{p[1][lane], p[2][lane], p[3][lane], p[4][lane], p[5][lane]};
      all[lane] = part(count_in_window(p[0][lane], window));
    }
    return all;
  }
};

/// Whether a bound is data from 1 on.
bool is_above_zero(const Builder& builder, const View& bound) {
  if (!bound.constant()) return false;
  const std::vector<double> values = builder.evaluate(bound).values;
  return std::ranges::all_of(values, [](double value) { return value >= 1; });
}

/// Whether all that lies between bounds is counted, without added zeros; of a distribution that knows zeros to be
/// added.
bool excludes_added_zeros(const Builder& builder, const Distribution& distribution, const Variable& variable,
                          const Bounds& bounds) {
  return distribution.discrete && variable.has("psi") && bounds.lower && is_above_zero(builder, *bounds.lower);
}

Variable without_added_zeros(Variable variable) {
  variable.parameters.erase("psi");
  return variable;
}

/// The logarithm of the probability of what lies between bounds, both included.
View log_probability_between(Builder& builder, const Distribution& distribution, const Variable& variable,
                             const Bounds& bounds) {
  if (excludes_added_zeros(builder, distribution, variable, bounds)) {
    // In the tails, of which added zeros may be all but 1e-30, the rest would be lost.
    const View base = log_probability_between(builder, distribution, without_added_zeros(variable), bounds);
    return builder.apply<Add>({logarithm(builder, variable["psi"]), base});
  }
  const View impossible = builder.constant(-detail::kInfinity), certain = builder.constant(0.0);
  View below = impossible, not_below = certain, up_to = certain, above = impossible;
  if (bounds.lower) {
    const View before =
        distribution.discrete ? builder.apply<Subtract>({*bounds.lower, builder.constant(1.0)}) : *bounds.lower;
    below = tail_probability(builder, distribution, variable, before, Tail::lower);
    not_below = tail_probability(builder, distribution, variable, before, Tail::upper);
  }
  if (bounds.upper) {
    up_to = tail_probability(builder, distribution, variable, *bounds.upper, Tail::lower);
    above = tail_probability(builder, distribution, variable, *bounds.upper, Tail::upper);
  }
  return builder.apply<LogDifference>({below, not_below, up_to, above});
}

/// The log density of a count, given that it lies between bounds, of `shape`. Summed relative to one of the counts
/// where that is short, since of a density and a normaliser of e^-700 nothing is left of their ratio.
View log_density_of_count(Builder& builder, const Distribution& distribution, const Variable& variable,
                          const Bounds& bounds, const Shape& shape) {
  const View density = builder.pointwise(shape, [&] { distribution.lower(builder, variable); });
  const View log_probability = log_probability_between(builder, distribution, variable, bounds);
  const View ratio_of_logs = builder.apply<Subtract>({density, log_probability});
  const CountRatio ratio = distribution.cdf->ratio(builder, variable);
  const View first = builder.constant(ratio.first);
  const auto from_first = [&](const std::optional<View>& count, double absent) {
    return count ? builder.apply<Subtract>({*count, first}) : builder.constant(absent);
  };
  const View summed = builder.apply<CountBetween>(
      {from_first(variable.value, 0), from_first(bounds.lower, -detail::kInfinity),
       from_first(bounds.upper, detail::kInfinity), ratio.log_odds, ratio.size, builder.constant(ratio.step)});
  const View is_known = builder.apply<Comparison<ir::BinaryOperator::equal>>({summed, summed});
  return builder.apply<Where>({is_known, summed, ratio_of_logs});
}

/// The logarithm of the probability of being up to a point, or above it, of what lies between bounds, given that of all
/// of it.
View truncated_tail(Builder& builder, const Distribution& distribution, const Variable& variable, const Bounds& bounds,
                    const View& log_probability, const View& point, Tail tail) {
  const bool up_to = tail == Tail::lower;
  Bounds part = bounds;
  if (up_to) {
    part.upper = point;
  } else {
    part.lower = distribution.discrete ? builder.apply<Add>({point, builder.constant(1.0)}) : point;
  }
  const View some = log_probability_between(builder, distribution, variable, part);
  View tail_of_it = builder.apply<Subtract>({some, log_probability});
  const View none = builder.constant(-detail::kInfinity), all = builder.constant(0.0);
  using enum ir::BinaryOperator;
  if (bounds.lower) {
    const View is_below = distribution.discrete ? builder.apply<Comparison<less>>({point, *bounds.lower})
                                                : builder.apply<Comparison<less_equal>>({point, *bounds.lower});
    tail_of_it = builder.apply<Where>({is_below, up_to ? none : all, tail_of_it});
  }
  if (bounds.upper) {
    const View is_above = builder.apply<Comparison<greater_equal>>({point, *bounds.upper});
    tail_of_it = builder.apply<Where>({is_above, up_to ? all : none, tail_of_it});
  }
  return tail_of_it;
}

void require_probability(const Builder& builder, const View& log_probability, const std::string& where) {
  if (!log_probability.constant()) return;
  for (const double value : builder.evaluate(log_probability).values) {
    if (std::isnan(value)) throw InputError(where, "nothing lies between the bounds: its probability there is 0");
  }
}

/// The bounds of both; of two that are data the nearer.
Bounds intersection(Builder& builder, const Bounds& a, const Bounds& b) {
  Bounds both = a;
  if (b.lower) both.lower = a.lower ? builder.apply<Maximum>({*a.lower, *b.lower}) : *b.lower;
  if (b.upper) both.upper = a.upper ? builder.apply<Minimum>({*a.upper, *b.upper}) : *b.upper;
  return both;
}

/// A support as bounds.
Bounds bounds_of(Builder& builder, const Support* support) {
  if (support == &kPositiveSupport) return {builder.constant(0.0), std::nullopt};
  if (support == &kUnitIntervalSupport) return {builder.constant(0.0), builder.constant(1.0)};
  return {};
}

}  // namespace

void LawCompiler::truncate(Law& law, const ir::RandomVariable& variable, const std::string& where) {
  const Distribution& distribution = *law.distribution;
  const std::string place = where + (variable.lower ? ".lower" : ".upper");
  const Bounds bounds = compile_bounds(variable, law, where);
  if (!bounds.any()) return;
  require_tail_probability(distribution, law.variable, "truncated", place, where);
  if (law.discrete) require_whole_bounds(builder_, bounds, where);
  const View log_probability = log_probability_between(builder_, distribution, law.variable, bounds);
  require_probability(builder_, log_probability, place);

  const View lowest = bounds.lower ? *bounds.lower : builder_.constant(-detail::kInfinity);
  const View highest = bounds.upper ? *bounds.upper : builder_.constant(detail::kInfinity);
  law.draw = [this, &distribution, variable = law.variable, lowest, highest, log_probability, shape = law.shape] {
    return draw_between(builder_, distribution, variable, {lowest, highest, log_probability}, shape);
  };
  law.log_probability = [this, &distribution, variable = law.variable, bounds, log_probability](
                            const View& point, Tail tail, const std::string&) {
    return truncated_tail(builder_, distribution, variable, bounds, log_probability, point, tail);
  };
  law.distribution = nullptr;
  law.bounds = intersection(builder_, law.bounds.any() ? law.bounds : bounds_of(builder_, law.support), bounds);
  law.require_possible = [this, bounds, before = law.require_possible](const Array& data, const std::string& at) {
    before(data, at);
    require_between(builder_, bounds, data, at);
  };
  law.possible = [this, bounds, before = law.possible](const Array& data) {
    std::vector<bool> possible = before(data);
    const std::vector<bool> between = possible_numbers(builder_, kReal, bounds, data);
    for (std::size_t i = 0; i < possible.size(); ++i) possible[i] = possible[i] && between[i];
    return possible;
  };
  law.lower = [this, &distribution, variable = law.variable, bounds, lowest, highest, log_probability,
               shape = law.shape, before = law.lower](const View& value) {
    const bool only_counted = excludes_added_zeros(builder_, distribution, variable, bounds);
    if (distribution.cdf->ratio != nullptr && (only_counted || !variable.has("psi"))) {
      Variable counted = without_added_zeros(variable);
      counted.value = value;
      View density = log_density_of_count(builder_, distribution, counted, bounds, shape);
      if (only_counted) {  // none is where all are added zeros
        const View some =
            builder_.apply<Comparison<ir::BinaryOperator::greater>>({variable["psi"], builder_.constant(0.0)});
        density = builder_.apply<Where>({some, density, builder_.constant(-detail::kInfinity)});
      }
      add_multiple(builder_, 1, density, shape);
    } else {
      before(value);
      add_multiple(builder_, -1, log_probability, shape);
    }
    const bool is_data = (!bounds.lower || bounds.lower->constant()) && (!bounds.upper || bounds.upper->constant());
    if (!value.constant() || is_data) return;
    builder_.add_term<BetweenTerm>({value, lowest, highest});
  };
}

}  // namespace exmc::density
