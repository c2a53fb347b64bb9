#include <algorithm>
#include <array>

#include "../functions/functions.hpp"
#include "../kernels/selection.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "law.hpp"
#include "parametrisation.hpp"
#include "tail_probability.hpp"

namespace exmc::density {
namespace {

/// One of three over (which, inside, at the lower bound, at the upper bound); which is 0, -1 or 1 and data.
struct Choose {
  static constexpr std::size_t kOperands = 4;
  static constexpr std::array kVariants = {0b0011U, 0b1111U};
  template <class T>
  static T value(const T* p) {
    return select(p[0] == 0.0, p[1], select(p[0] < 0.0, p[2], p[3]));
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = T{};
    d[1] = select(p[0] == 0.0, T{} + 1.0, T{});
    d[2] = select(p[0] < 0.0, T{} + 1.0, T{});
    d[3] = select(p[0] > 0.0, T{} + 1.0, T{});
  }
};

void require_keys(const ir::RandomVariable& variable, const std::string& where) {
  if (variable.support) throw InputError(where + ".support", "the support of what is censored is that of its base");
  if (variable.components.empty()) throw InputError(where, "censored lacks base; it takes base, lower, upper");
  if (!variable.lower && !variable.upper) throw InputError(where, "censored lacks lower, or upper, or both");
}

/// For each element -1 at the lower bound, 1 at the upper one, else 0.
std::vector<double> ends(const Builder& builder, const Bounds& bounds, const Array& data) {
  std::vector<double> which(data.values.size());
  const auto mark = [&](const std::optional<View>& bound, double end) {
    if (!bound) return;
    const Array limits = builder.evaluate(broadcast_to(*bound, data.shape));
    for (std::size_t i = 0; i < which.size(); ++i) {
      if (data.values[i] == limits.values[i]) which[i] = end;
    }
  };
  mark(bounds.lower, -1);
  mark(bounds.upper, 1);
  return which;
}

std::vector<bool> is_inside(const std::vector<double>& which) {
  std::vector<bool> inside(which.size());
  std::transform(which.begin(), which.end(), inside.begin(), [](double end) { return end == 0; });
  return inside;
}

/// Data between the bounds, of which what is inside can be.
std::vector<bool> possible_values(const Builder& builder, const Law& base, const Bounds& bounds, const Array& data) {
  std::vector<bool> possible = base.possible(data);
  const std::vector<bool> inside = is_inside(ends(builder, bounds, data));
  const std::vector<bool> between = possible_numbers(builder, kReal, bounds, data);
  for (std::size_t i = 0; i < possible.size(); ++i) possible[i] = between[i] && (possible[i] || !inside[i]);
  return possible;
}

/// The logarithms of the probabilities of being at the bounds, or anything where there is none.
std::array<View, 2> log_probabilities_of_ends(Builder& builder, const Law& base, const Bounds& bounds) {
  std::array<View, 2> ends{builder.constant(0.0), builder.constant(0.0)};
  const Distribution& distribution = *base.distribution;
  if (bounds.lower) {
    ends[0] = tail_probability(builder, distribution, base.variable, *bounds.lower, Tail::lower);
  }
  if (bounds.upper) {
    const View before =
        distribution.discrete ? builder.apply<Subtract>({*bounds.upper, builder.constant(1.0)}) : *bounds.upper;
    ends[1] = tail_probability(builder, distribution, base.variable, before, Tail::upper);
  }
  return ends;
}

/// The logarithm of the probability of being up to a point, or above it: certain beyond the bounds, else the base's.
View censored_tail(Builder& builder, const Bounds& bounds, const View& of_base, const View& point, Tail tail) {
  const View none = builder.constant(-detail::kInfinity), all = builder.constant(0.0);
  const bool up_to = tail == Tail::lower;
  View of_all = of_base;
  using enum ir::BinaryOperator;
  if (bounds.lower) {
    const View is_below = builder.apply<Comparison<less>>({point, *bounds.lower});
    of_all = builder.apply<Where>({is_below, up_to ? none : all, of_all});
  }
  if (bounds.upper) {
    const View is_above = builder.apply<Comparison<greater_equal>>({point, *bounds.upper});
    of_all = builder.apply<Where>({is_above, up_to ? all : none, of_all});
  }
  return of_all;
}

}  // namespace

Law LawCompiler::compile_censored(const ir::RandomVariable& variable, const ShapeRequest& request,
                                  const std::string& where) {
  require_keys(variable, where);
  const std::string base_place = where + ".base";
  Law law = compile_part(variable.components.front(), request, base_place);
  if (law.distribution == nullptr) {
    throw InputError(base_place, "only a distribution that is neither truncated, mixed nor censored can be censored");
  }
  require_tail_probability(*law.distribution, law.variable, "censored", base_place, base_place);
  const Bounds bounds = compile_bounds(variable, law, where);
  for (const auto& [bound, key] : {std::pair{bounds.lower, ".lower"}, std::pair{bounds.upper, ".upper"}}) {
    if (bound && !bound->constant()) {
      throw InputError(where + key, "bounds of what is censored must be data, not depend on parameters");
    }
  }
  if (law.discrete) require_whole_bounds(builder_, bounds, where);
  const Law base = law;
  law.distribution = nullptr;
  law.support = nullptr;
  law.bounds = bounds;
  law.never_free = "what is censored must be observed: it is at its bounds with a probability of its own";
  law.possible = [this, base, bounds](const Array& data) { return possible_values(builder_, base, bounds, data); };
  law.require_possible = [this, base, bounds](const Array& data, const std::string& place) {
    require_between(builder_, bounds, data, place);
    const std::vector<bool> possible = possible_values(builder_, base, bounds, data);
    const auto found = std::find(possible.begin(), possible.end(), false);
    if (found == possible.end()) return;
    const auto index = static_cast<std::size_t>(found - possible.begin());
    const std::string element = element_name(data.shape, index);
    throw InputError(
        place, "the base cannot be " + shortest(data.values[index]) + (element.empty() ? "" : ", found at " + element));
  };
  law.log_probability = [this, bounds, of_base = base.log_probability](const View& point, Tail tail,
                                                                       const std::string& place) {
    return censored_tail(builder_, bounds, of_base(point, tail, place), point, tail);
  };
  law.draw = [this, bounds, of_base = base.draw] {
    View drawn = of_base();
    if (bounds.lower) drawn = builder_.apply<Maximum>({drawn, *bounds.lower});
    if (bounds.upper) drawn = builder_.apply<Minimum>({drawn, *bounds.upper});
    return drawn;
  };
  law.lower = [this, base, bounds](const View& value) {
    const Array data = builder_.evaluate(value);
    const std::vector<double> which = ends(builder_, bounds, data);
    const View observed = with_stand_ins(builder_, data, is_inside(which), *base.distribution->data);
    const View inside = builder_.pointwise(base.shape, [&] { base.lower(observed); });
    const auto [at_lower, at_upper] = log_probabilities_of_ends(builder_, base, bounds);
    const View choice = builder_.constant(Array{data.shape, which});
    builder_.add_values(broadcast_to(builder_.apply<Choose>({choice, inside, at_lower, at_upper}), base.shape));
  };
  return law;
}

}  // namespace exmc::density
