#include "conditions.hpp"

#include <algorithm>
#include <array>

#include "../kernels/require_kernel.hpp"
#include "../kernels/selection.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "parametrisation.hpp"

namespace exmc::density {
namespace {

const Interval kTrue = closed_interval(1, 1);

/// All numbers, infinite ones too: not NaN.
const Interval kNumbers = closed_interval(-detail::kInfinity, detail::kInfinity);

/// 1 for each vector or matrix that has its elements in a range and is what a kernel asks, else 0.
View are_within(Builder& builder, ForwardKernel holds, const Interval& range, const View& events, std::size_t own) {
  const auto batch_end = events.shape.end() - static_cast<std::ptrdiff_t>(own);
  const Shape batch(events.shape.begin(), batch_end);
  builder.require_axes(batch.size() + 2);
  Loop loop;
  loop.rank = batch.size() + 1;
  std::copy(events.shape.begin(), events.shape.end(), loop.extents.begin());
  if (own == 1) loop.extents[events.rank()] = 1;
  const View least = builder.constant(range.least()), greatest = builder.constant(range.greatest());
  return builder.emit(Builder::Structural{
      holds, nullptr, loop, {events, least, greatest}, batch, dense_view(Space::variable, 0, batch).strides});
}

View is_up_to(Builder& builder, const View& a, const View& b) {
  return builder.apply<Comparison<ir::BinaryOperator::less_equal>>({a, b});
}

/// "lower = 0, c = 2": those parameters at an element of the shape that they broadcast to.
std::string values_at(const Builder& builder, const Relation& relation, const Variable& variable, const Shape& shape,
                      std::size_t index) {
  std::string text;
  for (const std::string_view name : {relation.first, relation.second}) {
    const Array values = builder.evaluate(broadcast_to(variable[name], shape));
    text += (text.empty() ? "" : ", ") + std::string(name) + " = " + shortest(values.values[index]);
  }
  return text;
}

void require_relation(Builder& builder, const Relation& relation, const Variable& variable, const std::string& where,
                      Conditions& conditions) {
  if (!variable.has(relation.first) || !variable.has(relation.second)) return;
  const View holds = relation.holds != nullptr ? relation.holds(builder, variable)
                                               : is_up_to(builder, variable[relation.first], variable[relation.second]);
  if (!holds.constant()) {
    if (kTrue.includes(builder.range(holds))) return;
    return conditions.push_back({where + "." + std::string(relation.first), holds, kTrue});
  }
  const Array values = builder.evaluate(holds);
  const auto found = std::ranges::find(values.values, 0.0);
  if (found == values.values.end()) return;
  const auto index = static_cast<std::size_t>(found - values.values.begin());
  const std::string element = element_name(values.shape, index);
  throw InputError(where, "expected " + std::string(relation.text) + ", found " +
                              values_at(builder, relation, variable, values.shape, index) +
                              (element.empty() ? "" : " at " + element));
}

}  // namespace

Condition of_events(Builder& builder, const Condition& condition, std::size_t own) {
  const std::size_t axes = std::min(own, condition.value.rank());
  if (axes == 0) return condition;
  const View holds = are_within(builder, all_within, condition.range, condition.value, axes);
  return {condition.place, holds, kTrue, condition.of_density};
}

void require_parameter(Builder& builder, const Domain& domain, const View& parameter, std::size_t own, bool is_bound,
                       const std::string& place, Conditions& conditions) {
  if (parameter.constant()) return;
  const bool known = own > 0 && domain.events != all_within
                         ? builder.facts().known_events(parameter, own, domain.events)
                         : domain.range.includes(builder.range(parameter));
  const Interval range = known ? kNumbers : domain.range;
  const bool of_density = !known || is_bound;
  if (own == 0) return conditions.push_back({place, parameter, range, of_density});
  const ForwardKernel holds = known ? all_within : domain.events;
  conditions.push_back({place, are_within(builder, holds, range, parameter, own), kTrue, of_density});
}

void require_relations(Builder& builder, const Distribution& distribution, const Variable& variable,
                       const std::string& where, Conditions& conditions) {
  for (const Relation& relation : distribution.relations) {
    require_relation(builder, relation, variable, where, conditions);
  }
}

void require_ordered(Builder& builder, const Bounds& bounds, bool discrete, const std::string& where,
                     Conditions& conditions) {
  require_order(builder, bounds, discrete, where);
  if (!bounds.lower || !bounds.upper) return;
  const View holds = discrete ? is_up_to(builder, *bounds.lower, *bounds.upper)
                              : builder.apply<Comparison<ir::BinaryOperator::less>>({*bounds.lower, *bounds.upper});
  if (!holds.constant() && !kTrue.includes(builder.range(holds))) {
    conditions.push_back({where + (bounds.upper->constant() ? ".lower" : ".upper"), holds, kTrue});
  }
}

void require_value(Builder& builder, const Domain& domain, const Bounds& bounds, const View& value, std::size_t own,
                   const std::string& place, Conditions& conditions) {
  require_parameter(builder, domain, value, own, false, place, conditions);
  const auto require = [&](const View& holds) {
    if (!kTrue.includes(builder.range(holds))) conditions.push_back({place, holds, kTrue});
  };
  if (bounds.lower) require(is_up_to(builder, *bounds.lower, value));
  if (bounds.upper) require(is_up_to(builder, value, *bounds.upper));
}

void add_where_met(Builder& builder, const Conditions& conditions, const Shape& batch,
                   const std::function<void()>& lower) {
  if (builder.only_sums()) {
    for (const auto& [place, value, range, of_density] : conditions) {
      if (of_density) builder.require(value, range, place);
    }
    return lower();
  }
  View log_density = builder.pointwise(batch, lower);
  const View impossible = builder.constant(-detail::kInfinity);
  for (const auto& [place, value, range, of_density] : conditions) {
    if (!of_density) continue;
    log_density = builder.apply<WhereWithin>(
        {value, builder.constant(range.least()), builder.constant(range.greatest()), log_density, impossible});
  }
  builder.add_values(broadcast_to(log_density, batch));
}

View drawn_where_met(Builder& builder, const Conditions& conditions, const View& drawn, std::size_t event_rank) {
  View known = drawn;
  const View missing = builder.constant(detail::kNaN);
  for (const auto& [place, value, range, of_density] : conditions) {
    View condition = value;
    for (std::size_t axis = 0; axis < event_rank; ++axis) condition = with_new_axis(condition, condition.rank());
    known = builder.apply<WhereWithin>(
        {condition, builder.constant(range.least()), builder.constant(range.greatest()), known, missing});
  }
  return known;
}

}  // namespace exmc::density
