#include "linear_algebra.hpp"

#include <algorithm>
#include <cmath>

#include "../kernels/dense_kernels.hpp"
#include "batched.hpp"

namespace exmc::density {
namespace {

double cholesky_forward(const Instruction& instruction, const Arena& arena) {
  for_each_input<1>(instruction, arena,
                    [&](const Inputs<1>& at) { kernels::factorise(at.in[0], at.out, size(instruction)); });
  return 0;
}

void cholesky_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_adjoint<1>(instruction, arena, [&](const Adjoints<1>& at) {
    kernels::reverse_factorise(at.out, at.out_adjoint, n);
    for (std::size_t i = 0; i < n; ++i)
      kernels::add_multiple(at.in_adjoint[0] + i * n, 1, at.out_adjoint + i * n, i + 1);
  });
}

double self_product_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_input<1>(instruction, arena, [&](const Inputs<1>& at) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        at.out[i * n + j] = at.out[j * n + i] = kernels::dot(at.in[0] + i * n, at.in[0] + j * n, j + 1);
      }
    }
  });
  return 0;
}

void self_product_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_adjoint<1>(instruction, arena, [&](const Adjoints<1>& at) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        const double both = at.out_adjoint[i * n + j] + at.out_adjoint[j * n + i];
        kernels::add_multiple(at.in_adjoint[0] + i * n, both, at.in[0] + j * n, std::min(i, j) + 1);
      }
    }
  });
}

/// Sizes (n, columns).
double solve_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction), columns = size(instruction, 1);
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    std::copy_n(at.in[1], n * columns, at.out);
    kernels::solve_lower(at.in[0], {at.out, columns}, n, columns);
  });
  return 0;
}

/// With w = L'^-1 times the output's adjoint, b gets w, and L gets -w x'.
void solve_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction), columns = size(instruction, 1);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    double* const w = at.out_adjoint;
    kernels::solve_lower_transposed(at.in[0], {w, columns}, n, columns);
    if (at.in_adjoint[1] != nullptr) kernels::add_multiple(at.in_adjoint[1], 1, w, n * columns);
    if (at.in_adjoint[0] == nullptr) return;
    for (std::size_t i = 0; i < n; ++i) {
      double* const row = at.in_adjoint[0] + i * n;
      if (columns == 1) {
        kernels::add_multiple(row, -w[i], at.out, i + 1);
        continue;
      }
      for (std::size_t j = 0; j <= i; ++j) row[j] -= kernels::dot(w + i * columns, at.out + j * columns, columns);
    }
  });
}

double solve_transposed_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction), columns = size(instruction, 1);
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    std::copy_n(at.in[1], n * columns, at.out);
    kernels::solve_lower_transposed(at.in[0], {at.out, columns}, n, columns);
  });
  return 0;
}

/// With w = L^-1 times the output's adjoint, b gets w, and L gets -x w'.
void solve_transposed_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction), columns = size(instruction, 1);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    double* const w = at.out_adjoint;
    kernels::solve_lower(at.in[0], {w, columns}, n, columns);
    if (at.in_adjoint[1] != nullptr) kernels::add_multiple(at.in_adjoint[1], 1, w, n * columns);
    for (std::size_t i = 0; at.in_adjoint[0] != nullptr && i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        at.in_adjoint[0][i * n + j] -= kernels::dot(at.out + i * columns, w + j * columns, columns);
      }
    }
  });
}

double add_diagonal_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    std::copy_n(at.in[0], n * n, at.out);
    for (std::size_t i = 0; i < n; ++i) at.out[i * (n + 1)] += at.in[1][i];
  });
  return 0;
}

void add_diagonal_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    if (at.in_adjoint[0] != nullptr) kernels::add_multiple(at.in_adjoint[0], 1, at.out_adjoint, n * n);
    for (std::size_t i = 0; at.in_adjoint[1] != nullptr && i < n; ++i) {
      at.in_adjoint[1][i] += at.out_adjoint[i * (n + 1)];
    }
  });
}

double log_diagonal_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_input<1>(instruction, arena, [&](const Inputs<1>& at) {
    *at.out = 0;
    for (std::size_t i = 0; i < n; ++i) *at.out += std::log(at.in[0][i * (n + 1)]);
  });
  return 0;
}

void log_diagonal_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_adjoint<1>(instruction, arena, [&](const Adjoints<1>& at) {
    for (std::size_t i = 0; i < n * (n + 1); i += n + 1) at.in_adjoint[0][i] += *at.out_adjoint / at.in[0][i];
  });
}

