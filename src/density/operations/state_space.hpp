#pragma once

#include "../program/builder.hpp"

/// Linear state space models with normal noise.
namespace exmc::density {

/// What kernels::StateSpace has, in one array for each of a batch. Covariances are read in their lower triangle.
struct StateSpaceViews {
  View transition;       ///< (states, states)
  View transition_cov;   ///< (states, states)
  View observation;      ///< (outputs, states)
  View observation_cov;  ///< (outputs, outputs)
  View initial_mean;     ///< (states)
  View initial_cov;      ///< (states, states)
};
[[nodiscard]] View packed(Builder& builder, const StateSpaceViews& of);

/// The log density of series y (steps, outputs), of which those count where `present`, data, is not 0; NaN where a
/// covariance is not positive definite.
[[nodiscard]] View state_space_log_density(Builder& builder, const View& matrices, std::size_t states, const View& y,
                                           const View& present);

/// Random series of `shape` (batch, steps, outputs).
[[nodiscard]] View draw_state_space(Builder& builder, const View& matrices, std::size_t states, const Shape& shape);

}  // namespace exmc::density
