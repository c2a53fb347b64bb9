#include "sparse_product.hpp"

#include <algorithm>

#include "../kernels/dense_kernels.hpp"
#include "batched.hpp"

namespace exmc::density {
namespace {

/// As they stand in the room of doubles.
using StoredInteger = std::int32_t __attribute__((may_alias));

/// Calls visit(row, column, value) for each element. Sizes (rows, columns of x); of the operands the first are values,
/// the second ends of rows and columns.
template <class Visit>
void for_each_element(const Instruction& instruction, const double* values, const double* integers, Visit&& visit) {
  const std::size_t rows = size(instruction);
  const auto* const ends = reinterpret_cast<const StoredInteger*>(integers);
  const StoredInteger* const where = ends + rows;
  StoredInteger element = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    for (; element < ends[row]; ++element) visit(row, static_cast<std::size_t>(where[element]), values[element]);
  }
}

double product_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t rows = size(instruction), m = size(instruction, 1);
  for_each_input<3>(instruction, arena, [&](const Inputs<3>& at) {
    std::fill_n(at.out, rows * m, 0.0);
    for_each_element(instruction, at.in[0], at.in[1], [&](std::size_t row, std::size_t column, double value) {
      if (m == 1) {
        at.out[row] += value * at.in[2][column];
      } else {
        kernels::add_multiple(at.out + row * m, value, at.in[2] + column * m, m);
      }
    });
  });
  return 0;
}

void product_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t m = size(instruction, 1);
  for_each_adjoint<3>(instruction, arena, [&](const Adjoints<3>& at) {
    for_each_element(instruction, at.in[0], at.in[1], [&](std::size_t row, std::size_t column, double value) {
      if (m == 1) {
        at.in_adjoint[2][column] += value * at.out_adjoint[row];
      } else {
        kernels::add_multiple(at.in_adjoint[2] + column * m, value, at.out_adjoint + row * m, m);
      }
    });
  });
}

/// An element costs some eight times as much as one of a dense matrix, which streams by.
constexpr std::size_t kDearer = 8;
/// Fewer elements are in a cache, and multiplied, before it is known which they are.
constexpr std::size_t kFewest = 1024;

}  // namespace

View sparse_product(Builder& builder, const SparseMatrix& matrix, const View& x) {
  const std::size_t m = x.shape.back();
  std::vector<std::int32_t> integers = matrix.ends;
  integers.insert(integers.end(), matrix.where.begin(), matrix.where.end());
  const View values = builder.constant(Array{{matrix.values.size()}, matrix.values});
  return emit_batched(builder, {product_forward,
                                product_reverse,
                                {values, builder.integers(integers), x},
                                {1, 1, 2},
                                {matrix.rows, m},
                                {matrix.rows, m}});
}

std::optional<SparseMatrix> worthwhile_sparse(const Builder& builder, const View& matrix) {
  SparseMatrix sparse{matrix.shape[0], matrix.shape[1], {}, {}, {}};
  // A regression on few columns is replaced by as many rows (distributions/regression.hpp), which are dense.
  const std::size_t elements = std::min(sparse.rows, sparse.columns) * sparse.columns;
  if (elements < kFewest) return std::nullopt;
  constexpr std::size_t sample = 64;  // before a large matrix is copied
  const Array beginning = builder.evaluate(sliced(matrix, 0, {0, 1, std::min(sample, sparse.rows)}));
  const auto zeros = std::ranges::count(beginning.values, 0.0);
  if (2 * static_cast<std::size_t>(zeros) < beginning.values.size()) return std::nullopt;
  const Array dense = builder.evaluate(matrix);
  for (std::size_t row = 0; row < sparse.rows; ++row) {
    for (std::size_t column = 0; column < sparse.columns; ++column) {
      const double value = dense.values[row * sparse.columns + column];
      if (value == 0) continue;
      sparse.where.push_back(static_cast<std::int32_t>(column));
      sparse.values.push_back(value);
      if (sparse.values.size() * kDearer > elements) return std::nullopt;
    }
    sparse.ends.push_back(static_cast<std::int32_t>(sparse.values.size()));
  }
  if (sparse.values.empty()) return std::nullopt;
  return sparse;
}

}  // namespace exmc::density
