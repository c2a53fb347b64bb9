#pragma once

#include <Eigen/Core>

namespace exmc::sampler {

/// `N` neighbouring elements, wherever they lie in memory.
template <int N>
using Lanes = Eigen::Array<double, N, 1>;

template <int N>
[[nodiscard]] inline Lanes<N> load(const double* at) {
  return Eigen::Map<const Lanes<N>>(at);
}

/// The sum over lanes in pairs: one order, whatever the processor.
template <int N>
[[nodiscard]] inline double sum_lanes(const Lanes<N>& lanes) {
  if constexpr (N == 1) {
    return lanes[0];
  } else {
    return sum_lanes<N / 2>(lanes.template head<N / 2>() + lanes.template tail<N / 2>());
  }
}

/// Inner product of n elements in an order that depends on n alone: neither on the addresses, as Eigen's does for views
/// into a vector, nor on the width of the processor's registers.
[[nodiscard]] inline double dot(const double* a, const double* b, Eigen::Index n) {
  constexpr int kWidth = 8;
  Lanes<kWidth> sums = Lanes<kWidth>::Zero();
  Eigen::Index i = 0;
  for (; i + kWidth <= n; i += kWidth) sums += load<kWidth>(a + i) * load<kWidth>(b + i);
  double rest = 0;
  for (; i < n; ++i) rest += a[i] * b[i];
  return n < kWidth ? rest : sum_lanes<kWidth>(sums) + rest;
}

}  // namespace exmc::sampler
