#pragma once

#include <Eigen/Core>

#include "exmc/sampler/coordinates.hpp"
#include "exmc/sampler/phase_point.hpp"

namespace exmc::sampler {

/// The Euclidean metric as the integrator uses it: a factor L of the inverse mass matrix, L L' = M^-1. In whitened
/// momenta (PhasePoint) the leapfrog step of Hamilton's equations is p += e/2 L'grad, q += e L p, p += e/2 L'grad. No
/// half kicked momentum is kept: drift and kick both begin at the momentum and gradient of the point that they are
/// from.
///
/// low_rank: L = S (I + U (D^1/2 - I) U'), S and D diagonal, U orthonormal (Seyboldt, Carlson & Carpenter 2026,
/// arXiv:2603.18845): 4 d r operations a product.
class Metric {
 public:
  /// @throws SamplingError when the variances are not positive or the covariance is not positive definite.
  explicit Metric(const Coordinates& coordinates);

  /// Readies the gradient that the density wrote for the functions below: multiplied by L' where that takes a matrix.
  void prepare_gradient(PhasePoint& point) const {
    if (kind_ == MetricKind::dense || kind_ == MetricKind::low_rank) multiply_by_factor(point.gradient);
  }
  /// First half of a leapfrog step: half a kick and the drift. Writes the position of `to`.
  void drift(const PhasePoint& from, double step, PhasePoint& to) const;
  /// Second half, once the gradient at `to` is there and ready: writes the momentum of `to`, its kinetic energy and its
  /// product with the momentum of `from`.
  void kick(const PhasePoint& from, double step, PhasePoint& to) const;
  /// kick(), and drift() from `to` to `next`, in one pass.
  void kick_and_drift(const PhasePoint& from, double step, PhasePoint& to, PhasePoint& next) const;

 private:
  void multiply_by_factor(Eigen::VectorXd& gradient) const;
  void stretch(Eigen::VectorXd& vector) const;
  void drift_along(const PhasePoint& from, double step, PhasePoint& to) const;

  MetricKind kind_;
  Eigen::VectorXd scale_;   ///< diag, low_rank: square roots of the variances
  Eigen::MatrixXd factor_;  ///< dense: L, lower triangular; low_rank: U
  Eigen::VectorXd beyond_;  ///< low_rank: square roots of the stretches, less one
};

}  // namespace exmc::sampler
