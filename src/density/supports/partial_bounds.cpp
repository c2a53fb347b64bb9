#include "partial_bounds.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "../functions/functions.hpp"
#include "../functions/shares.hpp"
#include "../kernels/elementary.hpp"
#include "../kernels/selection.hpp"
#include "../kernels/special_functions.hpp"

namespace exmc::density {
namespace {

View where(Builder& builder, const View& condition, const View& x, const View& y) {
  return builder.apply<Where>({condition, x, y});
}

View product(Builder& builder, const View& a, const View& b) { return builder.apply<Multiply>({a, b}); }
View sum(Builder& builder, const View& a, const View& b) { return builder.apply<Add>({a, b}); }

/// What a share of the way from lower to upper is, from the nearer end.
View between(Builder& builder, const View& u, const View& lower, const View& upper, const View& width) {
  const View below = product(builder, width, sigmoid(builder, u));
  const View above = product(builder, width, sigmoid(builder, builder.apply<Negate>({u})));
  const View is_below = builder.apply<Comparison<ir::BinaryOperator::less>>({u, builder.constant(0.0)});
  return where(builder, is_below, sum(builder, lower, below), builder.apply<Subtract>({upper, above}));
}

}  // namespace

bool is_partial(const Builder& builder, const std::optional<View>& bound) {
  if (!bound || !bound->constant()) return false;
  return std::ranges::any_of(builder.evaluate(*bound).values, [](double x) { return std::isinf(x); });
}

bool is_no_bound(const Builder& builder, const View& bound) {
  if (!bound.constant()) return false;
  return std::ranges::all_of(builder.evaluate(bound).values, [](double x) { return std::isinf(x); });
}

std::optional<View> as_one_number(Builder& builder, const std::optional<View>& bound) {
  if (!bound || !bound->constant() || element_count(bound->shape) == 0) return bound;
  const std::vector<double> values = builder.evaluate(*bound).values;
  const bool same = std::ranges::all_of(values, [&](double x) { return x == values.front(); });
  return same ? builder.constant(values.front()) : bound;
}

FiniteBound finite_bound(Builder& builder, const std::optional<View>& bound, double stand_in) {
  if (!bound) return {builder.constant(0.0), builder.constant(stand_in)};
  if (!is_partial(builder, bound)) return {builder.constant(1.0), *bound};
  Array value = builder.evaluate(*bound), is_finite = value;
  for (std::size_t i = 0; i < value.values.size(); ++i) {
    is_finite.values[i] = std::isinf(value.values[i]) ? 0 : 1;
    if (std::isinf(value.values[i])) value.values[i] = stand_in;
  }
  return {builder.constant(is_finite), builder.constant(value)};
}

View constrain_partly(Builder& builder, const View& u, const Bounds& bounds) {
  const FiniteBound lower = finite_bound(builder, bounds.lower), upper = finite_bound(builder, bounds.upper);
  const View both = product(builder, lower.is_finite, upper.is_finite), zero = builder.constant(0.0);
  const View one_or_both = builder.apply<Maximum>({lower.is_finite, upper.is_finite});
  const View distance = builder.apply<Subtract>({upper.value, lower.value});
  const View width = where(builder, both, distance, builder.constant(1.0));
  const View log_share = sum(builder, builder.apply<Unary<LogSigmoid>>({u}),
                             builder.apply<Unary<LogSigmoid>>({builder.apply<Negate>({u})}));
  const View log_jacobian =
      where(builder, both, sum(builder, builder.apply<Log>({width}), log_share), where(builder, one_or_both, u, zero));
  builder.add_values(broadcast_to(log_jacobian, u.shape));
  const View size = builder.apply<Exp>({u});
  const View above = sum(builder, lower.value, size), below = builder.apply<Subtract>({upper.value, size});
  const View half_open = where(builder, lower.is_finite, above, where(builder, upper.is_finite, below, u));
  return where(builder, both, between(builder, u, lower.value, upper.value, width), half_open);
}

}  // namespace exmc::density
