#include "exmc/sampler/coordinates.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace exmc::sampler {

Coordinates Coordinates::initial(MetricKind metric, Eigen::Index dimension) {
  Coordinates coordinates;
  coordinates.metric = metric == MetricKind::automatic ? MetricKind::diag : metric;
  switch (coordinates.metric) {
    case MetricKind::low_rank:
      coordinates.directions.resize(dimension, 0);
      [[fallthrough]];
    case MetricKind::diag:
      coordinates.inverse_mass = Eigen::VectorXd::Ones(dimension);
      break;
    case MetricKind::dense:
      coordinates.dense_inverse_mass = Eigen::MatrixXd::Identity(dimension, dimension);
      break;
    default:
      break;
  }
  return coordinates;
}

const Coordinates& checked(const Coordinates& coordinates, Eigen::Index dimension) {
  const MetricKind metric = coordinates.metric;
  const bool low_rank = metric == MetricKind::low_rank;
  const Eigen::Index variances = low_rank || metric == MetricKind::diag ? dimension : 0;
  const Eigen::Index rows = metric == MetricKind::dense ? dimension : 0;
  if (metric == MetricKind::automatic || coordinates.inverse_mass.size() != variances ||
      coordinates.directions.rows() != (low_rank ? dimension : 0) ||
      coordinates.directions.cols() != coordinates.stretches.size() || coordinates.dense_inverse_mass.rows() != rows ||
      coordinates.dense_inverse_mass.cols() != rows) {
    throw std::logic_error("coordinates of another kind or dimension were handed to a chain of dimension " +
                           std::to_string(dimension));
  }
  return coordinates;
}

Eigen::Index most_directions(Eigen::Index dimension) {
  constexpr Eigen::Index most = 64;
  return std::min(dimension, most);
}

std::uint64_t most_metric_bytes(MetricKind metric, Eigen::Index dimension) {
  const bool automatic = metric == MetricKind::automatic;
  const Eigen::Index r = automatic || metric == MetricKind::low_rank ? most_directions(dimension) : 0;
  const Eigen::Index rows = automatic && dimension <= kMostDense ? dimension : 0;
  return static_cast<std::uint64_t>(std::max((dimension + 1) * r, rows * rows)) * sizeof(double);
}

}  // namespace exmc::sampler
