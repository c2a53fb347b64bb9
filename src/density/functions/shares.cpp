#include "shares.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include "../kernels/elementary.hpp"
#include "../kernels/selection.hpp"
#include "../kernels/special_functions.hpp"
#include "functions.hpp"

namespace exmc::density {
namespace {

/// The number that all elements of a view are known to be.
std::optional<double> known_number(const Builder& builder, const View& view) {
  if (!view.constant() || element_count(view.shape) == 0) return std::nullopt;
  if (view.rank() == 0) return builder.evaluate(view).values.front();
  const Interval range = builder.range(view);
  return range.least() == range.greatest() ? std::optional(range.least()) : std::nullopt;
}

bool is(const Builder& builder, const View& view, double value) { return known_number(builder, view) == value; }

bool is_same(const Builder& builder, const View& a, const View& b) {
  if (a == b) return true;
  const std::optional<double> number = known_number(builder, a);
  return number && number == known_number(builder, b);
}

/// Whether `rest`, the distance of something from an end, is nowhere negative, and somewhere so small that what is
/// computed from numbers near the end loses digits.
bool is_small(const Builder& builder, const View& rest, const View& end) {
  constexpr double small = 0x1p-10;
  const std::vector<double> all = builder.evaluate(rest).values;
  const std::vector<double> ends = builder.evaluate(broadcast_to(end, rest.shape)).values;
  bool found = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!(all[i] >= 0) || std::isinf(all[i])) return false;
    found = found || all[i] <= small * std::abs(ends[i]);
  }
  return found;
}

template <class Rising, class Falling>
View either(Builder& builder, bool reversed, const View& x) {
  return reversed ? builder.apply<Falling>({x}) : builder.apply<Rising>({x});
}

/// The curve at its argument, or what it leaves of 1.
View height(Builder& builder, const Between& at) {
  switch (at.curve) {
    case Curve::logistic:
      return either<Unary<Sigmoid>, Unary<Mirrored<Sigmoid>>>(builder, at.reversed, at.argument);
    case Curve::normal:
      return either<Unary<Phi>, Unary<Mirrored<Phi>>>(builder, at.reversed, at.argument);
    case Curve::complement_of_exponential:
      return either<Unary<ComplementOfExp>, Exp>(builder, at.reversed, at.argument);
    case Curve::exponential:
      break;
  }
  return exponential(builder, at.argument);
}

View log_height(Builder& builder, const Between& at) {
  switch (at.curve) {
    case Curve::logistic:
      return either<Unary<LogSigmoid>, Unary<Mirrored<LogSigmoid>>>(builder, at.reversed, at.argument);
    case Curve::normal:
      return either<Unary<LogPhi>, Unary<Mirrored<LogPhi>>>(builder, at.reversed, at.argument);
    case Curve::complement_of_exponential:
      return at.reversed ? at.argument : builder.apply<Unary<Log1mExp>>({at.argument});
    case Curve::exponential:
      break;
  }
  return at.argument;
}

/// A curve from 0 to 1.
Between share(Builder& builder, Curve curve, bool reversed, const View& argument) {
  const View one = builder.constant(1.0);
  return {curve, reversed, argument, builder.constant(0.0), one, one};
}

View on_curve(Builder& builder, const Between& at) {
  const View value = height(builder, at);
  builder.facts().remember_between(value, at);
  return value;
}

/// How far above its lower end, which is not infinite, something is.
View distance(Builder& builder, const Between& at) {
  const View value = height(builder, at);
  if (at.curve == Curve::exponential) return value;
  if (is(builder, at.width, 1)) return on_curve(builder, share(builder, at.curve, at.reversed, at.argument));
  const View scaled = builder.apply<Multiply>({at.width, value});
  builder.facts().remember_between(scaled,
                                   {at.curve, at.reversed, at.argument, builder.constant(0.0), at.width, at.width});
  return scaled;
}

Between reversed(Between at) {
  at.reversed = !at.reversed;
  return at;
}

}  // namespace

View sigmoid(Builder& builder, const View& x) { return on_curve(builder, share(builder, Curve::logistic, false, x)); }
View normal_cdf(Builder& builder, const View& x) { return on_curve(builder, share(builder, Curve::normal, false, x)); }

