#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "exmc/diagnostics/convergence.hpp"
#include "exmc/sampler/chain.hpp"

namespace exmc::sampler {

/// Draws of some quantities from several chains.
class Draws {
 public:
  Draws(std::size_t quantities, std::size_t chains, std::size_t draws)
      : chains_(chains), draws_(draws), values_(quantities, std::vector<double>(chains * draws)) {}

  double& at(std::size_t quantity, std::size_t chain, std::size_t draw) {
    return values_[quantity][chain * draws_ + draw];
  }
  [[nodiscard]] std::size_t quantities() const { return values_.size(); }
  [[nodiscard]] diagnostics::DrawsView view(std::size_t quantity) const { return {values_[quantity], chains_, draws_}; }
  /// Draws of a function of one quantity.
  [[nodiscard]] Draws map(std::size_t quantity, const std::function<double(double)>& function) const {
    Draws mapped(1, chains_, draws_);
    std::transform(values_[quantity].begin(), values_[quantity].end(), mapped.values_[0].begin(), function);
    return mapped;
  }

 private:
  std::size_t chains_, draws_;
  std::vector<std::vector<double>> values_;
};

/// A sample and what the transitions behind it reported on average.
struct Sample {
  Draws draws;
  double acceptance = 0;
  std::uint64_t divergences = 0;
  std::uint64_t not_finite = 0;  ///< transitions that met a log density or gradient that is not finite
  bool all_settled = true;
};

/// Runs as a cluster would: chain 0 warms itself up, the others settle with its tuning. `quantities(position, write)`
/// calls write(quantity, value) for every quantity.
template <LogDensity Density, class Quantities>
Sample sample(const Density& density, const Settings& settings, std::uint64_t seed, std::uint32_t chains,
              std::size_t count, const Quantities& quantities) {
  Sample sample{Draws(count, chains, settings.draws)};
  Coordinates tuning;
  for (std::uint32_t number = 0; number < chains; ++number) {
    const StreamKey key{seed, {number}};
    Chain chain = number == 0 ? Chain(density, settings, key) : Chain(density, settings, key, tuning);
    while (chain.stage() < Stage::sampling) chain.advance();
    if (number == 0) tuning = chain.coordinates();
    while (chain.stage() == Stage::sampling) {
      const std::size_t draw = chain.iteration();
      const TransitionStats stats = chain.advance();
      sample.acceptance += stats.acceptance_rate / static_cast<double>(chains * settings.draws);
      if (stats.reason > Divergence::energy) ++sample.not_finite;
      quantities(chain.position(),
                 [&](std::size_t quantity, double value) { sample.draws.at(quantity, number, draw) = value; });
    }
    sample.divergences += chain.divergences();
    sample.all_settled = sample.all_settled && chain.settled();
  }
  return sample;
}

/// The coordinates themselves.
inline constexpr auto kCoordinates = [](const Eigen::VectorXd& position, const auto& write) {
  for (Eigen::Index i = 0; i < position.size(); ++i) write(static_cast<std::size_t>(i), position[i]);
};

/// How far a sample mean is from the mean that is expected, in Monte Carlo standard errors; `error` is that of the
/// expectation.
inline double distance(const Draws& draws, double expected, double error = 0) {
  const diagnostics::DrawsView view = draws.view(0);
  return std::abs(diagnostics::mean(view) - expected) / std::hypot(diagnostics::mcse_mean(view), error);
}

/// The larger distance of those of the mean and the mean of squares.
inline double moment_distance(const Draws& draws, std::size_t quantity, double mean, double mean_square) {
  return std::max(distance(draws.map(quantity, [](double x) { return x; }), mean),
                  distance(draws.map(quantity, [](double x) { return x * x; }), mean_square));
}

}  // namespace exmc::sampler
