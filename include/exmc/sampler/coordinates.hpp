#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "exmc/sampler/settings.hpp"

namespace exmc::sampler {

/// What a warm-up learns of a density's geometry: what rank 0 broadcasts, and all that a chain's transitions depend on
/// besides its position. Metric, step size and positions are in the coordinates that `learned` describes.
struct Coordinates {
  double step_size = 1;
  double target_accept = 0.8;            ///< that the step size was adapted to
  MetricKind metric = MetricKind::diag;  ///< never automatic
  Eigen::VectorXd inverse_mass;          ///< diag, low_rank: d variances; else empty
  Eigen::MatrixXd directions;            ///< low_rank: d x r, orthonormal columns, where those variances are one
  Eigen::VectorXd stretches;             ///< low_rank: the r variances along them; see Metric
  Eigen::MatrixXd dense_inverse_mass;    ///< dense: d x d covariance; else empty
  std::string learned;                   ///< LearnsCoordinates::coordinates() of the density; empty: it has none
  double lp_mean = 0;                    ///< log density (of the model) late in the warm-up: what settling aims at
  double lp_sd = std::numeric_limits<double>::infinity();  ///< its standard deviation; infinite: unknown

  /// Step size 1 and unit variances: where every warm-up begins. automatic begins as diag.
  [[nodiscard]] static Coordinates initial(MetricKind metric, Eigen::Index dimension);
};

/// `coordinates` themselves. @throws std::logic_error when they are not of that many dimensions.
[[nodiscard]] const Coordinates& checked(const Coordinates& coordinates, Eigen::Index dimension);

/// The most directions that a low-rank metric has: d for few dimensions, and no more than pay for themselves for many.
[[nodiscard]] Eigen::Index most_directions(Eigen::Index dimension);

/// Bytes that encode() gives to metrics of this kind beyond those of Coordinates::initial(), at most.
[[nodiscard]] std::uint64_t most_metric_bytes(MetricKind metric, Eigen::Index dimension);
/// The largest dimension in which automatic takes a dense metric.
inline constexpr Eigen::Index kMostDense = 500;

/// Bytes that are equal on every machine (little-endian, IEEE 754), with a mark and a version.
[[nodiscard]] std::string encode(const Coordinates& coordinates);
/// @throws std::logic_error when `bytes` were not made by encode(Coordinates) of this version.
[[nodiscard]] Coordinates decode_coordinates(std::string_view bytes);

}  // namespace exmc::sampler
