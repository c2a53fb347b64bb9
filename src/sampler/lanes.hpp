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
[[nodiscard]] inline double sum_lanes(Lanes<N> lanes) {
  for (int half = N / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

/// The sum over n elements of what `add.operator()<W>(i, sums)` adds to W sums for the W elements from i on. Its order
/// depends on n alone: neither on addresses, as that of Eigen's reductions does for views into a vector, nor on the
/// width of the processor's registers.
template <int N, class Add>
[[nodiscard]] inline double sum_over(Eigen::Index n, const Add& add) {
  Eigen::Index i = 0;
  Lanes<1> rest = Lanes<1>::Zero();
  if (n >= N) {
    Lanes<N> sums = Lanes<N>::Zero();
    for (; i + N <= n; i += N) add.template operator()<N>(i, sums);
    rest[0] = sum_lanes<N>(sums);
  }
  for (; i < n; ++i) add.template operator()<1>(i, rest);
  return rest[0];
}

/// Inner product of n elements, in that order.
[[nodiscard]] inline double dot(const double* a, const double* b, Eigen::Index n) {
  return sum_over<8>(
      n, [&]<int kWidth>(Eigen::Index i, Lanes<kWidth>& sums) { sums += load<kWidth>(a + i) * load<kWidth>(b + i); });
}

}  // namespace exmc::sampler
