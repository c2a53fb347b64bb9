#pragma once

#include <cstddef>

/// Small dense linear algebra on row-major memory, in place, without allocation. Sums run in an order that depends on
/// the sizes alone. Elements above the diagonal of a lower triangle are neither read nor written, but up to seven
/// doubles beyond the end of a row may be read and written back unchanged.
namespace exmc::density::kernels {

/// A matrix whose elements are stepped through in both directions.
struct Strided {
  const double* data;
  std::ptrdiff_t row_stride, column_stride;

  [[nodiscard]] const double* at(std::size_t row, std::size_t column) const {
    return data + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(column) * column_stride;
  }
};
[[nodiscard]] inline Strided rows_of(const double* data, std::size_t stride) {
  return {data, static_cast<std::ptrdiff_t>(stride), 1};
}
[[nodiscard]] inline Strided transpose_of(const double* data, std::size_t stride) {
  return {data, 1, static_cast<std::ptrdiff_t>(stride)};
}

/// Rows of doubles, one every `stride`.
struct Rows {
  double* data;
  std::size_t stride;

  [[nodiscard]] double* row(std::size_t index) const { return data + index * stride; }
};

struct Sizes {
  std::size_t rows, inner, columns;
};

/// c (rows x columns) += factor a (rows x inner) b (inner x columns), for factor 1 or -1. c may be part of the memory
/// of a or b, but no element of it.
void add_product(Rows c, double factor, Strided a, const double* b, std::size_t b_stride, Sizes sizes);

[[nodiscard]] double dot(const double* a, const double* b, std::size_t length);
/// y += factor x
void add_multiple(double* y, double factor, const double* x, std::size_t length);

/// The Cholesky factor of the matrix whose lower triangle is in `a` (n x n, dense), into `l`, zeros above the diagonal.
/// What is not positive definite gives NaN.
void factorise(const double* a, double* l, std::size_t n);
/// From the adjoint of the factor (lower triangle) that of the lower triangle of the matrix, in place (Murray 2016,
/// "Differentiation of the Cholesky decomposition", blocked).
void reverse_factorise(const double* l, double* adjoint, std::size_t n);

/// x (n x columns) := l^-1 x and x := l'^-1 x for a lower triangle l (n x n).
void solve_lower(const double* l, Rows x, std::size_t n, std::size_t columns);
void solve_lower_transposed(const double* l, Rows x, std::size_t n, std::size_t columns);

}  // namespace exmc::density::kernels
