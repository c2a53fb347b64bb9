#pragma once

#include <Eigen/Core>

#include "exmc/sampler/coordinates.hpp"

namespace exmc::sampler {

/// Draws of a warm-up window and the gradients of the log density there, a column each: d x n.
struct ScoredDraws {
  Eigen::MatrixXd positions, gradients;
};

/// Sets the metric of `coordinates` to what minimises the Fisher divergence between the draws, seen through it, and a
/// standard normal (Seyboldt, Carlson & Carpenter 2026, arXiv:2603.18845):
/// - diag: M^-1 = sqrt(Var position / Var gradient), element by element.
/// - dense, low_rank: on that scale besides the geometric mean of the draws' covariance and the inverse of the
///   gradients', exact for a normal density as soon as there are more draws than dimensions; low_rank keeps the
///   directions along which it is above 2 or below 1/2, at most most_directions().
/// - automatic: which of them costs least per draw, a step of the metric and of the gradient counted in floating-point
///   operations, provided that it also explains draws that it was not fitted to better than diag does.
/// Draws whose position or gradient is not finite are left out, and where less than two remain nothing changes. An
/// element that has no variance keeps its own, or one.
/// @param gradient_cost  operations of one gradient
void estimate_metric(const ScoredDraws& draws, MetricKind wanted, double gradient_cost, Coordinates& coordinates);

}  // namespace exmc::sampler
