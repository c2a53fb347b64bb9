#pragma once

#include <cstddef>
#include <vector>

#include "exmc/diagnostics/convergence.hpp"

namespace exmc::diagnostics {

/// Draws that a diagnostic may change: chains x draws, chain by chain.
struct Chains {
  std::vector<double> values;
  std::size_t chains = 0, draws = 0;

  [[nodiscard]] double* chain(std::size_t number) { return values.data() + number * draws; }
  [[nodiscard]] const double* chain(std::size_t number) const { return values.data() + number * draws; }
};

/// Whether the diagnostics have an answer: no NaN, and at least four draws in each of at least `min_chains` chains.
[[nodiscard]] bool enough(const DrawsView& draws, std::size_t min_chains = 1);

/// Each chain's first and last half as chains of their own.
[[nodiscard]] Chains split(const DrawsView& draws);

/// Replaces each value by its normal score: its rank r among all n (ties share their mean rank), as the normal quantile
/// of (r - 3/8) / (n + 1/4) (Blom 1958). A NaN, which folding leaves where the median is infinite, has no rank: all
/// become NaN.
void rank_normalise(std::vector<double>& values);

/// Replaces each value by its distance from the median of all.
void fold(std::vector<double>& values);

/// Type-7 quantile of sorted values, which are not empty.
[[nodiscard]] double quantile_of_sorted(const std::vector<double>& sorted, double probability);
[[nodiscard]] std::vector<double> sorted(const DrawsView& draws);

/// Sample variance (divisor n - 1).
[[nodiscard]] double variance(const double* values, std::size_t count);

/// The draws in units of a power of two: as they are, unless their squares would leave the range of doubles.
struct Scaled {
  std::vector<double> values;
  double unit = 1;
};
[[nodiscard]] Scaled scaled(const DrawsView& draws);

/// Effective sample size of the chains as they are (V21 eq. 10): Geyer's initial monotone sequence over the
/// autocorrelations of all chains.
[[nodiscard]] double effective_sample_size(const Chains& chains);

/// Autocovariances (divisor n) at lags 0 to n - 1, averaged over the chains.
[[nodiscard]] std::vector<double> mean_autocovariance(const Chains& chains);

}  // namespace exmc::diagnostics
