#pragma once

#include <Eigen/Core>

namespace exmc::sampler {

/// Draws and gradients of a density on a scale on which both have the same variance in each coordinate, centred.
struct ScaledDraws {
  Eigen::MatrixXd positions, gradients;  ///< d x n
};

/// A metric I + U (diag(stretches) - I) U' on that scale, U orthonormal; the most telling directions first, those whose
/// stretch is farthest from one.
struct Stretches {
  Eigen::MatrixXd directions;  ///< d x m
  Eigen::VectorXd stretches;   ///< m, positive
};

/// The geometric mean A = C # G^-1 of the covariance C of the positions and the inverse of that of the gradients G, the
/// symmetric solution of A G A = C, within what positions and gradients span (Seyboldt, Carlson & Carpenter 2026).
/// Where there are fewer draws than dimensions it is still the smallest change that takes the gradients to the
/// positions.
[[nodiscard]] Stretches fisher_stretches(const ScaledDraws& draws);

/// Mean over draws of |A^1/2 gradient + A^-1/2 position|^2: what the metric leaves of the Fisher divergence.
[[nodiscard]] double fisher_divergence(const ScaledDraws& draws, const Stretches& metric);

/// A bound from below on how far the stretches reach, in two power iterations: the ratio of position to gradient along
/// the direction in which each of the two varies most. {1, 1} where no direction stands out.
struct Reach {
  double least = 1, most = 1;
};
[[nodiscard]] Reach reach_of(const ScaledDraws& draws);

}  // namespace exmc::sampler
