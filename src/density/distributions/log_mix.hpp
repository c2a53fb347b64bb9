#pragma once

#include <array>
#include <cstddef>

#include "../numbers/simd.hpp"

namespace exmc::density {

/// ln of the sum of w_k e^(l_k) over (l_1 ... l_K, w_1 ... w_K), -inf where all are 0. By the weights themselves: in
/// their logarithms a weight of 0 would have no derivative.
template <std::size_t K>
struct LogMix {
  static constexpr std::size_t kOperands = 2 * K;
  static constexpr std::array kVariants = {(1U << K) - 1, (1U << (2 * K)) - 1};
  static constexpr double kMost = 700;
  template <class T>
  static T value(const T* p) {
    T largest = T{} - detail::kInfinity;
    for (std::size_t k = 0; k < K; ++k) largest = select((p[K + k] > 0.0) & (p[k] > largest), p[k], largest);
    T sum{};
    for (std::size_t k = 0; k < K; ++k) {
      const T share = p[K + k] * exp(p[k] - largest);
      sum += select((p[k] == -detail::kInfinity) | (p[K + k] == 0.0), T{}, share);
    }
    return select(largest > -detail::kInfinity, largest + log(sum), sum_of_all(p));
  }
  template <class T>
  static void partials(const T* p, T value, T* d) {
    T total{};  // 1, but for the rounding of the value, which is large where the value is
    for (std::size_t k = 0; k < K; ++k) {
      const T excess = p[k] - value;  // may be anything where the weight is 0: the derivative stays finite
      const T ratio = select(value > -detail::kInfinity, exp(select(excess > kMost, T{} + kMost, excess)), T{});
      d[k] = p[K + k] * ratio;
      d[K + k] = ratio;
      total += d[k];
    }
    const T inverse = select(total > 0.0, 1.0 / total, T{});
    for (std::size_t k = 0; k < 2 * K; ++k) d[k] *= inverse;
  }

 private:
  /// -inf where no component is possible, NaN where one, or its weight, is not a number.
  template <class T>
  static T sum_of_all(const T* p) {
    T sum{};
    for (std::size_t k = 0; k < K; ++k) sum += p[k] + p[K + k];
    return select(sum == sum, T{} - detail::kInfinity, sum);
  }
};

/// The same as a term of the log density.
template <std::size_t K>
struct LogMixTerm {
  static constexpr std::size_t kOperands = 2 * K;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = LogMix<K>::kVariants;
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T value = LogMix<K>::value(p);
    LogMix<K>::partials(p, value, d);
    return value;
  }
};

}  // namespace exmc::density
