#include "general_matrices.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "../kernels/dense_kernels.hpp"
#include "../kernels/general_matrices.hpp"
#include "batched.hpp"

/// Outputs have behind them what the reverse sweep needs again.
namespace exmc::density {
namespace {

/// The first `count` numbers of the last axis.
View first(const View& view, std::size_t count) { return sliced(view, view.rank() - 1, {0, 1, count}); }

View matrices(const View& view, std::size_t rows, std::size_t columns) {
  return split_last(first(view, rows * columns), columns);
}

void require_finite(const Builder& builder, const View& view, const std::string& message) {
  if (!view.constant()) return;
  const Array array = builder.evaluate(view);
  if (!std::ranges::all_of(array.values, [](double x) { return std::isfinite(x); })) builder.refuse(message);
}

/// Sizes (n, columns). Behind x stand the factors of a, and the pivots.
double solve_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction), columns = size(instruction, 1);
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    double *const factors = at.out + n * columns, *const pivots = factors + n * n;
    std::copy_n(at.in[0], n * n, factors);
    std::copy_n(at.in[1], n * columns, at.out);
    kernels::factorise_general(factors, pivots, n);
    kernels::solve_general(factors, pivots, at.out, n, columns);
  });
  return 0;
}

/// With w = a'^-1 times the output's adjoint, b gets w, and a gets -w x'.
void solve_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction), columns = size(instruction, 1);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    const double *const factors = at.out + n * columns, *const pivots = factors + n * n;
    double* const w = at.out_adjoint;
    kernels::solve_general_transposed(factors, pivots, w, n, columns);
    if (at.in_adjoint[1] != nullptr) kernels::add_multiple(at.in_adjoint[1], 1, w, n * columns);
    if (at.in_adjoint[0] == nullptr) return;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        at.in_adjoint[0][i * n + j] -= kernels::dot(w + i * columns, at.out + j * columns, columns);
      }
    }
  });
}

/// Behind the values stand the vectors.
double eigenvalues_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_input<1>(instruction, arena, [&](const Inputs<1>& at) {
    kernels::eigen_symmetric(at.in[0], at.out, at.out + n, at.out + n + n * n, n);
  });
  return 0;
}

/// An eigenvalue of the eigenvector v moves by v_i v_j with each of the two elements (i, j) and (j, i).
void eigenvalues_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_adjoint<1>(instruction, arena, [&](const Adjoints<1>& at) {
    for (std::size_t k = 0; k < n; ++k) {
      const double* const v = at.out + n + k * n;
      const double seed = at.out_adjoint[k];
      for (std::size_t i = 0; seed != 0 && i < n; ++i) {
        kernels::add_multiple(at.in_adjoint[0] + i * n, 2 * seed * v[i], v, i);
        at.in_adjoint[0][i * n + i] += seed * v[i] * v[i];
      }
    }
  });
}

double exponential_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_input<1>(instruction, arena, [&](const Inputs<1>& at) {
    std::copy_n(at.in[0], n * n, at.out);
    kernels::exponentiate(at.out, at.out + n * n, n);
  });
  return 0;
}

/// What a gets is the derivative of the exponential at a' in the direction g of the output's adjoint, which stands in
/// the upper right of that of [[a', g], [0, a']] (Najfeld and Havel 1995).
void exponential_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction), twice = 2 * n;
  for_each_adjoint<1>(instruction, arena, [&](const Adjoints<1>& at) {
    double* const block = at.out_adjoint + n * n;
    std::fill_n(block, twice * twice, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        block[i * twice + j] = block[(n + i) * twice + n + j] = at.in[0][j * n + i];
        block[i * twice + n + j] = at.out_adjoint[i * n + j];
      }
    }
    kernels::exponentiate(block, block + twice * twice, twice);
    for (std::size_t i = 0; i < n; ++i) {
      kernels::add_multiple(at.in_adjoint[0] + i * n, 1, block + i * twice + n, n);
    }
  });
}

}  // namespace

View solve_system(Builder& builder, const View& a, const View& b) {
  const std::size_t n = a.shape.back(), columns = b.shape.back();
  const std::size_t room = n * columns + n * n + n;
  const View all = emit_batched(builder, {solve_forward, solve_reverse, {a, b}, {2, 2}, {n, columns}, {room}});
  const View x = matrices(all, n, columns);
  require_finite(builder, x, "a matrix of data is singular");
  return x;
}

View symmetric_eigenvalues(Builder& builder, const View& a) {
  const std::size_t n = a.shape.back();
  return first(emit_batched(builder, {eigenvalues_forward, eigenvalues_reverse, {a}, {2}, {n}, {n + 2 * n * n}}), n);
}

View matrix_exponential(Builder& builder, const View& a) {
  const std::size_t n = a.shape.back(), twice = 2 * n;
  const std::size_t room = n * n + twice * twice + kernels::exponential_room(twice);
  const View all = emit_batched(builder, {exponential_forward, exponential_reverse, {a}, {2}, {n}, {room}});
  const View exponential = matrices(all, n, n);
  require_finite(builder, exponential, "the exponential of a matrix of data is not finite");
  return exponential;
}

}  // namespace exmc::density