namespace {

/// f(x), which lies between -1 and 1 on a curve at `scale` times x.
template <class F>
View between_opposite_ends(Builder& builder, Curve curve, double scale, const View& x) {
  const View value = builder.apply<Unary<F>>({x}), one = builder.constant(1.0), two = builder.constant(2.0);
  const View argument = builder.apply<Multiply>({builder.constant(scale), x});
  builder.facts().remember_between(value, {curve, false, argument, builder.apply<Negate>({one}), one, two});
  return value;
}

}  // namespace

View hyperbolic_tangent(Builder& builder, const View& x) {
  return between_opposite_ends<Tanh>(builder, Curve::logistic, 2, x);
}
View error_function(Builder& builder, const View& x) {
  return between_opposite_ends<Erf>(builder, Curve::normal, std::numbers::sqrt2, x);
}

namespace {

/// a - x for x with a known upper end up to a, or x - a for x with a known lower one from a on: what lies between a and
/// the end, and the distance from there, of which none takes digits from the other.
std::optional<View> distance_beyond(Builder& builder, const View& a, const Between& x, bool upper) {
  if (element_count(a.shape) > element_count(x.argument.shape)) return std::nullopt;  // data less a parameter
  const View& end = upper ? x.upper : x.lower;
  const Between from_end = upper ? reversed(x) : x;
  if (is_same(builder, end, a)) return distance(builder, from_end);
  if (!a.constant() || !end.constant() || !broadcast(a.shape, end.shape)) return std::nullopt;
  const View rest = builder.apply<Subtract>({upper ? a : end, upper ? end : a});
  if (!is_small(builder, rest, end)) return std::nullopt;
  return builder.apply<Add>({rest, distance(builder, from_end)});
}

}  // namespace

std::optional<View> known_distance(Builder& builder, const View& a, const View& b) {
  if (const auto subtrahend = builder.facts().known_between(b)) {
    if (const auto above = distance_beyond(builder, a, *subtrahend, true)) return above;
    if (const auto below = distance_beyond(builder, a, *subtrahend, false)) return negate(builder, *below);
  }
  if (const auto minuend = builder.facts().known_between(a)) {
    if (const auto above = distance_beyond(builder, b, *minuend, false)) return above;
    if (const auto below = distance_beyond(builder, b, *minuend, true)) return negate(builder, *below);
  }
  if (!is(builder, a, 1)) return std::nullopt;
  const std::optional<View> argument = builder.facts().known_logarithm(b);
  if (!argument) return std::nullopt;
  return on_curve(builder, share(builder, Curve::complement_of_exponential, false, *argument));
}

std::optional<View> known_distance_from_negative(Builder& builder, const View& x, const View& number) {
  const bool of_data = element_count(number.shape) > element_count(x.shape);
  if (!number.constant() || of_data || !builder.facts().known_between(x)) return std::nullopt;
  return known_distance(builder, x, builder.apply<Negate>({number}));
}

namespace {

/// ln x for x up to 1, near 1 by what is left to it; nothing for a half-line, whose numbers may be far below 0.
std::optional<View> log_up_to_one(Builder& builder, const View& x, const Between& at) {
  if (at.curve == Curve::exponential) return std::nullopt;
  const View half = builder.constant(0.5);
  const View is_far = builder.apply<Comparison<ir::BinaryOperator::less>>({x, half});
  const View near = builder.apply<Unary<Log1m>>({distance(builder, reversed(at))});
  return builder.apply<Where>({is_far, builder.apply<Log>({x}), near});
}

}  // namespace

std::optional<View> known_log_of_share(Builder& builder, const View& x) {
  const std::optional<Between> at = builder.facts().known_between(x);
  if (!at) return std::nullopt;
  if (!is(builder, at->lower, 0)) return is(builder, at->upper, 1) ? log_up_to_one(builder, x, *at) : std::nullopt;
  const View log = log_height(builder, *at);
  return is(builder, at->width, 1) ? log : builder.apply<Add>({logarithm(builder, at->width), log});
}

void remember_mirrored(Builder& builder, const View& value, const View& a, const View& x) {
  const std::optional<Between> at = builder.facts().known_between(x);
  if (!at || !a.constant() || a.rank() > 0 || !at->lower.constant() || !at->upper.constant()) return;
  if (builder.facts().known_between(value)) return;
  Between mirrored = reversed(*at);
  mirrored.lower = builder.apply<Subtract>({a, at->upper});
  mirrored.upper = builder.apply<Subtract>({a, at->lower});
  builder.facts().remember_between(value, mirrored);
}

