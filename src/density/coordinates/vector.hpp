#pragma once

#include "../program/builder.hpp"

/// Vectors x = m + L z of a standard normal z, with a Gaussian message exp(-sum of k x^2 / 2 + h x) of what is known of
/// x from below, in coordinates in which z is standard normal given it: with A = I + L' diag(k) L = R R',
///   z = R'^-1 (eta + R^-1 L' (h - k m)).
/// All is repeated over the axes before those of one vector.
namespace exmc::density {

/// R of matrices L (m, n) and vectors k (m) >= 0. It is NaN where k u^2 of what L says of a scale u is beyond 1e16.
[[nodiscard]] View message_factor(Builder& builder, const View& matrix, const View& k);

struct VectorOperands {
  View eta;      ///< (n), of the position
  View factor;   ///< R
  View matrix;   ///< L
  View k, h, m;  ///< (m)
};
/// What stands in the position in place of eta where it is the model's.
enum class ModelsVector {
  z,
  x_of_lower,  ///< x, where L is square with zeros above its diagonal
  x_of_upper   ///< x, where it has them below
};
/// z (n).
[[nodiscard]] View vector_value(Builder& builder, const VectorOperands& operands, ModelsVector models);

/// L z of matrices (m, n) and vectors (n).
[[nodiscard]] View matrix_times_vector(Builder& builder, const View& matrix, const View& z);

}  // namespace exmc::density
