#include <Eigen/Core>
#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <unsupported/Eigen/FFT>

#include "chains.hpp"

namespace exmc::diagnostics {
namespace {

/// A length of at least `count` that the transform is fast for: 2^k, 3 2^k or 5 2^k, a multiple of four.
std::size_t fast_length(std::size_t count) {
  const std::size_t power = std::max<std::size_t>(32, std::bit_ceil(count));
  for (const std::size_t length : {power / 8 * 5, power / 4 * 3}) {
    if (length >= count) return length;
  }
  return power;
}

/// Geyer's initial positive sequence (Geyer 1992, "Practical Markov chain Monte Carlo", section 3.3), made monotone:
/// autocorrelations rho, of which `last` is the last lag used in full and the one after it in part.
struct InitialSequence {
  std::vector<double> rho;
  std::size_t used = 0;  ///< lags 0 ... used - 1 count twice, lag `used` once
};

template <class Correlation>
InitialSequence initial_positive_sequence(std::size_t draws, Correlation correlation) {
  InitialSequence sequence{std::vector<double>(draws, 0.0)};
  std::vector<double>& rho = sequence.rho;
  double even = 1, odd = correlation(1);
  rho[0] = even;
  rho[1] = odd;
  std::size_t lag = 1;
  for (; lag + 3 < draws && even + odd > 0; lag += 2) {
    even = correlation(lag + 1);
    odd = correlation(lag + 2);
    if (even + odd >= 0) {
      rho[lag + 1] = even;
      rho[lag + 2] = odd;
    }
  }
  sequence.used = lag - 1;
  if (even > 0) rho[sequence.used] = even;
  return sequence;
}

void make_monotone(InitialSequence& sequence) {
  std::vector<double>& rho = sequence.rho;
  for (std::size_t lag = 1; lag + 3 <= sequence.used; lag += 2) {
    const double before = rho[lag - 1] + rho[lag];
    if (rho[lag + 1] + rho[lag + 2] > before) rho[lag + 1] = rho[lag + 2] = before / 2;
  }
}

}  // namespace

std::vector<double> mean_autocovariance(const Chains& chains) {
  const std::size_t n = chains.draws, length = fast_length(2 * n);
  Eigen::FFT<double> transform;
  transform.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  std::vector<double> signal(length);
  std::vector<std::complex<double>> spectrum(length / 2 + 1);
  std::vector<double> power(length / 2 + 1, 0.0);  // of all chains: one transform goes back
  for (std::size_t chain = 0; chain < chains.chains; ++chain) {
    const Eigen::Map<const Eigen::ArrayXd> x(chains.chain(chain), static_cast<Eigen::Index>(n));
    std::fill(signal.begin(), signal.end(), 0.0);
    Eigen::Map<Eigen::ArrayXd>(signal.data(), x.size()) = x - x.mean();
    transform.fwd(spectrum.data(), signal.data(), static_cast<Eigen::Index>(length));
    for (std::size_t k = 0; k <= length / 2; ++k) power[k] += std::norm(spectrum[k]);
  }
  // It is real and even: a second forward transform inverts it.
  for (std::size_t k = 0; k <= length / 2; ++k) signal[k] = signal[(length - k) % length] = power[k];
  transform.fwd(spectrum.data(), signal.data(), static_cast<Eigen::Index>(length));
  const double scale = 1 / (static_cast<double>(length) * static_cast<double>(n) * static_cast<double>(chains.chains));
  std::vector<double> covariance(n);
  for (std::size_t lag = 0; lag < n; ++lag) covariance[lag] = spectrum[lag].real() * scale;
  return covariance;
}

double effective_sample_size(const Chains& chains) {
  const auto [smallest, largest] = std::minmax_element(chains.values.begin(), chains.values.end());
  const double total = static_cast<double>(chains.values.size());
  constexpr double constant_range = 1e-15;
  if (*largest - *smallest < constant_range) return total;

  const double n = static_cast<double>(chains.draws);
  const std::vector<double> covariance = mean_autocovariance(chains);
  const double within = covariance[0] * n / (n - 1);
  double pooled = within * (n - 1) / n;
  if (chains.chains > 1) {
    std::vector<double> means(chains.chains);
    for (std::size_t chain = 0; chain < chains.chains; ++chain) {
      means[chain] = mean({{chains.chain(chain), chains.draws}, 1, chains.draws});
    }
    pooled += variance(means.data(), means.size());
  }
  InitialSequence sequence =
      initial_positive_sequence(chains.draws, [&](std::size_t lag) { return 1 - (within - covariance[lag]) / pooled; });
  make_monotone(sequence);

  const Eigen::Map<const Eigen::ArrayXd> rho(sequence.rho.data(), static_cast<Eigen::Index>(sequence.rho.size()));
  if (rho.isNaN().any()) return std::nan("");
  const auto used = static_cast<Eigen::Index>(sequence.used);
  const double time = -1 + 2 * rho.head(used).sum() + rho[used];
  // Antithetic chains may look better than independent draws, but not without limit (V21 section 3.2).
  return total / std::max(time, 1 / std::log10(total));
}

}  // namespace exmc::diagnostics
