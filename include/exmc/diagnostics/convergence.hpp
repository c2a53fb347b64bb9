#pragma once

#include <cstddef>
#include <span>
#include <vector>

/// Convergence diagnostics of one scalar quantity, as ArviZ 0.23 computes them (to 1e-8), after Vehtari, Gelman,
/// Simpson, Carpenter & Bürkner 2021, "Rank-normalization, folding, and localization: an improved R-hat for assessing
/// convergence of MCMC", Bayesian Analysis 16 (called V21 below). All are pure, allocate at most 100 bytes per draw,
/// and give NaN where a draw is NaN or there are fewer than four draws in a chain.
namespace exmc::diagnostics {

/// Draws of one scalar quantity: chains x draws, chain by chain.
struct DrawsView {
  std::span<const double> values;
  std::size_t chains = 0;
  std::size_t draws = 0;  ///< per chain
};

/// Rank-normalised split R-hat (V21 eq. 4 and 14): the larger of the one over normal scores and the one over those of
/// |x - median|. NaN for a single chain or constant draws. Where the number of draws is odd, the middle one is left
/// out.
[[nodiscard]] double rhat(const DrawsView& draws);

/// Effective sample sizes, of the split chains (V21 eq. 10-13): of the rank-normalised draws; the smaller of those at
/// the 5 % and 95 % quantiles; of the draws; of (x - mean)^2; of the indicator x <= quantile. Constant draws count in
/// full.
[[nodiscard]] double ess_bulk(const DrawsView& draws);
[[nodiscard]] double ess_tail(const DrawsView& draws);
[[nodiscard]] double ess_mean(const DrawsView& draws);
[[nodiscard]] double ess_sd(const DrawsView& draws);
[[nodiscard]] double ess_quantile(const DrawsView& draws, double probability);

/// What a table shows of a quantity: the quantiles at 5, 50 and 95 %, and the same as the functions above, for less
/// work than one by one.
struct Convergence {
  double q5, q50, q95;
  double ess_bulk, ess_tail, rhat;
};
[[nodiscard]] Convergence convergence(const DrawsView& draws);

/// Monte Carlo standard errors of the mean, the standard deviation and a quantile (V21 section 4.4).
[[nodiscard]] double mcse_mean(const DrawsView& draws);
[[nodiscard]] double mcse_sd(const DrawsView& draws);
[[nodiscard]] double mcse_quantile(const DrawsView& draws, double probability);

/// Sample mean and standard deviation (divisor n - 1) over all chains.
[[nodiscard]] double mean(const DrawsView& draws);
[[nodiscard]] double sd(const DrawsView& draws);
/// Quantiles of all chains together (Hyndman & Fan 1996, type 7), in the order of the probabilities.
[[nodiscard]] std::vector<double> quantiles(const DrawsView& draws, std::span<const double> probabilities);

/// Estimated Bayesian fraction of missing information of each chain (Betancourt 2016, "Diagnosing suboptimal cotangent
/// disintegrations in Hamiltonian Monte Carlo", eq. 5): mean squared step of the energy over its variance.
[[nodiscard]] std::vector<double> bfmi(const DrawsView& energy);

}  // namespace exmc::diagnostics
