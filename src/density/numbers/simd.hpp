#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <numbers>

namespace exmc::density {

/// Eight doubles on every target, whatever its registers hold: the order of a sum is the same with SSE2 and AVX-512.
using Pack = double __attribute__((vector_size(64)));
/// What comparing packs gives: all bits of a lane set or none.
using Mask = decltype(Pack{} < Pack{});
inline constexpr std::size_t kLanes = 8;

namespace detail {
using Bits = unsigned long long __attribute__((vector_size(64)));
/// Clang ignores aligned() behind the `=`.
using UnalignedPack __attribute__((vector_size(64), aligned(8), may_alias)) = double;
static_assert(alignof(UnalignedPack) == alignof(double));
using Half = double __attribute__((vector_size(32)));
using Quarter = double __attribute__((vector_size(16)));
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
/// Adding and subtracting 1.5 * 2^52 rounds to the nearest integer, which then stands in the low bits of the sum.
inline constexpr double kRounder = 0x1.8p52;
}  // namespace detail

[[nodiscard]] inline Pack splat(double value) { return Pack{} + value; }

[[nodiscard]] inline Pack load(const double* from) { return *reinterpret_cast<const detail::UnalignedPack*>(from); }
inline void store(double* to, Pack value) { *reinterpret_cast<detail::UnalignedPack*>(to) = value; }

/// The lanes below `count`.
[[nodiscard]] inline Mask first_lanes(std::size_t count) {
  return Pack{0, 1, 2, 3, 4, 5, 6, 7} < splat(static_cast<double>(count));
}

[[nodiscard]] inline bool any(Mask mask) {
#ifdef __AVX512DQ__
  return __builtin_ia32_cvtq2mask512(reinterpret_cast<long long __attribute__((vector_size(64)))>(mask)) != 0;
#else
  const auto bits = reinterpret_cast<detail::Bits>(mask);
  const auto half = __builtin_shufflevector(bits, bits, 0, 1, 2, 3) | __builtin_shufflevector(bits, bits, 4, 5, 6, 7);
  const auto quarter = __builtin_shufflevector(half, half, 0, 1) | __builtin_shufflevector(half, half, 2, 3);
  return (quarter[0] | quarter[1]) != 0;
#endif
}

[[nodiscard]] inline bool any(bool one) { return one; }

[[nodiscard]] inline Pack select(Mask mask, Pack yes, Pack no) { return mask ? yes : no; }
[[nodiscard]] inline double select(bool mask, double yes, double no) { return mask ? yes : no; }

/// Sum of the lanes, always in the order ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
[[nodiscard]] inline double sum(Pack a) {
  const detail::Half half = __builtin_shufflevector(a, a, 0, 1, 2, 3) + __builtin_shufflevector(a, a, 4, 5, 6, 7);
  const detail::Quarter quarter = __builtin_shufflevector(half, half, 0, 1) + __builtin_shufflevector(half, half, 2, 3);
  return quarter[0] + quarter[1];
}
[[nodiscard]] inline double sum(double a) { return a; }

/// The sums of eight packs, each in that order.
[[nodiscard]] inline Pack sums(const Pack (&a)[kLanes]) {
  const auto halves = [](Pack x, Pack y) {
    return __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15);
  };
  const auto quarters = [](Pack x, Pack y) {
    return __builtin_shufflevector(x, y, 0, 1, 4, 5, 8, 9, 12, 13) +
           __builtin_shufflevector(x, y, 2, 3, 6, 7, 10, 11, 14, 15);
  };
  const Pack low = quarters(halves(a[0], a[1]), halves(a[2], a[3]));
  const Pack high = quarters(halves(a[4], a[5]), halves(a[6], a[7]));
  return __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14) +
         __builtin_shufflevector(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}

[[nodiscard]] inline Pack abs(Pack x) {
  return reinterpret_cast<Pack>(reinterpret_cast<detail::Bits>(x) & 0x7fffffffffffffffULL);
}
[[nodiscard]] inline double abs(double x) { return std::abs(x); }

/// e^x within 1.1 ulp; inf, NaN, overflow and gradual underflow as std::exp. x = k ln 2 + r with |r| <= ln(2)/2, and
/// (e^r - 1 - r)/r^2 is its interpolant of degree 9 at Chebyshev nodes (relative error of e^r: 1.6e-17).
[[nodiscard]] inline Pack exp(Pack x) {
  constexpr double highest = 710, lowest = -746;     // beyond: infinity and zero
  constexpr double ln2_high = 0x1.62e4p-1;           // few bits: k times it is exact
  constexpr double ln2_low = 0x1.7f7d1cf79abcap-20;  // ln 2 - ln2_high
  x = x > highest ? splat(highest) : x;              // comparisons are false for NaN, which passes
  x = x < lowest ? splat(lowest) : x;
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
  const detail::Bits one = reinterpret_cast<detail::Bits>(splat(1.0));
  const Pack half_power = reinterpret_cast<Pack>(one + (reinterpret_cast<detail::Bits>(half_biased) << 52));
  const Pack rest_power = reinterpret_cast<Pack>(one + (reinterpret_cast<detail::Bits>(rest_biased) << 52));
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
  const detail::Bits bits = reinterpret_cast<detail::Bits>(subnormal ? x * 0x1p54 : x);
  const detail::Bits exponent = (bits - sqrt_half + bias) >> 52;  // k + 1023
  const Pack k =
      (reinterpret_cast<Pack>(exponent | 0x4330000000000000ULL) - (0x1p52 + 1023)) - (subnormal ? splat(54) : Pack{});
  const Pack f = reinterpret_cast<Pack>(bits - (exponent << 52) + bias) - 1.0;
  const Pack s = f / (2.0 + f), z = s * s, w = z * z;
  const Pack odd = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const Pack even =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const Pack half_square = 0.5 * f * f;
  const Pack value = k * ln2_high - ((half_square - (s * (half_square + (odd + even)) + k * ln2_low)) - f);
  const Pack special = x == 0.0 ? splat(-detail::kInfinity) : (x > 0.0 ? x : splat(detail::kNaN));
  return ((x > 0.0) & (x < detail::kInfinity)) ? value : special;
}
[[nodiscard]] inline double log(double x) { return std::log(x); }

/// ln(1 + x) within 2 ulp, as std::log1p: the rounding error of 1 + x is put back to first order.
[[nodiscard]] inline Pack log1p(Pack x) {
  const Pack one_plus = 1.0 + x;
  const Pack lost = (x - (one_plus - 1.0)) * (1.0 / one_plus);
  return log(one_plus) + (((one_plus > 0.0) & (one_plus < detail::kInfinity)) ? lost : Pack{});
}
[[nodiscard]] inline double log1p(double x) { return std::log1p(x); }

[[nodiscard]] inline double sqrt(double x) { return std::sqrt(x); }
[[nodiscard]] inline Pack sqrt(Pack x) {
  Pack root;
  for (std::size_t lane = 0; lane < kLanes; ++lane) root[lane] = std::sqrt(x[lane]);
  return root;
}

/// x^y, lane by lane.
[[nodiscard]] inline double pow(double x, double y) { return std::pow(x, y); }
[[nodiscard]] inline Pack pow(Pack x, Pack y) {
  Pack power;
  for (std::size_t lane = 0; lane < kLanes; ++lane) power[lane] = std::pow(x[lane], y[lane]);
  return power;
}

}  // namespace exmc::density
