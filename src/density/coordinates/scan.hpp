#pragma once

#include <cstddef>

#include "../numbers/simd.hpp"

/// Linear filters of first order over rows, eight elements at a time: the sums within a pack are made by doubling, so
/// that one multiplication a pack waits for the one before.
namespace exmc::density {
/// y_i = y_i + s y_{i-1} in place, where before the first stands `before`. @return the last, or `before`
inline double filter_forward(double* y, std::size_t count, double s, double before) {
  const double s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;
  alignas(Pack) const double by_lane[] = {s, s2, s2 * s, s4, s4 * s, s4 * s2, s4 * s2 * s, s8};
  const Pack powers = load(by_lane);
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Pack p = load(y + i);
    p += s * moved_up<1>(p);
    p += s2 * moved_up<2>(p);
    p += s4 * moved_up<4>(p);
    store(y + i, p + powers * before);
    before = p[kLanes - 1] + s8 * before;
  }
  for (; i < count; ++i) y[i] = before = y[i] + s * before;
  return before;
}

/// y_i = y_i + s y_{i+1} in place, where after the last stands `after`. @return the first, or `after`
inline double filter_backward(double* y, std::size_t count, double s, double after) {
  const double s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;
  alignas(Pack) const double by_lane[] = {s8, s4 * s2 * s, s4 * s2, s4 * s, s4, s2 * s, s2, s};
  const Pack powers = load(by_lane);
  std::size_t i = count;
  for (; i % kLanes != 0; --i) y[i - 1] = after = y[i - 1] + s * after;
  for (; i > 0; i -= kLanes) {
    Pack p = load(y + i - kLanes);
    p += s * moved_down<1>(p);
    p += s2 * moved_down<2>(p);
    p += s4 * moved_down<4>(p);
    store(y + i - kLanes, p + powers * after);
    after = p[0] + s8 * after;
  }
  return after;
}

}  // namespace exmc::density
