#pragma once

#include <cstddef>

/// Square matrices that are neither triangular nor positive definite, n x n and row-major, without allocation. What
/// cannot be computed gives NaN or infinite numbers.
namespace exmc::density::kernels {

/// L U = P a in place of a, by partial pivoting: L below the diagonal, ones on it left out. `pivots` (n): the row that
/// each was exchanged with.
void factorise_general(double* a, double* pivots, std::size_t n);
/// x (n x columns) := a^-1 x and x := a'^-1 x by the factors of a.
void solve_general(const double* factors, const double* pivots, double* x, std::size_t n, std::size_t columns);
void solve_general_transposed(const double* factors, const double* pivots, double* x, std::size_t n,
                              std::size_t columns);

/// The eigenvalues in increasing order and, as rows, eigenvectors of the symmetric matrix whose lower triangle is in
/// `a` (Jacobi's rotations, cyclic; Golub and Van Loan 2013, 8.5). @param room for n^2 doubles
void eigen_symmetric(const double* a, double* values, double* vectors, double* room, std::size_t n);

/// In the room of how many doubles exponentiate() works.
[[nodiscard]] inline std::size_t exponential_room(std::size_t n) { return 7 * n * n + n; }
/// e^a in place of a: scaling and squaring with the Pade approximant of order 13 (Higham 2005).
void exponentiate(double* a, double* room, std::size_t n);

}  // namespace exmc::density::kernels
