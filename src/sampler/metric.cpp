#include "exmc/sampler/metric.hpp"

#include <Eigen/Cholesky>
#include <string>

#include "exmc/core/error.hpp"
#include "lanes.hpp"

namespace exmc::sampler {
namespace {

Eigen::VectorXd square_roots(const Eigen::VectorXd& variances) {
  for (Eigen::Index i = 0; i < variances.size(); ++i) {
    if (!(variances[i] > 0) || !std::isfinite(variances[i])) {
      throw SamplingError("the variance of unconstrained coordinate " + std::to_string(i) +
                          " over a warm-up window is " + std::to_string(variances[i]) +
                          ": the posterior may be improper or the start too far out");
    }
  }
  return variances.cwiseSqrt();
}

Eigen::MatrixXd cholesky_factor(const Eigen::MatrixXd& covariance) {
  const Eigen::LLT<Eigen::MatrixXd> factorisation(covariance);
  if (factorisation.info() != Eigen::Success || !covariance.allFinite()) {
    throw SamplingError(
        "the covariance over a warm-up window is not positive definite: the posterior may be improper; a longer "
        "warm-up "
        "or the metric \"diag\" may help");
  }
  return factorisation.matrixL();
}

/// gradient := L' gradient. In place: element j of the product needs no element before j.
void multiply_transposed(const Eigen::MatrixXd& factor, Eigen::VectorXd& gradient) {
  const Eigen::Index n = gradient.size();
  for (Eigen::Index j = 0; j < n; ++j) gradient[j] = dot(factor.col(j).data() + j, gradient.data() + j, n - j);
}

/// position := start + step L momentum.
void drift(const Eigen::MatrixXd& factor, double step, const PhasePoint& from, PhasePoint& to) {
  const Eigen::Index n = from.position.size();
  to.position = from.position;
  for (Eigen::Index j = 0; j < n; ++j) {
    const double speed = step * to.momentum[j];
    to.position.tail(n - j) += speed * factor.col(j).tail(n - j);
  }
}

}  // namespace

Metric::Metric(const Tuning& tuning) : kind_(tuning.metric) {
  if (kind_ == MetricKind::diag) scale_ = square_roots(tuning.inverse_mass);
  if (kind_ == MetricKind::dense) factor_ = cholesky_factor(tuning.dense_inverse_mass);
}

void Metric::whiten_gradient(PhasePoint& point) const {
  if (kind_ == MetricKind::diag) point.gradient.array() *= scale_.array();
  if (kind_ == MetricKind::dense) multiply_transposed(factor_, point.gradient);
}

void Metric::kick_and_drift(const PhasePoint& from, double step, PhasePoint& to) const {
  to.momentum = from.momentum + 0.5 * step * from.gradient;
  switch (kind_) {
    case MetricKind::diag:
      to.position.array() = from.position.array() + step * scale_.array() * to.momentum.array();
      break;
    case MetricKind::dense:
      drift(factor_, step, from, to);
      break;
    case MetricKind::unit:
      to.position = from.position + step * to.momentum;
  }
}

void Metric::whiten_and_kick(double step, PhasePoint& to) const {
  whiten_gradient(to);
  to.momentum += 0.5 * step * to.gradient;
  to.kinetic = 0.5 * dot(to.momentum.data(), to.momentum.data(), to.momentum.size());
}

}  // namespace exmc::sampler
