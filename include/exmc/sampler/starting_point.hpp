#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "exmc/core/random.hpp"
#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/phase_point.hpp"

namespace exmc::sampler {

/// What was wrong at the points that were tried.
class FailedStarts {
 public:
  void add(const PhasePoint& point);
  /// @throws SamplingError that says how many tries there were and what was found.
  [[noreturn]] void give_up() const;

 private:
  std::uint64_t tries_ = 0, nan_ = 0, minus_infinity_ = 0, plus_infinity_ = 0, bad_gradient_ = 0;
  Eigen::Index bad_coordinates_ = 0;  ///< at the last point with a finite density and a gradient that is not
  std::string coordinates_;           ///< the first of them
};

/// Finds where a chain begins, uniform on (-2, 2) on the unconstrained scale: the first of up to 100 tries where log
/// density and gradient are finite. Sets position, log density and (not whitened) gradient.
/// @throws SamplingError when there is none.
template <LogDensity Density>
void find_start(Density& density, StreamKey key, PhasePoint& point) {
  constexpr std::uint64_t max_tries = 100;
  FailedStarts failed;
  for (std::uint64_t attempt = 0; attempt < max_tries; ++attempt) {
    RandomStream random(key, Purpose::start, attempt);
    for (Eigen::Index i = 0; i < point.position.size(); ++i) point.position[i] = 4 * random.uniform() - 2;
    point.lp = density.log_density(point.position, point.gradient);
    if (std::isfinite(point.lp) && point.gradient.allFinite()) return;
    failed.add(point);
  }
  failed.give_up();
}

}  // namespace exmc::sampler
