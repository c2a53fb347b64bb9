#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

#include "exmc/core/error.hpp"
#include "exmc/core/random.hpp"
#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/leapfrog.hpp"
#include "exmc/sampler/metric.hpp"
#include "exmc/sampler/settings.hpp"
#include "exmc/sampler/trajectory.hpp"

namespace exmc::sampler {

/// One transition of the No-U-Turn sampler from trajectory.current(), which it replaces. The start is not evaluated
/// again.
template <LogDensity Density>
TransitionStats transition(Density& density, const Metric& metric, double step_size, Trajectory& trajectory,
                           RandomStream& random) {
  const auto double_once = [&] {
    const double step = step_size * trajectory.extend(random);
    const std::uint64_t points = std::uint64_t{1} << trajectory.depth();
    PointPool& pool = trajectory.points();
    metric.drift(trajectory.edge(), step, pool.upcoming());
    for (std::uint64_t left = points; left > 0; --left) {
      const PhasePoint& edge = trajectory.edge();
      PhasePoint& point = pool.acquire();
      evaluate(density, metric, point);
      if (left > 1) {
        metric.kick_and_drift(edge, step, point, pool.upcoming());
      } else {
        metric.kick(edge, step, point);
      }
      if (!trajectory.add(point, random)) return false;
    }
    return trajectory.absorb(random);
  };
  trajectory.begin(random);
  while (trajectory.may_grow() && double_once()) {
  }
  TransitionStats stats = trajectory.finish();
  stats.step_size = step_size;
  return stats;
}

/// A step size of the right order: doubles or halves `step_size` until the acceptance of one leapfrog step with fresh
/// momentum crosses 0.8 (Hoffman & Gelman 2014, Algorithm 4, with Stan's threshold and its renewal of the momentum).
/// @throws SamplingError when none is found: the density is flat or discontinuous there.
template <LogDensity Density>
double search_step_size(Density& density, const Metric& metric, double step_size, Trajectory& trajectory,
                        RandomStream& random) {
  constexpr double widest = 1e150;  // a proper posterior may have any unit
  const double log_threshold = std::log(0.8);
  const auto accepted = [&](double step) {
    trajectory.begin(random);
    const double before = trajectory.current().energy();
    PhasePoint& after = trajectory.points().acquire();
    leapfrog(density, metric, step, trajectory.current(), after);
    return before - after.energy() > log_threshold;
  };
  const bool growing = accepted(step_size);
  while (accepted(step_size) == growing) {
    step_size *= growing ? 2 : 0.5;
    if (step_size > widest) {
      throw SamplingError("no step size is too large for this density: it is flat, so the posterior is improper");
    }
    if (step_size == 0) {
      throw SamplingError("no step size is small enough at the starting point: the density may be discontinuous there");
    }
  }
  return step_size;
}

}  // namespace exmc::sampler
