#pragma once

#include <cstddef>

#include "simd.hpp"

namespace exmc::density {

/// The logarithms of two probabilities that make 1, and their derivatives in the variable's own scale: its logarithm
/// for the incomplete gamma function, its log-odds for the incomplete beta function.
template <class T>
struct LogTails {
  T lower, upper, lower_slope, upper_slope;
};

/// ln P(a, x) and ln Q(a, x), the regularised incomplete gamma functions, given ln x: x may have underflown. P is 1
/// for a <= 0, else 0 where ln x is -inf. (What Boost.Math has underflows where these logarithms go on.)
[[nodiscard]] LogTails<double> incomplete_gamma(double a, double log_x);

/// ln I_x(a, b) and ln I_y(b, a), the regularised incomplete beta functions, given ln x and ln y where y = 1 - x. I_x
/// is 0 for b <= 0 and 1 for a <= 0, else 0 where ln x is -inf and 1 where ln y is: so the distribution functions of
/// counts need no special cases, also below the first count and from the last one on where one outcome is certain.
[[nodiscard]] LogTails<double> incomplete_beta(double a, double b, double log_x, double log_y);

/// The same, lane by lane.
namespace detail {
template <class F>
[[nodiscard]] LogTails<Pack> tails_by_lane(F tails_of) {
  LogTails<Pack> packs{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const LogTails<double> tails = tails_of(lane);
    packs.lower[lane] = tails.lower;
    packs.upper[lane] = tails.upper;
    packs.lower_slope[lane] = tails.lower_slope;
    packs.upper_slope[lane] = tails.upper_slope;
  }
  return packs;
}
}  // namespace detail
[[nodiscard]] inline LogTails<Pack> incomplete_gamma(Pack a, Pack log_x) {
  return detail::tails_by_lane([&](std::size_t lane) { return incomplete_gamma(a[lane], log_x[lane]); });
}
[[nodiscard]] inline LogTails<Pack> incomplete_beta(Pack a, Pack b, Pack log_x, Pack log_y) {
  return detail::tails_by_lane(
      [&](std::size_t lane) { return incomplete_beta(a[lane], b[lane], log_x[lane], log_y[lane]); });
}

}  // namespace exmc::density
