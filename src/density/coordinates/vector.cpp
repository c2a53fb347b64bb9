#include "vector.hpp"

#include <algorithm>
#include <string>

#include "../kernels/dense_kernels.hpp"
#include "../operations/batched.hpp"
#include "../operations/matmul.hpp"

namespace exmc::density {
namespace {

constexpr std::size_t kPanel = 16;

/// Rows of a matrix that are worked on together, and how many of their columns are not all zero.
struct Strip {
  std::size_t first, count, width;
};
template <class Body>
void for_each_strip(const double* matrix, std::size_t rows, std::size_t columns, Body&& body) {
  for (std::size_t first = 0; first < rows; first += kPanel) {
    Strip strip{first, std::min(kPanel, rows - first), 0};
    for (std::size_t i = first; i < first + strip.count; ++i) {
      std::size_t width = columns;
      while (width > strip.width && matrix[i * columns + width - 1] == 0) --width;
      strip.width = width;
    }
    body(strip);
  }
}

/// Operands L and k, sizes (m, n). Below the factor's rows the output has m more to work in: diag(k) L, and in the
/// adjoints L times the adjoint of A.
double factor_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t m = size(instruction), n = size(instruction, 1);
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    const double *const matrix = at.in[0], *const k = at.in[1];
    double* const scaled = at.out + n * n;
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t j = 0; j < n; ++j) scaled[i * n + j] = k[i] * matrix[i * n + j];
    }
    std::fill_n(at.out, n * n, 0.0);
    for (std::size_t j = 0; j < n; ++j) at.out[j * (n + 1)] = 1;
    for_each_strip(matrix, m, n, [&](const Strip& s) {
      for (std::size_t row = 0; row < s.width; row += kPanel) {
        const std::size_t end = std::min(row + kPanel, s.width);
        kernels::add_product({at.out + row * n, n}, 1, kernels::transpose_of(matrix + s.first * n + row, n),
                             scaled + s.first * n, n, {end - row, s.count, end});
      }
    });
    kernels::factorise(at.out, at.out, n);
  });
  return 0;
}

void factor_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t m = size(instruction), n = size(instruction, 1);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    const double *const matrix = at.in[0], *const k = at.in[1];
    double *const of_a = at.out_adjoint, *const product = of_a + n * n;
    kernels::reverse_factorise(at.out, of_a, n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j) of_a[j * n + i] = of_a[i * n + j];
      of_a[i * (n + 1)] *= 2;
    }
    for_each_strip(matrix, m, n, [&](const Strip& s) {
      kernels::add_product({product + s.first * n, n}, 1, kernels::rows_of(matrix + s.first * n, n), of_a, n,
                           {s.count, s.width, n});
    });
    for (std::size_t i = 0; i < m; ++i) {
      const double* const row = product + i * n;
      if (at.in_adjoint[0] != nullptr) kernels::add_multiple(at.in_adjoint[0] + i * n, k[i], row, n);
      if (at.in_adjoint[1] != nullptr) at.in_adjoint[1][i] += 0.5 * kernels::dot(row, matrix + i * n, n);
    }
  });
}

/// Operands of z; sizes (m, n). Eta is read by its stride, so that it may stand in the position in any order.
enum Place { kEta, kFactor, kMatrix, kOfK, kOfH, kOfM, kPlaces };

std::ptrdiff_t eta_stride(const Instruction& instruction) {
  return instruction.operands[kEta].strides[instruction.loop.rank - 1];
}

/// b = R^-1 L' (h - k m), the second row of the output.
void compute_shift(const std::array<const double*, kPlaces>& in, std::size_t m, std::size_t n, double* b) {
  std::fill_n(b, n, 0.0);
  for (std::size_t i = 0; i < m; ++i) {
    kernels::add_multiple(b, in[kOfH][i] - in[kOfK][i] * in[kOfM][i], in[kMatrix] + i * n, n);
  }
  kernels::solve_lower(in[kFactor], {b, 1}, n, 1);
}

double value_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t m = size(instruction), n = size(instruction, 1);
  const std::ptrdiff_t stride = eta_stride(instruction);
  for_each_input<kPlaces>(instruction, arena, [&](const Inputs<kPlaces>& at) {
    double *const z = at.out, *const b = z + n;
    compute_shift(at.in, m, n, b);
    for (std::size_t i = 0; i < n; ++i) z[i] = at.in[kEta][static_cast<std::ptrdiff_t>(i) * stride] + b[i];
    kernels::solve_lower_transposed(at.in[kFactor], {z, 1}, n, 1);
  });
  return 0;
}

