#pragma once

#include "../program/builder.hpp"

/// Linear algebra on the last axes of views, repeated over the axes before them, which broadcast. Symmetric matrices
/// are read in their lower triangle, as numpy's are, and so their derivatives are those in its elements. What cannot be
/// computed, such as the factor of a matrix that is not positive definite, is NaN where it depends on parameters and an
/// InputError where it is data.
namespace exmc::density {

/// The lower triangular L with L L' = a, zeros above the diagonal.
[[nodiscard]] View cholesky(Builder& builder, const View& a);
/// Square matrices (n, n) with vectors (n) added to their diagonals.
[[nodiscard]] View add_diagonal(Builder& builder, const View& a, const View& d);
/// L L' of lower triangles. Remembered: its factor costs nothing.
[[nodiscard]] View self_product(Builder& builder, const View& lower);
/// L^-1 b for lower triangles L (n, n) and vectors b (n).
[[nodiscard]] View solve_vector(Builder& builder, const View& lower, const View& b);
/// L^-1 b for lower triangles L (n, n) and matrices b (n, m).
[[nodiscard]] View solve_matrix(Builder& builder, const View& lower, const View& b);
/// L'^-1 b for lower triangles L (n, n) and matrices b (n, m).
[[nodiscard]] View solve_transposed(Builder& builder, const View& lower, const View& b);
/// Sum of the logarithms of a diagonal: half the log-determinant of L L'.
[[nodiscard]] View log_diagonal_sum(Builder& builder, const View& lower);
/// x' x of vectors.
[[nodiscard]] View squared_norm(Builder& builder, const View& x);
/// x' a x of vectors x and symmetric matrices a.
[[nodiscard]] View quadratic_form(Builder& builder, const View& a, const View& x);

}  // namespace exmc::density
