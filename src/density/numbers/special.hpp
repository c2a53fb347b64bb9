#pragma once

#include "simd.hpp"

namespace exmc::density {

/// ln Gamma(x + 1/2) - ln Gamma(x) - ln(x) / 2 and its derivative, for x > 0; NaN elsewhere. Taken as one function it
/// has none of the cancellation between its parts, which grow without bound while it tends to -1 / (8 x).
template <class T>
struct HalfStepLogGamma {
  T value, slope;
};

/// For x >= 10 by the asymptotic series (Tricomi and Erdelyi 1951, "The asymptotic expansion of a ratio of gamma
/// functions"; truncation below 1e-17). Below, r(x) = r(x + n) + ln prod (x + i) / (x + i + 1/2) + ln(1 + n / x) / 2.
template <class T>
[[nodiscard]] HalfStepLogGamma<T> half_step_log_gamma(T x) {
  constexpr int steps = 10;
  T lowers = T{} + 1.0, uppers = lowers;
  T slope_numerator{}, slope_denominator = lowers;  // of the sum of 1 / (lower upper)
  for (int i = 0; i < steps; ++i) {
    const T lower = x + i, upper = x + (i + 0.5), both = lower * upper;
    lowers *= lower;
    uppers *= upper;
    slope_numerator = slope_numerator * both + slope_denominator;
    slope_denominator *= both;
  }
  const auto small = x < static_cast<double>(steps);
  const T shifted = select(small, x + steps, x);
  const T w = 1.0 / shifted, w2 = w * w;
  constexpr double c1 = -1.0 / 8, c3 = 1.0 / 192, c5 = -1.0 / 640, c7 = 17.0 / 14336, c9 = -31.0 / 18432,
                   c11 = 691.0 / 180224, c13 = -5461.0 / 425984, c15 = 929569.0 / 15728640;
  const T series = w * (c1 + w2 * (c3 + w2 * (c5 + w2 * (c7 + w2 * (c9 + w2 * (c11 + w2 * (c13 + w2 * c15)))))));
  const T series_slope =
      -w2 *
      (c1 + w2 * (3 * c3 +
                  w2 * (5 * c5 + w2 * (7 * c7 + w2 * (9 * c9 + w2 * (11 * c11 + w2 * (13 * c13 + w2 * 15 * c15)))))));
  const T step_value = log(lowers / uppers * sqrt(1.0 + steps / x));
  const T step_slope = 0.5 * slope_numerator / slope_denominator + 0.5 * (1.0 / (x + steps) - 1.0 / x);
  const auto valid = x > 0.0;
  const T nothing = T{} + detail::kNaN;
  return {select(valid, series + select(small, step_value, T{}), nothing),
          select(valid, series_slope + select(small, step_slope, T{}), nothing)};
}

/// delta(x) = ln Gamma(x) - (x - 1/2) ln x + x - ln(2 pi) / 2, the error of Stirling's formula, and its derivative, for
/// x > 0; NaN elsewhere. Densities written with it have none of the cancellation that large log-gammas bring (Loader
/// 2000, "Fast and accurate computation of binomial probabilities").
template <class T>
struct StirlingError {
  T value, slope;
};

/// For x >= 10 by Stirling's series (Abramowitz and Stegun 6.1.41; truncation below 1e-16). Below, Gamma(x) is
/// Gamma(x + 10) / prod (x + i).
template <class T>
[[nodiscard]] StirlingError<T> stirling_error(T x) {
  constexpr int steps = 10;
  T product = T{} + 1.0, numerator{};  // of the sum of 1 / (x + i), whose denominator is the product
  for (int i = 0; i < steps; ++i) {
    const T factor = x + i;
    numerator = numerator * factor + product;
    product *= factor;
  }
  const auto small = x < static_cast<double>(steps);
  const T shifted = select(small, x + steps, x);
  const T w = 1.0 / shifted, w2 = w * w;
  constexpr double c1 = 1.0 / 12, c3 = -1.0 / 360, c5 = 1.0 / 1260, c7 = -1.0 / 1680, c9 = 1.0 / 1188,
                   c11 = -691.0 / 360360, c13 = 1.0 / 156, c15 = -3617.0 / 122400;
  const T series = w * (c1 + w2 * (c3 + w2 * (c5 + w2 * (c7 + w2 * (c9 + w2 * (c11 + w2 * (c13 + w2 * c15)))))));
  const T series_slope =
      -w2 *
      (c1 + w2 * (3 * c3 +
                  w2 * (5 * c5 + w2 * (7 * c7 + w2 * (9 * c9 + w2 * (11 * c11 + w2 * (13 * c13 + w2 * 15 * c15)))))));
  const T log_shifted = log(shifted), log_x = log(x);
  const T step_value = (shifted - 0.5) * log_shifted - (x - 0.5) * log_x - steps - log(product);
  const T step_slope = log_shifted - log_x + 0.5 / x - 0.5 * w - numerator / product;
  const auto valid = x > 0.0;
  const T nothing = T{} + detail::kNaN;
  return {select(valid, series + select(small, step_value, T{}), nothing),
          select(valid, series_slope + select(small, step_slope, T{}), nothing)};
}

/// The second derivative of ln Gamma(x), for x > 0; NaN elsewhere: for x >= 10 by its asymptotic series (Abramowitz and
/// Stegun 6.4.12; truncation below 1e-16), below by the sum of 1 / (x + i)^2 up to there.
template <class T>
[[nodiscard]] T trigamma(T x) {
  constexpr int steps = 10;
  const auto small = x < static_cast<double>(steps);
  T sum{};
  for (int i = 0; i < steps; ++i) {
    const T factor = 1.0 / (x + i);
    sum += factor * factor;
  }
  const T w = 1.0 / select(small, x + steps, x), w2 = w * w;
  constexpr double c3 = 1.0 / 6, c5 = -1.0 / 30, c7 = 1.0 / 42, c9 = -1.0 / 30, c11 = 5.0 / 66, c13 = -691.0 / 2730,
                   c15 = 7.0 / 6, c17 = -3617.0 / 510;
  const T odd = c3 + w2 * (c5 + w2 * (c7 + w2 * (c9 + w2 * (c11 + w2 * (c13 + w2 * (c15 + w2 * c17))))));
  const T series = w + w2 * (0.5 + w * odd);
  return select(x > 0.0, series + select(small, sum, T{}), T{} + detail::kNaN);
}

/// a ln(a / m) + m - a, which is 0 at m = a and m at a = 0, and ln(m / a).
template <class T>
struct Deviance {
  T value, log_ratio;
};

/// @param excess m - a, by whatever formula makes it exact.
template <class T>
[[nodiscard]] Deviance<T> deviance(T a, T m, T excess) {
  const auto some = a > 0.0;
  const T divisor = select(some, a, T{} + 1.0), relative = excess / divisor;
  const auto near = abs(relative) < 0.5;
  const T ratio = select(near, 1.0 + relative, m / divisor);
  const T lost = select(near, (relative - (ratio - 1.0)) / ratio, T{});
  const T log_ratio = log(ratio) + lost;
  return {select(some, excess - a * log_ratio, m), log_ratio};
}

/// The same where ln(m / a) is known to within rounding, which may be more than m, a number that may have underflown.
/// Near m = a a better one is made of the excess.
template <class T>
[[nodiscard]] Deviance<T> deviance(T a, T m, T excess, T log_ratio) {
  const auto some = a > 0.0;
  const T relative = excess / select(some, a, T{} + 1.0);
  const T better = select(abs(relative) < 0.5, log1p(relative), log_ratio);
  return {select(some, excess - a * better, m), better};
}

/// e^x - 1 without cancellation (Kahan's quotient: (u - 1) x / ln u with u = e^x rounded).
[[nodiscard]] inline Pack expm1(Pack x) {
  const Pack u = exp(x), difference = u - 1.0;
  const Pack quotient = difference * (x / log(u));
  return select(u == 1.0, x, select((u > 0x1p-60) & (u < 0x1p60), quotient, difference));
}
[[nodiscard]] inline double expm1(double x) { return std::expm1(x); }

/// ln(1 - e^x) for x <= 0.
template <class T>
[[nodiscard]] T log1m_exp(T x) {
  return select(x > -std::numbers::ln2, log(-expm1(x)), log1p(-exp(x)));
}

/// Beyond this a square overflows, or adding 1 to it does nothing.
inline constexpr double kFarOut = 1e150;

/// ln(1 + x^2), also where x^2 overflows.
template <class T>
[[nodiscard]] T log1p_square(T x) {
  const auto far = abs(x) > kFarOut;
  return select(far, T{} + 2.0, T{} + 1.0) * log1p(select(far, abs(x), x * x));
}

/// Sine and cosine, lane by lane.
[[nodiscard]] inline double sin(double x) { return std::sin(x); }
[[nodiscard]] inline Pack sin(Pack x) {
  Pack sine{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) sine[lane] = std::sin(x[lane]);
  return sine;
}
[[nodiscard]] inline double cos(double x) { return std::cos(x); }
[[nodiscard]] inline Pack cos(Pack x) {
  Pack cosine{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) cosine[lane] = std::cos(x[lane]);
  return cosine;
}

/// The complementary error function, lane by lane.
[[nodiscard]] inline double erfc(double x) { return std::erfc(x); }
[[nodiscard]] inline Pack erfc(Pack x) {
  Pack value{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) value[lane] = std::erfc(x[lane]);
  return value;
}

/// The standard normal distribution function Phi at z and its density phi, with what stays exact far to the left:
/// ln Phi, ln Phi + z^2 / 2, the hazard phi / Phi, and the excess phi / Phi + z, which tends to 0.
template <class T>
struct NormalTail {
  T log_cdf, scaled, hazard, excess;
};

/// By erfc down to z = -10, beyond by Laplace's continued fraction phi / Phi = t + 1 / (t + 2 / (t + ...)), t = -z
/// (Abramowitz and Stegun 26.2.14).
template <class T>
[[nodiscard]] NormalTail<T> normal_tail(T z) {
  constexpr double switch_at = -10, half_log_two_pi = 0.918938533204672741780329736406;
  constexpr int levels = 40;
  const auto far = z < switch_at;
  const T half_square = 0.5 * z * z;
  const T t = select(far, -z, T{} - switch_at);
  T rest{};
  for (int k = levels; k > 0; --k) rest = static_cast<double>(k) / (t + rest);
  const T far_scaled = -half_log_two_pi - log(t + rest);
  const T upper = 0.5 * erfc(abs(z) * (0.5 * std::numbers::sqrt2));
  const T near_log = select(z > 0.0, log1p(-upper), log(upper));
  const T cdf = select(z > 0.0, 1.0 - upper, upper);
  const T hazard = exp(-half_square - half_log_two_pi) / cdf;
  return {select(far, far_scaled - half_square, near_log), select(far, far_scaled, near_log + half_square),
          select(far, t + rest, hazard), select(far, rest, hazard + z)};
}

}  // namespace exmc::density