std::optional<View> known_distance_of_square(Builder& builder, const View& a, const View& x) {
  const std::optional<double> number = known_number(builder, a);
  const std::optional<Between> at = builder.facts().known_between(x);
  if (!number || !(*number > 0) || a.rank() > 0 || !at) return std::nullopt;
  const double root = std::sqrt(*number);
  if (root * root != *number || (!is(builder, at->upper, root) && !is(builder, at->lower, -root))) return std::nullopt;
  const View end = builder.constant(root);
  const View left = subtract(builder, end, x), right = add(builder, x, end);
  const View both = builder.apply<Multiply>({left, right});
  builder.facts().remember_exponential(both, builder.apply<Add>({logarithm(builder, left), logarithm(builder, right)}));
  return both;
}

namespace {

bool is_share(Builder& builder, const View& x) {
  const std::optional<Between> at = builder.facts().known_between(x);
  return at && is(builder, at->lower, 0) && at->curve != Curve::exponential;
}

bool has_logarithm(Builder& builder, const View& x) {
  return is_share(builder, x) || builder.facts().known_logarithm(x).has_value();
}

/// Where `value` lies, which is f(x, number).
template <class F>
void remember_multiple(Builder& builder, const View& value, const View& x, const View& number) {
  const std::optional<Between> at = builder.facts().known_between(x);
  if (!at || !number.constant() || number.rank() > 0 || at->curve == Curve::exponential) return;
  if (!at->lower.constant() || !at->upper.constant()) return;
  const double factor = builder.evaluate(number).values.front();
  if (!(factor > 0) || std::isinf(factor)) return;
  Between multiple = *at;
  for (View* const part : {&multiple.lower, &multiple.upper, &multiple.width}) {
    *part = builder.apply<F>({*part, number});
  }
  builder.facts().remember_between(value, multiple);
}

}  // namespace

View multiply(Builder& builder, const View& a, const View& b) {
  if (a == b) return power(builder, a, builder.constant(2.0));
  const View value = builder.apply<Multiply>({a, b});
  remember_multiple<Multiply>(builder, value, a, b);
  remember_multiple<Multiply>(builder, value, b, a);
  if ((is_share(builder, a) && has_logarithm(builder, b)) || (has_logarithm(builder, a) && is_share(builder, b))) {
    const View log = builder.apply<Add>({logarithm(builder, a), logarithm(builder, b)});
    builder.facts().remember_exponential(value, log);
  }
  return value;
}

View quotient(Builder& builder, const View& a, const View& b) {
  const View value = builder.apply<Divide>({a, b});
  remember_multiple<Divide>(builder, value, a, b);
  if (is_share(builder, a) && is_share(builder, b)) {
    const View log = builder.apply<Subtract>({logarithm(builder, a), logarithm(builder, b)});
    builder.facts().remember_exponential(value, log);
  }
  return value;
}

void remember_power(Builder& builder, const View& value, const View& x, double exponent) {
  std::optional<View> log = builder.facts().known_logarithm(x);
  if (!log) {
    const std::optional<Between> at = builder.facts().known_between(x);
    if (!at || !is(builder, at->lower, 0)) return;
    log = known_log_of_share(builder, x);
  }
  builder.facts().remember_exponential(value, builder.apply<Multiply>({builder.constant(exponent), *log}));
}

View complement(Builder& builder, const View& x) { return subtract(builder, builder.constant(1.0), x); }

View log_complement(Builder& builder, const View& x) {
  const std::optional<View> left = known_distance(builder, builder.constant(1.0), x);
  return left ? logarithm(builder, *left) : builder.apply<Unary<Log1m>>({x});
}

std::optional<View> known_log_odds(Builder& builder, const View& x) {
  const std::optional<Between> at = builder.facts().known_between(x);
  if (!at || at->curve != Curve::logistic || !is(builder, at->lower, 0) || !is(builder, at->upper, 1)) {
    return std::nullopt;
  }
  return at->reversed ? negate(builder, at->argument) : at->argument;
}

View log_odds(Builder& builder, const View& x) {
  if (const std::optional<View> known = known_log_odds(builder, x)) return *known;
  if (!is_known_share(builder, x)) return builder.apply<Unary<Logit>>({x});
  return builder.apply<Subtract>({logarithm(builder, x), log_complement(builder, x)});
}

bool is_known_share(Builder& builder, const View& x) {
  const std::optional<Between> at = builder.facts().known_between(x);
  return at ? is(builder, at->lower, 0) || is(builder, at->upper, 1) : builder.facts().known_logarithm(x).has_value();
}

}  // namespace exmc::density
