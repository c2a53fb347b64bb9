#pragma once

#include "../program/builder.hpp"

/// What square matrices are asked besides factors and triangular systems (linear_algebra.hpp), on the last axes of
/// views, repeated over the axes before them. What cannot be computed is NaN or infinite where it depends on parameters
/// and an InputError where it is data.
namespace exmc::density {

/// a^-1 b of square matrices a (n, n) and matrices b (n, m).
[[nodiscard]] View solve_system(Builder& builder, const View& a, const View& b);
/// The eigenvalues of symmetric matrices, read in their lower triangles, in increasing order (n).
[[nodiscard]] View symmetric_eigenvalues(Builder& builder, const View& a);
/// e^a
[[nodiscard]] View matrix_exponential(Builder& builder, const View& a);

}  // namespace exmc::density
