#pragma once

#include <cstddef>

#include "../numbers/special.hpp"

namespace exmc::density {

/// stirling_error(n) - stirling_error(alpha) - stirling_error(beta) + ln(alpha beta / n) / 2 with n = alpha + beta.
struct BetaNormaliser {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    const T n = p[0] + p[1];
    return stirling_error(n).value - stirling_error(p[0]).value - stirling_error(p[1]).value +
           0.5 * (log(p[0]) + log(p[1] / n));
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    const T n = p[0] + p[1], common = stirling_error(n).slope - 0.5 / n;
    for (std::size_t k = 0; k < 2; ++k) d[k] = common - stirling_error(p[k]).slope + 0.5 / p[k];
  }
};

}  // namespace exmc::density
