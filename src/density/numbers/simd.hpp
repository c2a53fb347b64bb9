#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <numbers>

#include "pack.hpp"

/// Elementary functions of packs, and of single numbers by the same name.
namespace exmc::density {

namespace detail {
/// Adding and subtracting 1.5 * 2^52 rounds to the nearest integer, which then stands in the low bits of the sum.
inline constexpr double kRounder = 0x1.8p52;
}  // namespace detail

[[nodiscard]] inline double abs(double x) { return std::abs(x); }

/// e^x within 1.1 ulp; inf, NaN, overflow and gradual underflow as std::exp. x = k ln 2 + r with |r| <= ln(2)/2, and
/// (e^r - 1 - r)/r^2 is its interpolant of degree 9 at Chebyshev nodes (relative error of e^r: 1.6e-17).
[[nodiscard]] inline Pack exp(Pack x) {
  constexpr double highest = 710, lowest = -746;     // beyond: infinity and zero
  constexpr double ln2_high = 0x1.62e4p-1;           // few bits: k times it is exact
  constexpr double ln2_low = 0x1.7f7d1cf79abcap-20;  // ln 2 - ln2_high
  x = select(x > highest, splat(highest), x);        // comparisons are false for NaN, which passes
  x = select(x < lowest, splat(lowest), x);
  const Pack k = (x * std::numbers::log2e + detail::kRounder) - detail::kRounder;
  const Pack r = (x - k * ln2_high) - k * ln2_low;
  const Pack r2 = r * r, r4 = r2 * r2;
  const Pack low =
      (0x1.0000000000001p-1 + 0x1.5555555555556p-3 * r) + (0x1.5555555553d63p-5 + 0x1.11111111109b3p-7 * r) * r2;
  const Pack middle =
      (0x1.6c16c1788bd90p-10 + 0x1.a01a01a7c41d5p-13 * r) + (0x1.a019b90d2ae7ap-16 + 0x1.71de0dae63bb3p-19 * r) * r2;
  const Pack high = 0x1.289185613a3d6p-22 + 0x1.af38a9b0ec855p-26 * r;
  const Pack value = 1.0 + (r + r2 * (low + r4 * (middle + r4 * high)));
  // 2^k in two factors, each a normal number, so that results may be infinite or subnormal.
  const Pack half_biased = 0.5 * k + detail::kRounder;
  const Pack rest_biased = (k - (half_biased - detail::kRounder)) + detail::kRounder;
  const detail::Bits one = detail::to_bits(splat(1.0));
  const Pack half_power = detail::from_bits(one + (detail::to_bits(half_biased) << 52));
  const Pack rest_power = detail::from_bits(one + (detail::to_bits(rest_biased) << 52));
  return value * half_power * rest_power;
}
[[nodiscard]] inline double exp(double x) { return std::exp(x); }

/// ln x within 1 ulp; 0, negative, inf, NaN and subnormal arguments as std::log. The polynomial is that of FreeBSD's
/// e_log.c (Sun Microsystems 1993): x = 2^k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), s = f / (2 + f).
[[nodiscard]] inline Pack log(Pack x) {
  constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
  constexpr double smallest_normal = std::numeric_limits<double>::min();
  constexpr unsigned long long sqrt_half = 0x3fe6a09e00000000ULL, bias = 1023ULL << 52;
  const Mask subnormal = x < smallest_normal;
  const detail::Bits bits = detail::to_bits(select(subnormal, x * 0x1p54, x));
  const detail::Bits exponent = (bits - sqrt_half + bias) >> 52;  // k + 1023
  const Pack k =
      (detail::from_bits(exponent | 0x4330000000000000ULL) - (0x1p52 + 1023)) - select(subnormal, splat(54), Pack{});
  const Pack f = detail::from_bits(bits - (exponent << 52) + bias) - 1.0;
  const Pack s = f / (2.0 + f), z = s * s, w = z * z;
  const Pack odd = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const Pack even =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const Pack half_square = 0.5 * f * f;
  const Pack value = k * ln2_high - ((half_square - (s * (half_square + (odd + even)) + k * ln2_low)) - f);
  const Pack special = select(x == 0.0, splat(-detail::kInfinity), select(x > 0.0, x, splat(detail::kNaN)));
  return select((x > 0.0) & (x < detail::kInfinity), value, special);
}
[[nodiscard]] inline double log(double x) { return std::log(x); }

/// ln(1 + x) within 2 ulp, as std::log1p: the rounding error of 1 + x is put back to first order.
[[nodiscard]] inline Pack log1p(Pack x) {
  const Pack one_plus = 1.0 + x;
  const Pack lost = (x - (one_plus - 1.0)) * (1.0 / one_plus);
  return log(one_plus) + select((one_plus > 0.0) & (one_plus < detail::kInfinity), lost, Pack{});
}
[[nodiscard]] inline double log1p(double x) { return std::log1p(x); }

[[nodiscard]] inline double sqrt(double x) { return std::sqrt(x); }
[[nodiscard]] inline Pack sqrt(Pack x) {
  return detail::by_register([&](std::size_t k) {
    detail::Doubles root;
    for (std::size_t lane = 0; lane < detail::kRegisterLanes; ++lane) root[lane] = std::sqrt(x.part[k][lane]);
    return root;
  });
}

/// x^y, lane by lane.
[[nodiscard]] inline double pow(double x, double y) { return std::pow(x, y); }
[[nodiscard]] inline Pack pow(Pack x, Pack y) {
  Pack power;
  for (std::size_t lane = 0; lane < kLanes; ++lane) power[lane] = std::pow(x[lane], y[lane]);
  return power;
}

}  // namespace exmc::density
