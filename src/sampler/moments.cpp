#include "exmc/sampler/moments.hpp"

#include <cmath>
#include <limits>

namespace exmc::sampler {

Moments Moments::none(MetricKind metric, Eigen::Index dimension) {
  if (metric == MetricKind::unit) return {};
  const Eigen::Index columns = metric == MetricKind::dense ? dimension : 1;
  return {0, Eigen::VectorXd::Zero(dimension), Eigen::MatrixXd::Zero(dimension, columns)};
}

void Moments::add(const Eigen::VectorXd& position) {
  ++count;
  if (mean.size() == 0) return;
  const Eigen::VectorXd from_old_mean = position - mean;
  mean += from_old_mean / static_cast<double>(count);
  const Eigen::VectorXd from_new_mean = position - mean;
  if (squares.cols() == mean.size()) {
    squares.noalias() += from_new_mean * from_old_mean.transpose();
  } else {
    squares.col(0).array() += from_new_mean.array() * from_old_mean.array();
  }
}

void ScalarMoments::add(double value) {
  ++count;
  const double from_old_mean = value - mean;
  mean += from_old_mean / static_cast<double>(count);
  squares += from_old_mean * (value - mean);
}

double ScalarMoments::sd() const {
  if (count < 2) return std::numeric_limits<double>::infinity();
  return std::sqrt(squares / static_cast<double>(count - 1));
}

void estimate_metric(const Moments& moments, Tuning& tuning) {
  constexpr double prior_draws = 5, prior_variance = 1e-3;
  const auto n = static_cast<double>(moments.count);
  const double scale = n / (n + prior_draws) / (n - 1);
  const double ridge = prior_variance * prior_draws / (n + prior_draws);
  if (tuning.metric == MetricKind::diag) tuning.inverse_mass = (scale * moments.squares.col(0)).array() + ridge;
  if (tuning.metric == MetricKind::dense) {
    tuning.dense_inverse_mass = scale * moments.squares;
    tuning.dense_inverse_mass.diagonal().array() += ridge;
  }
}

}  // namespace exmc::sampler
