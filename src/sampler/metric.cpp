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

/// Half a step of the W elements from i on: times their scale, if there is one.
template <bool kScaled, int W>
auto half_steps(double half_step, const double* scale, Eigen::Index i) {
  if constexpr (kScaled) {
    return Lanes<W>(half_step * load<W>(scale + i));
  } else {
    return half_step;
  }
}

template <bool kScaled>
void drift_each(const double* scale, double step, const PhasePoint& from, PhasePoint& to) {
  const double *const p = from.momentum.data(), *const g = from.gradient.data(), *const q = from.position.data();
  double* const drifted = to.position.data();
  for_lanes<8>(from.momentum.size(), [&]<int W>(Eigen::Index i) {
    const auto half = half_steps<kScaled, W>(0.5 * step, scale, i);
    store<W>(drifted + i, load<W>(q + i) + 2 * half * (load<W>(p + i) + half * load<W>(g + i)));
  });
}

/// A kick from both gradients, the momentum's two products, and, with kDrift, the drift to the next point: in one pass.
template <bool kScaled, bool kDrift>
void kick_each(const double* scale, double step, const PhasePoint& from, PhasePoint& to, PhasePoint* next) {
  const double *const p = from.momentum.data(), *const g = from.gradient.data();
  const double *const q = to.position.data(), *const new_g = to.gradient.data();
  double* const new_p = to.momentum.data();
  double* const drifted = kDrift ? next->position.data() : nullptr;
  const auto add = [&]<int W>(Eigen::Index i, std::array<Lanes<W>, 2>& products) {
    const auto half = half_steps<kScaled, W>(0.5 * step, scale, i);
    const Lanes<W> old = load<W>(p + i), gradient = load<W>(new_g + i);
    const Lanes<W> kicked = old + half * (load<W>(g + i) + gradient);
    store<W>(new_p + i, kicked);
    products[0] += kicked * kicked;
    products[1] += kicked * old;
    if constexpr (kDrift) store<W>(drifted + i, load<W>(q + i) + 2 * half * (kicked + half * gradient));
  };
  const auto [square, with_previous] = sums_over<8, 2>(to.momentum.size(), add);
  to.kinetic = 0.5 * square;
  to.with_previous = with_previous;
}

}  // namespace

Metric::Metric(const Coordinates& coordinates) : kind_(coordinates.metric) {
  if (kind_ == MetricKind::diag) scale_ = square_roots(coordinates.inverse_mass);
  if (kind_ == MetricKind::dense) factor_ = cholesky_factor(coordinates.dense_inverse_mass);
  if (kind_ == MetricKind::low_rank) {
    scale_ = square_roots(coordinates.inverse_mass);
    factor_ = coordinates.directions;
    beyond_ = square_roots(coordinates.stretches).array() - 1;
  }
}

/// vector := (I + U (D^1/2 - I) U') vector, one direction after the other: they are orthogonal, so none changes what
/// another one finds, and no memory is needed in between.
void Metric::stretch(Eigen::VectorXd& vector) const {
  const Eigen::Index n = vector.size();
  double* const v = vector.data();
  for (Eigen::Index j = 0; j < beyond_.size(); ++j) {
    const double* const direction = factor_.col(j).data();
    const double along = beyond_[j] * dot(direction, v, n);
    for_lanes<8>(n, [&]<int W>(Eigen::Index i) { store<W>(v + i, load<W>(v + i) + along * load<W>(direction + i)); });
  }
}

/// position := start + step L (momentum after half a kick).
void Metric::drift_along(const PhasePoint& from, double step, PhasePoint& to) const {
  const Eigen::Index n = from.position.size();
  if (kind_ == MetricKind::low_rank) {
    to.position = step * (from.momentum + 0.5 * step * from.gradient);
    stretch(to.position);
    to.position.array() = from.position.array() + scale_.array() * to.position.array();
    return;
  }
  to.position = from.position;
  for (Eigen::Index j = 0; j < n; ++j) {
    const double speed = step * (from.momentum[j] + 0.5 * step * from.gradient[j]);
    to.position.tail(n - j) += speed * factor_.col(j).tail(n - j);
  }
}

/// gradient := L' gradient. In place: dense, element j of the product needs no element before j.
void Metric::multiply_by_factor(Eigen::VectorXd& gradient) const {
  const Eigen::Index n = gradient.size();
  if (kind_ == MetricKind::low_rank) {
    gradient.array() *= scale_.array();
    return stretch(gradient);
  }
  for (Eigen::Index j = 0; j < n; ++j) gradient[j] = dot(factor_.col(j).data() + j, gradient.data() + j, n - j);
}

void Metric::drift(const PhasePoint& from, double step, PhasePoint& to) const {
  switch (kind_) {
    case MetricKind::diag:
      return drift_each<true>(scale_.data(), step, from, to);
    case MetricKind::unit:
      return drift_each<false>(nullptr, step, from, to);
    default:
      return drift_along(from, step, to);
  }
}

void Metric::kick(const PhasePoint& from, double step, PhasePoint& to) const {
  if (kind_ == MetricKind::diag) return kick_each<true, false>(scale_.data(), step, from, to, nullptr);
  kick_each<false, false>(nullptr, step, from, to, nullptr);
}

void Metric::kick_and_drift(const PhasePoint& from, double step, PhasePoint& to, PhasePoint& next) const {
  switch (kind_) {
    case MetricKind::diag:
      return kick_each<true, true>(scale_.data(), step, from, to, &next);
    case MetricKind::unit:
      return kick_each<false, true>(nullptr, step, from, to, &next);
    default:
      kick_each<false, false>(nullptr, step, from, to, nullptr);
      drift_along(to, step, next);
  }
}

}  // namespace exmc::sampler
