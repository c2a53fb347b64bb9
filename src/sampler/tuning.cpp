#include "exmc/sampler/tuning.hpp"

#include <stdexcept>
#include <string>

namespace exmc::sampler {

Tuning Tuning::initial(MetricKind metric, Eigen::Index dimension) {
  Tuning tuning{.step_size = 1, .metric = metric, .inverse_mass = {}, .dense_inverse_mass = {}};
  if (metric == MetricKind::diag) tuning.inverse_mass = Eigen::VectorXd::Ones(dimension);
  if (metric == MetricKind::dense) tuning.dense_inverse_mass = Eigen::MatrixXd::Identity(dimension, dimension);
  return tuning;
}

const Tuning& checked(const Tuning& tuning, Eigen::Index dimension) {
  const Eigen::Index variances = tuning.metric == MetricKind::diag ? dimension : 0;
  const Eigen::Index rows = tuning.metric == MetricKind::dense ? dimension : 0;
  if (tuning.inverse_mass.size() != variances || tuning.dense_inverse_mass.rows() != rows ||
      tuning.dense_inverse_mass.cols() != rows) {
    throw std::logic_error("a tuning of another kind or dimension was handed to a chain of dimension " +
                           std::to_string(dimension));
  }
  return tuning;
}

}  // namespace exmc::sampler
