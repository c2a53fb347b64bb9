#pragma once

#include <optional>

#include "../program/builder.hpp"

/// Numbers between 0 and 1, or between other ends, whose distance to either end is exact: where a number is known to
/// come from a curve (Facts), what is left to the end is computed on the curve and not from the number, which near 1
/// has lost its digits.
namespace exmc::density {

/// 1 / (1 + e^-x) and the standard normal distribution function; remembered.
[[nodiscard]] View sigmoid(Builder& builder, const View& x);
[[nodiscard]] View normal_cdf(Builder& builder, const View& x);

/// 1 - x and ln(1 - x).
[[nodiscard]] View complement(Builder& builder, const View& x);
[[nodiscard]] View log_complement(Builder& builder, const View& x);
/// ln(x / (1 - x)).
[[nodiscard]] View log_odds(Builder& builder, const View& x);
/// The argument of which x is known to be the logistic function.
[[nodiscard]] std::optional<View> known_log_odds(Builder& builder, const View& x);

/// Whether ln x and ln(1 - x) are more than what the number x gives.
[[nodiscard]] bool is_known_share(Builder& builder, const View& x);

/// What `logarithm` and `subtract`, a - b, do where something is known; nothing elsewhere.
[[nodiscard]] std::optional<View> known_log_of_share(Builder& builder, const View& x);
[[nodiscard]] std::optional<View> known_distance(Builder& builder, const View& a, const View& b);
/// a - x^2 as (r - x) (r + x), where a is the square of a number r and x is known to come from an end at r or -r.
[[nodiscard]] std::optional<View> known_distance_of_square(Builder& builder, const View& a, const View& x);
/// a b and a / b: known multiples of what lies between ends, where one is a positive number; else their logarithms are
/// known where both are known shares, of a product also where one is and the other has a known logarithm.
[[nodiscard]] View multiply(Builder& builder, const View& a, const View& b);
[[nodiscard]] View quotient(Builder& builder, const View& a, const View& b);
/// Remembers the logarithm of x^exponent, where that of x is known.
void remember_power(Builder& builder, const View& value, const View& x, double exponent);
/// tanh and erf, which lie between -1 and 1; remembered.
[[nodiscard]] View hyperbolic_tangent(Builder& builder, const View& x);
[[nodiscard]] View error_function(Builder& builder, const View& x);
/// Remembers where a - x lies, where a is data and it is known of x.
void remember_mirrored(Builder& builder, const View& value, const View& a, const View& x);
/// What `add` does: x + number as the distance from -number.
[[nodiscard]] std::optional<View> known_distance_from_negative(Builder& builder, const View& x, const View& number);

}  // namespace exmc::density
