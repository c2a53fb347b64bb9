#pragma once

#include <Eigen/Core>
#include <cstdint>

#include "exmc/sampler/settings.hpp"
#include "exmc/sampler/tuning.hpp"

namespace exmc::sampler {

/// Running mean and second central moments of positions (Welford 1962), as much of them as the kind of metric needs.
/// Plain values: part of a chain's state.
struct Moments {
  std::uint64_t count = 0;
  Eigen::VectorXd mean;     ///< d; empty for the unit metric
  Eigen::MatrixXd squares;  ///< sums of squared deviations: d x 1 for diag, of their products: d x d for dense

  /// Of no positions yet.
  [[nodiscard]] static Moments none(MetricKind metric, Eigen::Index dimension);
  void add(const Eigen::VectorXd& position);
};

/// The same of one number.
struct ScalarMoments {
  std::uint64_t count = 0;
  double mean = 0, squares = 0;

  void add(double value);
  /// Divided by count - 1; infinite for less than two values.
  [[nodiscard]] double sd() const;
};

/// Sets the inverse mass to the sample (co)variance shrunk towards 1e-3 as Stan does: with n positions,
/// n/(n+5) variance + 1e-3 5/(n+5), on the diagonal for dense. Needs two positions; leaves a unit metric alone.
void estimate_metric(const Moments& moments, Tuning& tuning);

}  // namespace exmc::sampler