double squared_norm_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_input<1>(instruction, arena, [&](const Inputs<1>& at) { *at.out = kernels::dot(at.in[0], at.in[0], n); });
  return 0;
}

void squared_norm_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_adjoint<1>(instruction, arena, [&](const Adjoints<1>& at) {
    kernels::add_multiple(at.in_adjoint[0], 2 * *at.out_adjoint, at.in[0], n);
  });
}

/// The output is x' a x, and behind it a x.
double quadratic_form_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    const double* const x = at.in[1];
    double* const product = at.out + 1;
    for (std::size_t i = 0; i < n; ++i) {
      const double* const row = at.in[0] + i * n;
      product[i] = kernels::dot(row, x, i + 1);
      kernels::add_multiple(product, x[i], row, i);
    }
    at.out[0] = kernels::dot(product, x, n);
  });
  return 0;
}

void quadratic_form_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    const double* const x = at.in[1];
    const double twice = 2 * at.out_adjoint[0];
    if (at.in_adjoint[1] != nullptr) kernels::add_multiple(at.in_adjoint[1], twice, at.out + 1, n);
    if (at.in_adjoint[0] == nullptr) return;
    for (std::size_t i = 0; i < n; ++i) {
      double* const row = at.in_adjoint[0] + i * n;
      kernels::add_multiple(row, twice * x[i], x, i);
      row[i] += 0.5 * twice * x[i] * x[i];
    }
  });
}

View solve(Builder& builder, const View& lower, const View& b, std::size_t own) {
  const std::size_t n = lower.shape.back(), columns = own == 1 ? 1 : b.shape.back();
  Shape event(b.shape.end() - static_cast<std::ptrdiff_t>(own), b.shape.end());
  return emit_batched(builder, {solve_forward, solve_reverse, {lower, b}, {2, own}, {n, columns}, std::move(event)});
}

}  // namespace

View cholesky(Builder& builder, const View& a) {
  if (const auto known = builder.facts().known_factor(a)) return *known;
  const std::size_t n = a.shape.back();
  const View factor = emit_batched(builder, {cholesky_forward, cholesky_reverse, {a}, {2}, {n}, {n, n}});
  if (factor.constant()) {
    const Array values = builder.evaluate(factor);
    for (std::size_t i = 0; i < values.values.size(); ++i) {
      const bool on_diagonal = i % (n * n) % (n + 1) == 0;
      if (on_diagonal && !(values.values[i] > 0)) builder.refuse("a matrix of data is not positive definite");
    }
  }
  return factor;
}

View add_diagonal(Builder& builder, const View& a, const View& d) {
  const std::size_t n = a.shape.back();
  return emit_batched(builder, {add_diagonal_forward, add_diagonal_reverse, {a, d}, {2, 1}, {n}, {n, n}});
}

View self_product(Builder& builder, const View& lower) {
  const std::size_t n = lower.shape.back();
  const View product = emit_batched(builder, {self_product_forward, self_product_reverse, {lower}, {2}, {n}, {n, n}});
  builder.facts().remember_factor(product, lower);
  return product;
}

View solve_vector(Builder& builder, const View& lower, const View& b) { return solve(builder, lower, b, 1); }
View solve_matrix(Builder& builder, const View& lower, const View& b) { return solve(builder, lower, b, 2); }

View solve_transposed(Builder& builder, const View& lower, const View& b) {
  const std::size_t n = lower.shape.back(), columns = b.shape.back();
  return emit_batched(
      builder, {solve_transposed_forward, solve_transposed_reverse, {lower, b}, {2, 2}, {n, columns}, {n, columns}});
}

View log_diagonal_sum(Builder& builder, const View& lower) {
  return emit_batched(builder, {log_diagonal_forward, log_diagonal_reverse, {lower}, {2}, {lower.shape.back()}, {}});
}

View squared_norm(Builder& builder, const View& x) {
  return emit_batched(builder, {squared_norm_forward, squared_norm_reverse, {x}, {1}, {x.shape.back()}, {}});
}

View quadratic_form(Builder& builder, const View& a, const View& x) {
  const std::size_t n = x.shape.back();
  const View both =
      emit_batched(builder, {quadratic_form_forward, quadratic_form_reverse, {a, x}, {2, 1}, {n}, {n + 1}});
  return at(both, both.rank() - 1, 0);
}

}  // namespace exmc::density
