#pragma once

#include <cstddef>

#include "../numbers/simd.hpp"

/// Linear filters of first order over rows, eight elements at a time: the sums within a pack are made by doubling, so
/// that one multiplication a pack waits for the one before.
namespace exmc::density {
namespace detail {

/// Lanes moved up or down, zeros after them.
inline Pack up_one(Pack p) { return __builtin_shufflevector(p, Pack{}, 8, 0, 1, 2, 3, 4, 5, 6); }
inline Pack up_two(Pack p) { return __builtin_shufflevector(p, Pack{}, 8, 8, 0, 1, 2, 3, 4, 5); }
inline Pack up_four(Pack p) { return __builtin_shufflevector(p, Pack{}, 8, 8, 8, 8, 0, 1, 2, 3); }
inline Pack down_one(Pack p) { return __builtin_shufflevector(p, Pack{}, 1, 2, 3, 4, 5, 6, 7, 8); }
inline Pack down_two(Pack p) { return __builtin_shufflevector(p, Pack{}, 2, 3, 4, 5, 6, 7, 8, 8); }
inline Pack down_four(Pack p) { return __builtin_shufflevector(p, Pack{}, 4, 5, 6, 7, 8, 8, 8, 8); }

}  // namespace detail

/// y_i = y_i + s y_{i-1} in place, where before the first stands `before`. @return the last, or `before`
inline double filter_forward(double* y, std::size_t count, double s, double before) {
  const double s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;
  const Pack powers{s, s2, s2 * s, s4, s4 * s, s4 * s2, s4 * s2 * s, s8};
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Pack p = load(y + i);
    p += s * detail::up_one(p);
    p += s2 * detail::up_two(p);
    p += s4 * detail::up_four(p);
    store(y + i, p + powers * before);
    before = p[kLanes - 1] + s8 * before;
  }
  for (; i < count; ++i) y[i] = before = y[i] + s * before;
  return before;
}

/// y_i = y_i + s y_{i+1} in place, where after the last stands `after`. @return the first, or `after`
inline double filter_backward(double* y, std::size_t count, double s, double after) {
  const double s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;
  const Pack powers{s8, s4 * s2 * s, s4 * s2, s4 * s, s4, s2 * s, s2, s};
  std::size_t i = count;
  for (; i % kLanes != 0; --i) y[i - 1] = after = y[i - 1] + s * after;
  for (; i > 0; i -= kLanes) {
    Pack p = load(y + i - kLanes);
    p += s * detail::down_one(p);
    p += s2 * detail::down_two(p);
    p += s4 * detail::down_four(p);
    store(y + i - kLanes, p + powers * after);
    after = p[0] + s8 * after;
  }
  return after;
}

}  // namespace exmc::density
