#pragma once

#include <cstddef>

#include "../numbers/interval.hpp"
#include "../numbers/simd.hpp"

namespace exmc::density {

/// x = e^u with log-Jacobian u.
struct PositiveTransform {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* u) {
    return exp(u[0]);
  }
  template <class T>
  static void partials(const T*, T x, T* d) {
    d[0] = x;
  }
  template <class T>
  static T log_jacobian(const T* u, T) {
    return u[0];
  }
  template <class T>
  static T log_jacobian_slope(const T*, T) {
    return T{} + 1.0;
  }
  static Interval range(const Interval*) { return kPositiveNumbers; }
};

}  // namespace exmc::density
