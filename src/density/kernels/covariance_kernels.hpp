#pragma once

#include <cstddef>

#include "../numbers/simd.hpp"

/// Matrices of stationary covariances sigma^2 k(q), where q is the squared distance of two points, each of its
/// directions times the inverse of a length scale. A correlation function k is a type with
///   value(q), and
///   slope(q), which is k'(q) / k(q): times the square of a distance it stays finite where q is 0.
namespace exmc::density::kernels {

/// e^(-q / 2)
struct ExponentiatedQuadratic {
  static Pack value(Pack q) { return exp(-0.5 * q); }
  static Pack slope(Pack) { return Pack{} - 0.5; }
};

/// e^-r with r = sqrt(q): Matern of smoothness 1/2.
struct MaternHalf {
  static Pack value(Pack q) { return exp(-sqrt(q)); }
  static Pack slope(Pack q) { return select(q > 0.0, -0.5 / sqrt(q), Pack{}); }
};

/// (1 + a) e^-a with a = sqrt(3 q): Matern of smoothness 3/2.
struct MaternThreeHalves {
  static Pack value(Pack q) {
    const Pack a = sqrt(3.0 * q);
    return (1.0 + a) * exp(-a);
  }
  static Pack slope(Pack q) { return -1.5 / (1.0 + sqrt(3.0 * q)); }
};

/// (1 + a + a^2 / 3) e^-a with a = sqrt(5 q): Matern of smoothness 5/2.
struct MaternFiveHalves {
  static Pack value(Pack q) {
    const Pack a = sqrt(5.0 * q);
    return (1.0 + a + a * a / 3.0) * exp(-a);
  }
  static Pack slope(Pack q) {
    const Pack a = sqrt(5.0 * q);
    return (-5.0 / 6.0) * (1.0 + a) / (1.0 + a + a * a / 3.0);
  }
};

/// The coordinates of points, direction by direction.
struct Points {
  const double* data;
  std::size_t count;

  [[nodiscard]] const double* direction(std::size_t d) const { return data + d * count; }
};

/// Between the points of rows and those of columns. With one set for both, the matrix is exactly symmetric.
struct Covariance {
  std::size_t inputs;
  Points rows, columns;
  bool symmetric;
  double sigma;
  const double* inverse;  ///< (inputs): of the length scales

  /// How many columns of a row are computed: of a symmetric matrix those up to the diagonal.
  [[nodiscard]] std::size_t width(std::size_t row) const { return symmetric ? row + 1 : columns.count; }
};

struct CovarianceAdjoints {
  double *sigma, *inverse, *rows, *columns;  ///< each may be null
};

template <class Correlation>
void covariance(const Covariance& of, double* matrix);

/// @param adjoint of the matrix; overwritten
template <class Correlation>
void reverse_covariance(const Covariance& of, const double* matrix, double* adjoint, const CovarianceAdjoints& to);

}  // namespace exmc::density::kernels
