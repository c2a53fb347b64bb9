#pragma once

#include <Eigen/Core>
#include <limits>
#include <string>
#include <string_view>

#include "exmc/sampler/settings.hpp"

namespace exmc::sampler {

/// The result of a warm-up: what rank 0 broadcasts, and all that a chain's transitions depend on besides its position.
struct Tuning {
  double step_size = 1;
  MetricKind metric = MetricKind::diag;
  Eigen::VectorXd inverse_mass;        ///< diag: d variances, unconstrained scale; else empty
  Eigen::MatrixXd dense_inverse_mass;  ///< dense: d x d covariance, unconstrained scale; else empty
  double lp_mean = 0;  ///< log density (unconstrained scale) in the second half of the warm-up: what settling aims at
  double lp_sd = std::numeric_limits<double>::infinity();  ///< its standard deviation; infinite: unknown

  /// Step size 1 and unit variances: where every warm-up begins.
  [[nodiscard]] static Tuning initial(MetricKind metric, Eigen::Index dimension);
};

/// `tuning` itself. @throws std::logic_error when it is not one for that many dimensions.
[[nodiscard]] const Tuning& checked(const Tuning& tuning, Eigen::Index dimension);

/// Bytes that are equal on every machine (little-endian, IEEE 754), with a mark and a version.
[[nodiscard]] std::string encode(const Tuning& tuning);
/// @throws std::logic_error when `bytes` were not made by encode(Tuning) of this version.
[[nodiscard]] Tuning decode_tuning(std::string_view bytes);

}  // namespace exmc::sampler
