#pragma once

#include <Eigen/Core>
#include <array>
#include <cstddef>

namespace exmc::sampler {

/// `N` neighbouring elements, wherever they lie in memory.
template <int N>
using Lanes = Eigen::Array<double, N, 1>;

template <int N>
[[nodiscard]] inline Lanes<N> load(const double* at) {
  return Eigen::Map<const Lanes<N>>(at);
}

template <int N, class Values>
inline void store(double* at, const Values& values) {
  Eigen::Map<Lanes<N>>{at} = values;
}

/// Calls `body.operator()<W>(i)` for the W elements from i on, for all of n: W is N, for the rest 1.
template <int N, class Body>
inline void for_lanes(Eigen::Index n, const Body& body) {
  Eigen::Index i = 0;
  for (; i + N <= n; i += N) body.template operator()<N>(i);
  for (; i < n; ++i) body.template operator()<1>(i);
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

/// Adds to K sums what `add.operator()<W>(i, sums)` adds to K times W sums for the W elements from i on.
template <int W, std::size_t K, class Add>
inline void add_lanes(Eigen::Index i, const Add& add, std::array<double, K>& totals) {
  std::array<Lanes<W>, K> sums;
  for (std::size_t k = 0; k < K; ++k) sums[k] = Lanes<W>::Zero();
  add.template operator()<W>(i, sums);
  for (std::size_t k = 0; k < K; ++k) totals[k] += sum_lanes<W>(sums[k]);
}

/// K sums over n elements in one pass: of what `add.operator()<W>(i, sums)` adds to K times W sums for the W elements
/// from i on; W is N, for the rest once 4 and then 1 (what was just written one by one is slow to read in lanes). The
/// order depends on n alone: neither on addresses, as that of Eigen's reductions does for views into a vector, nor on
/// the width of the processor's registers.
template <int N, std::size_t K, class Add>
[[nodiscard]] inline std::array<double, K> sums_over(Eigen::Index n, const Add& add) {
  std::array<double, K> totals{};
  Eigen::Index i = 0;
  if (n >= N) {
    std::array<Lanes<N>, K> sums;
    sums.fill(Lanes<N>::Zero());
    for (; i + N <= n; i += N) add.template operator()<N>(i, sums);
    for (std::size_t k = 0; k < K; ++k) totals[k] = sum_lanes<N>(sums[k]);
  }
  if (N > 4 && n - i >= 4) {
    add_lanes<4>(i, add, totals);
    i += 4;
  }
  std::array<Lanes<1>, K> rest;
  for (std::size_t k = 0; k < K; ++k) rest[k][0] = totals[k];
  for (; i < n; ++i) add.template operator()<1>(i, rest);
  for (std::size_t k = 0; k < K; ++k) totals[k] = rest[k][0];
  return totals;
}

/// Inner product of n elements, in that order.
[[nodiscard]] inline double dot(const double* a, const double* b, Eigen::Index n) {
  const auto add = [&]<int W>(Eigen::Index i, std::array<Lanes<W>, 1>& sums) {
    sums[0] += load<W>(a + i) * load<W>(b + i);
  };
  return sums_over<8, 1>(n, add)[0];
}

}  // namespace exmc::sampler