/// With y = eta + b, the adjoint of y is R^-1 times that of z, and w = R'^-1 times that of y is that of L' (h - k m).
void value_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t m = size(instruction), n = size(instruction, 1);
  const std::ptrdiff_t stride = eta_stride(instruction);
  for_each_adjoint<kPlaces>(instruction, arena, [&](const Adjoints<kPlaces>& at) {
    const double *const z = at.out, *const b = z + n, *const factor = at.in[kFactor];
    double *const y = at.out_adjoint, *const w = y + n;
    kernels::solve_lower(factor, {y, 1}, n, 1);
    std::copy_n(y, n, w);
    kernels::solve_lower_transposed(factor, {w, 1}, n, 1);
    for (std::size_t i = 0; i < n; ++i) at.in_adjoint[kEta][static_cast<std::ptrdiff_t>(i) * stride] += y[i];
    for (std::size_t i = 0; i < n && at.in_adjoint[kFactor] != nullptr; ++i) {
      kernels::add_multiple(at.in_adjoint[kFactor] + i * n, -z[i], y, i + 1);
      kernels::add_multiple(at.in_adjoint[kFactor] + i * n, -w[i], b, i + 1);
    }
    for (std::size_t i = 0; i < m; ++i) {
      const double* const row = at.in[kMatrix] + i * n;
      const double k = at.in[kOfK][i], location = at.in[kOfM][i], of_sum = kernels::dot(row, w, n);
      if (at.in_adjoint[kMatrix] != nullptr) {
        kernels::add_multiple(at.in_adjoint[kMatrix] + i * n, at.in[kOfH][i] - k * location, w, n);
      }
      if (at.in_adjoint[kOfK] != nullptr) at.in_adjoint[kOfK][i] -= location * of_sum;
      if (at.in_adjoint[kOfH] != nullptr) at.in_adjoint[kOfH][i] += of_sum;
      if (at.in_adjoint[kOfM] != nullptr) at.in_adjoint[kOfM][i] -= k * of_sum;
    }
  });
}

void solve_upper(const double* matrix, double* z, std::size_t n) {
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t j = i + 1; j < n; ++j) z[i] -= matrix[i * n + j] * z[j];
    z[i] /= matrix[i * (n + 1)];
  }
}

template <ModelsVector models>
double invert_value(const Instruction& instruction, const Arena& arena) {
  const std::size_t m = size(instruction), n = size(instruction, 1);
  const std::ptrdiff_t stride = eta_stride(instruction);
  for_each_input<kPlaces>(instruction, arena, [&](const Inputs<kPlaces>& at) {
    double *const z = at.out, *const b = z + n;
    double* const eta = const_cast<double*>(at.in[kEta]);  // in the position, where x or z stands
    compute_shift(at.in, m, n, b);
    for (std::size_t i = 0; i < n; ++i) {
      z[i] = eta[static_cast<std::ptrdiff_t>(i) * stride];
      if (models != ModelsVector::z) z[i] -= at.in[kOfM][i];
    }
    if (models == ModelsVector::x_of_lower) kernels::solve_lower(at.in[kMatrix], {z, 1}, n, 1);
    if (models == ModelsVector::x_of_upper) solve_upper(at.in[kMatrix], z, n);
    for (std::size_t j = 0; j < n; ++j) {
      double sum = -b[j];
      for (std::size_t i = j; i < n; ++i) sum += at.in[kFactor][i * n + j] * z[i];
      eta[static_cast<std::ptrdiff_t>(j) * stride] = sum;
    }
  });
  return 0;
}

ForwardKernel inverse_of(ModelsVector models) {
  switch (models) {
    case ModelsVector::x_of_lower:
      return invert_value<ModelsVector::x_of_lower>;
    case ModelsVector::x_of_upper:
      return invert_value<ModelsVector::x_of_upper>;
    case ModelsVector::z:
      break;
  }
  return invert_value<ModelsVector::z>;
}

}  // namespace

View message_factor(Builder& builder, const View& matrix, const View& k) {
  const std::size_t n = matrix.shape.back(), m = matrix.shape[matrix.rank() - 2];
  const View rows = emit_batched(builder, {factor_forward, factor_reverse, {matrix, k}, {2, 1}, {m, n}, {m + n, n}});
  return sliced(rows, rows.rank() - 2, {0, 1, n});
}

View vector_value(Builder& builder, const VectorOperands& v, ModelsVector models) {
  const std::size_t n = v.matrix.shape.back(), m = v.matrix.shape[v.matrix.rank() - 2];
  Batched operation{value_forward,      value_reverse, {v.eta, v.factor, v.matrix, v.k, v.h, v.m},
                    {1, 2, 2, 1, 1, 1}, {m, n},        {2, n}};
  operation.first_in_place = true;
  const View rows = emit_batched(builder, operation);
  builder.set_inverse(rows, inverse_of(models));
  return at(rows, rows.rank() - 2, 0);
}

View matrix_times_vector(Builder& builder, const View& matrix, const View& z) {
  const std::string where = "a learned vector";
  if (z.rank() == 1) return matmul(builder, matrix, z, where);
  if (matrix.rank() == 2) return matmul(builder, z, transposed(matrix), where);
  const View product = matmul(builder, matrix, with_new_axis(z, z.rank()), where);
  return at(product, product.rank() - 1, 0);
}

}  // namespace exmc::density
