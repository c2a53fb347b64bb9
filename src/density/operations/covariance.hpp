#pragma once

#include "../program/builder.hpp"

/// Covariance matrices of Gaussian processes. Axes before those named broadcast.
namespace exmc::density {

enum class Correlation { exponentiated_quadratic, matern_half, matern_three_halves, matern_five_halves };

/// Between points, direction by direction.
struct CovarianceArguments {
  View rows, columns;  ///< (inputs, n), (inputs, m); the same view for a symmetric matrix
  View sigma;          ///< (): standard deviation
  View length_scale;   ///< (inputs)
};

/// sigma^2 times a correlation (kernels/covariance_kernels.hpp) of each point of the rows with each of the columns,
/// (n, m). Exactly symmetric where both are the same. Has derivatives in everything.
[[nodiscard]] View covariance(Builder& builder, Correlation correlation, const CovarianceArguments& of);

/// That a result of `a` and `b` element by element is symmetric where they are, which then nobody has to ask.
void remember_symmetric(Builder& builder, const View& a, const View& b, const View& result);
/// The same of a matrix that is so by its making.
void remember_symmetric(Builder& builder, const View& matrix);

}  // namespace exmc::density
