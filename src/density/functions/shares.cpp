#include "shares.hpp"

#include "../kernels/special_functions.hpp"
#include "functions.hpp"

namespace exmc::density {
namespace {

bool is(Builder& builder, const View& view, double value) { return view == builder.constant(value); }

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
      break;
  }
  return either<Unary<ComplementOfExp>, Exp>(builder, at.reversed, at.argument);
}

View log_height(Builder& builder, const Between& at) {
  switch (at.curve) {
    case Curve::logistic:
      return either<Unary<LogSigmoid>, Unary<Mirrored<LogSigmoid>>>(builder, at.reversed, at.argument);
    case Curve::normal:
      return either<Unary<LogPhi>, Unary<Mirrored<LogPhi>>>(builder, at.reversed, at.argument);
    case Curve::complement_of_exponential:
      break;
  }
  return at.reversed ? at.argument : builder.apply<Unary<Log1mExp>>({at.argument});
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

/// How far above its lower end something is.
View distance(Builder& builder, const Between& at) {
  const View value = height(builder, at);
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

std::optional<View> known_distance(Builder& builder, const View& a, const View& b) {
  if (const auto below = builder.facts().known_between(b); below && below->upper == a) {
    return distance(builder, reversed(*below));
  }
  if (const auto above = builder.facts().known_between(a); above && above->lower == b) return distance(builder, *above);
  if (const auto below = builder.facts().known_between(a); below && below->upper == b) {
    return negate(builder, distance(builder, reversed(*below)));
  }
  if (const auto above = builder.facts().known_between(b); above && above->lower == a) {
    return negate(builder, distance(builder, *above));
  }
  if (!is(builder, a, 1)) return std::nullopt;
  const std::optional<View> argument = builder.facts().known_logarithm(b);
  if (!argument) return std::nullopt;
  return on_curve(builder, share(builder, Curve::complement_of_exponential, false, *argument));
}

std::optional<View> known_log_of_share(Builder& builder, const View& x) {
  const std::optional<Between> at = builder.facts().known_between(x);
  if (!at || !is(builder, at->lower, 0)) return std::nullopt;
  const View log = log_height(builder, *at);
  return is(builder, at->width, 1) ? log : builder.apply<Add>({logarithm(builder, at->width), log});
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
