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

template <class Scale>
void kick_and_drift_each(const PhasePoint& from, double step, const Scale& scale, PhasePoint& to) {
  const double half_step = 0.5 * step;
  const double* const momentum = from.momentum.data();
  const double* const gradient = from.gradient.data();
  const double* const position = from.position.data();
  double* const new_momentum = to.momentum.data();
  double* const new_position = to.position.data();
  const Eigen::Index n = from.position.size();
#pragma GCC ivdep  // two points share no memory
  for (Eigen::Index i = 0; i < n; ++i) {
    const double kicked = momentum[i] + half_step * gradient[i];
    new_momentum[i] = kicked;
    new_position[i] = position[i] + step * (scale(i) * kicked);
  }
}

/// Whitens the gradient by a scale, if there is one, kicks and sums the kinetic energy, in one pass.
template <bool kScaled>
void kick(double step, const double* scale, PhasePoint& to) {
  const double half_step = 0.5 * step;
  double* const momentum = to.momentum.data();
  double* const gradient = to.gradient.data();
  const auto kick_lanes = [&]<int kWidth>(Eigen::Index i, Lanes<kWidth>& squares) {
    Eigen::Map<Lanes<kWidth>> p(momentum + i), g(gradient + i);
    if constexpr (kScaled) g *= load<kWidth>(scale + i);
    const Lanes<kWidth> kicked = p + half_step * g;
    p = kicked;
    squares += kicked * kicked;
  };
  to.kinetic = 0.5 * sum_over<8>(to.momentum.size(), kick_lanes);
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
  switch (kind_) {
    case MetricKind::diag:
      kick_and_drift_each(
          from, step, [scale = scale_.data()](Eigen::Index i) { return scale[i]; }, to);
      break;
    case MetricKind::unit:
      kick_and_drift_each(
          from, step, [](Eigen::Index) { return 1.0; }, to);
      break;
    case MetricKind::dense:
      to.momentum = from.momentum + 0.5 * step * from.gradient;
      drift(factor_, step, from, to);
  }
}

void Metric::whiten_and_kick(double step, PhasePoint& to) const {
  if (kind_ == MetricKind::dense) multiply_transposed(factor_, to.gradient);
  if (kind_ == MetricKind::diag) {
    kick<true>(step, scale_.data(), to);
  } else {
    kick<false>(step, nullptr, to);
  }
}

}  // namespace exmc::sampler
