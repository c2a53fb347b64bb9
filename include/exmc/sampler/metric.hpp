#pragma once

#include <Eigen/Core>

#include "exmc/sampler/phase_point.hpp"
#include "exmc/sampler/tuning.hpp"

namespace exmc::sampler {

/// The Euclidean metric as the integrator uses it: a factor L of the inverse mass matrix, L L' = M^-1. In whitened
/// coordinates (PhasePoint) the leapfrog step of Hamilton's equations is p += e/2 L'grad, q += e L p, p += e/2 L'grad.
class Metric {
 public:
  /// @throws SamplingError when the variances are not positive or the covariance is not positive definite.
  explicit Metric(const Tuning& tuning);

  /// Turns the gradient that the density wrote into the whitened one.
  void whiten_gradient(PhasePoint& point) const;
  /// First half of a leapfrog step: half a kick and the drift. Reads the whitened gradient of `from`; writes momentum
  /// and position of `to`.
  void kick_and_drift(const PhasePoint& from, double step, PhasePoint& to) const;
  /// Second half, once the density has written the gradient at `to`: whitens it, kicks, sets the kinetic energy.
  void whiten_and_kick(double step, PhasePoint& to) const;

 private:
  MetricKind kind_;
  Eigen::VectorXd scale_;   ///< diag: square roots of the variances
  Eigen::MatrixXd factor_;  ///< dense: lower triangular, column-major
};

}  // namespace exmc::sampler
