#include "exmc/diagnostics/convergence.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>
#include <limits>

#include "chains.hpp"

namespace exmc::diagnostics {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// R-hat of the chains as they are (V21 eq. 1-4).
double basic_rhat(const Chains& chains) {
  std::vector<double> means(chains.chains);
  double within = 0;
  for (std::size_t chain = 0; chain < chains.chains; ++chain) {
    means[chain] = mean({{chains.chain(chain), chains.draws}, 1, chains.draws});
    within += variance(chains.chain(chain), chains.draws) / static_cast<double>(chains.chains);
  }
  const double n = static_cast<double>(chains.draws);
  const double between = n * variance(means.data(), means.size());
  return std::sqrt((between / within + n - 1) / n);
}

/// (x - mean)^2 of every draw.
std::vector<double> squared_deviations(const DrawsView& draws) {
  std::vector<double> values(draws.values.begin(), draws.values.end());
  const double centre = mean(draws);
  for (double& value : values) value = (value - centre) * (value - centre);
  return values;
}

DrawsView view_of(const std::vector<double>& values, const DrawsView& like) {
  return {values, like.chains, like.draws};
}

Chains normal_scores(const DrawsView& draws) {
  Chains halves = split(draws);
  rank_normalise(halves.values);
  return halves;
}

double rhat(const DrawsView& draws, const Chains& scores) {
  Chains tails = split(draws);
  fold(tails.values);
  rank_normalise(tails.values);
  const double bulk = basic_rhat(scores), tail = basic_rhat(tails);
  return std::isnan(bulk) || std::isnan(tail) ? bulk : std::max(bulk, tail);
}

double ess_below(const DrawsView& draws, double threshold) {
  Chains halves = split(draws);
  for (double& value : halves.values) value = value <= threshold ? 1 : 0;
  return effective_sample_size(halves);
}

double ess_tail(const DrawsView& draws, double low, double high) {
  return std::min(ess_below(draws, low), ess_below(draws, high));
}

}  // namespace

Convergence convergence(const DrawsView& draws) {
  Convergence found{kNaN, kNaN, kNaN, kNaN, kNaN, kNaN};
  if (!enough(draws)) return found;
  const std::vector<double> at = quantiles(draws, std::vector{0.05, 0.5, 0.95});
  found.q5 = at[0];
  found.q50 = at[1];
  found.q95 = at[2];
  const Chains scores = normal_scores(draws);
  if (enough(draws, 2)) found.rhat = rhat(draws, scores);
  found.ess_bulk = effective_sample_size(scores);
  found.ess_tail = ess_tail(draws, found.q5, found.q95);
  return found;
}

double rhat(const DrawsView& draws) { return enough(draws, 2) ? rhat(draws, normal_scores(draws)) : kNaN; }

double ess_bulk(const DrawsView& draws) { return enough(draws) ? effective_sample_size(normal_scores(draws)) : kNaN; }

double ess_tail(const DrawsView& draws) {
  if (!enough(draws)) return kNaN;
  const std::vector<double> thresholds = quantiles(draws, std::vector{0.05, 0.95});
  return ess_tail(draws, thresholds[0], thresholds[1]);
}

double ess_mean(const DrawsView& draws) {
  return enough(draws) ? effective_sample_size(split(view_of(scaled(draws).values, draws))) : kNaN;
}

double ess_sd(const DrawsView& draws) {
  if (!enough(draws)) return kNaN;
  const Scaled near_one = scaled(draws);
  const std::vector<double> squares = squared_deviations(view_of(near_one.values, draws));
  return effective_sample_size(split(view_of(squares, draws)));
}

double ess_quantile(const DrawsView& draws, double probability) {
  if (!enough(draws)) return kNaN;
  return ess_below(draws, quantiles(draws, {&probability, 1})[0]);
}

double mcse_mean(const DrawsView& draws) { return enough(draws) ? sd(draws) / std::sqrt(ess_mean(draws)) : kNaN; }

// The delta method: sd = sqrt(E), E the mean of (x - mean)^2 with variance Var / ESS; d sqrt(E) = dE / (2 sqrt(E)).
double mcse_sd(const DrawsView& draws) {
  if (!enough(draws)) return kNaN;
  const Scaled near_one = scaled(draws);
  const std::vector<double> squares = squared_deviations(view_of(near_one.values, draws));
  const Eigen::Map<const Eigen::ArrayXd> x(squares.data(), static_cast<Eigen::Index>(squares.size()));
  const double centre = x.mean();
  const double of_mean = (x.square().mean() - centre * centre) / ess_mean(view_of(squares, draws));
  return near_one.unit * std::sqrt(of_mean / centre / 4);
}

// The draws whose ranks bound the central interval of one standard error under the binomial law of the rank.
double mcse_quantile(const DrawsView& draws, double probability) {
  if (!enough(draws)) return kNaN;
  const std::vector<double> values = sorted(draws);
  const double last = static_cast<double>(values.size() - 1);
  const double ess = ess_below(draws, quantile_of_sorted(values, probability));
  double low = 0, high = last;
  if (std::isfinite(ess)) {
    const auto rank = [&](double p) {
      return boost::math::ibeta_inv(ess * probability + 1, ess * (1 - probability) + 1, p) * (last + 1) - 1;
    };
    low = std::floor(std::max(rank(0.1586553), 0.0));
    high = std::ceil(std::min(rank(0.8413447), last));
  }
  return (values[static_cast<std::size_t>(high)] - values[static_cast<std::size_t>(low)]) / 2;
}

std::vector<double> bfmi(const DrawsView& energy) {
  std::vector<double> result;
  for (std::size_t chain = 0; chain < energy.chains; ++chain) {
    const Eigen::Map<const Eigen::ArrayXd> e(energy.values.data() + chain * energy.draws,
                                             static_cast<Eigen::Index>(energy.draws));
    const Eigen::Index steps = e.size() - 1;
    const double step = steps > 0 ? (e.tail(steps) - e.head(steps)).square().mean() : kNaN;
    result.push_back(step / variance(e.data(), energy.draws));
  }
  return result;
}

}  // namespace exmc::diagnostics
