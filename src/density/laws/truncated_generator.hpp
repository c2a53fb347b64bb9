#pragma once

#include "../distributions/distribution.hpp"

namespace exmc::density {

/// Bounds of random numbers, both included; of counts whole numbers; infinite where there is none.
struct DrawBounds {
  View lower, upper;
  View log_probability;  ///< of what lies between
};

/// Random numbers of `shape`, from where the builder draws, of a distribution that has a distribution function, given
/// that they lie between bounds. Where an attempt succeeds with a probability of at least 1/4, numbers are drawn until
/// one does. Elsewhere the distribution function is inverted, in the tail that the bounds are in and on the scale of
/// its logarithm, by a bisection over doubles, or whole numbers: at most 65 steps, as exact as the distribution
/// function is. NaN where nothing lies between.
[[nodiscard]] View draw_between(Builder& builder, const Distribution& distribution, const Variable& variable,
                                const DrawBounds& bounds, const Shape& shape);

}  // namespace exmc::density
