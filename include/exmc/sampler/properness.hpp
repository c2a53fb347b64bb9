#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/metric_choice.hpp"

namespace exmc::sampler {

/// Where draws have run off to.
struct RunOff {
  Eigen::VectorXd from;  ///< the farthest draw
  /// Where it would go on to: along the direction in which they have run off, and by all elements of it that are far
  /// out. Largest element 1.
  std::vector<Eigen::VectorXd> directions;
  double far = 0;     ///< how far out it is
  std::string along;  ///< " in unconstrained coordinate 2"
};

/// The coordinate, or else the direction that the draws reach farthest in, along which they have run off and nothing
/// holds them: of a proper density -E[(x - E x) g], g the gradient of its logarithm, is 1 (Stein 1981), and 0 where it
/// is flat as far as the draws have come. Not looked at below 1e10 and below 10 draws: where a chain is slow that looks
/// flat.
[[nodiscard]] std::optional<RunOff> find_run_off(const ScoredDraws& draws);

/// @throws SamplingError that says how far they came, and that the posterior is improper.
[[noreturn]] void refuse_improper(const RunOff& run_off);

/// Whether a density stays as high from there on to 1e280 along one of the directions. What is proper falls faster than
/// the root of the distance, whatever its unit: else it would have no integral over the ray. So this tells before a
/// chain has come that far.
template <LogDensity Density>
[[nodiscard]] bool is_flat_beyond(Density& density, const RunOff& run_off) {
  constexpr double farther = 1e15, farthest = 1e280, power = 0.5;
  Eigen::VectorXd gradient(run_off.from.size());
  const double here = density.log_density(run_off.from, gradient);
  return std::ranges::any_of(run_off.directions, [&](const Eigen::VectorXd& direction) {
    for (double distance = run_off.far * farther; distance < farthest; distance *= farther) {
      const double there = density.log_density(run_off.from + distance * direction, gradient);
      if (!(there >= here - power * std::log(distance / run_off.far))) return false;
    }
    return true;
  });
}

/// Refuses draws of a window that have run off, where they were the last to tell or the density is flat beyond.
/// @throws SamplingError as refuse_improper()
template <LogDensity Density>
void require_proper(const ScoredDraws& draws, bool last, Density& density) {
  const std::optional<RunOff> run_off = find_run_off(draws);
  if (run_off && (last || is_flat_beyond(density, *run_off))) refuse_improper(*run_off);
}

}  // namespace exmc::sampler
