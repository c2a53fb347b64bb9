#pragma once

#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/metric.hpp"
#include "exmc/sampler/phase_point.hpp"

namespace exmc::sampler {

/// Evaluates the density at the point's position: sets log density and whitened gradient.
template <LogDensity Density>
void evaluate(Density& density, const Metric& metric, PhasePoint& point) {
  point.lp = density.log_density(point.position, point.gradient);
  metric.whiten_gradient(point);
}

/// One leapfrog step of the Hamiltonian (Hoffman & Gelman 2014, Algorithm 1) from one point to another; a negative step
/// goes back in time. One gradient; `from` is not evaluated again.
template <LogDensity Density>
void leapfrog(Density& density, const Metric& metric, double step, const PhasePoint& from, PhasePoint& to) {
  metric.kick_and_drift(from, step, to);
  to.lp = density.log_density(to.position, to.gradient);
  metric.whiten_and_kick(step, to);
}

}  // namespace exmc::sampler
