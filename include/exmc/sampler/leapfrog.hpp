#pragma once

#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/metric.hpp"
#include "exmc/sampler/phase_point.hpp"

namespace exmc::sampler {

/// Evaluates the density at the point's position: sets log density and gradient.
template <LogDensity Density>
void evaluate(Density& density, const Metric& metric, PhasePoint& point) {
  point.lp = density.log_density(point.position, point.gradient);
  metric.prepare_gradient(point);
}

/// One leapfrog step of the Hamiltonian (Hoffman & Gelman 2014, Algorithm 1) from one point to another; a negative step
/// goes back in time. One gradient; `from` is not evaluated again.
template <LogDensity Density>
void leapfrog(Density& density, const Metric& metric, double step, const PhasePoint& from, PhasePoint& to) {
  metric.drift(from, step, to);
  evaluate(density, metric, to);
  metric.kick(from, step, to);
}

}  // namespace exmc::sampler
