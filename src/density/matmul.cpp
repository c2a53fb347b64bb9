#include "matmul.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "exmc/core/error.hpp"
#include "simd.hpp"

namespace exmc::density {
namespace {

template <class Number>
struct Matrix {
  Number* data;
  std::ptrdiff_t row_stride, column_stride;

  [[nodiscard]] Number* at(std::size_t row, std::size_t column) const {
    return data + static_cast<std::ptrdiff_t>(row) * row_stride + static_cast<std::ptrdiff_t>(column) * column_stride;
  }
  [[nodiscard]] Matrix transposed() const { return {data, column_stride, row_stride}; }
};
using Input = Matrix<const double>;
using Output = Matrix<double>;

/// c (rows x columns) += a (rows x inner) b (inner x columns).
struct Product {
  std::size_t rows, inner, columns;
  Output c;
  Input a, b;
};

/// For c and a with unit row stride: `Packs` packs of rows of c stay in registers while the columns of a pass by. Only
/// the last pack may be incomplete.
template <std::size_t Packs>
void add_panel(const Product& product, std::size_t row, std::size_t column) {
  Pack sums[Packs] = {};
  for (std::size_t k = 0; k < product.inner; ++k) {
    const double* const from = product.a.at(row, k);
    const double factor = *product.b.at(k, column);
    for (std::size_t i = 0; i < Packs; ++i) sums[i] += load(from + i * kLanes) * factor;
  }
  double* const to = product.c.at(row, column);
  const std::size_t rest = product.rows - row - (Packs - 1) * kLanes;
  if (rest < kLanes) sums[Packs - 1] = select(first_lanes(rest), sums[Packs - 1], Pack{});
  for (std::size_t i = 0; i < Packs; ++i) store(to + i * kLanes, load(to + i * kLanes) + sums[i]);
}

void add_by_panels(const Product& product) {
  constexpr std::size_t most = 8;
  constexpr std::array panels = {add_panel<1>, add_panel<2>, add_panel<3>, add_panel<4>,
                                 add_panel<5>, add_panel<6>, add_panel<7>, add_panel<8>};
  for (std::size_t column = 0; column < product.columns; ++column) {
    for (std::size_t row = 0; row < product.rows; row += most * kLanes) {
      const std::size_t packs = std::min(most, (product.rows - row + kLanes - 1) / kLanes);
      panels[packs - 1](product, row, column);
    }
  }
}

/// For a and b with unit stride along the inner axis: the dot products of `Rows` rows of a with a column of b.
template <std::size_t Rows>
void add_dots(const Product& product, std::size_t row, std::size_t column) {
  Pack sums[Rows] = {};
  const double* const b = product.b.at(0, column);
  std::size_t k = 0;
  for (; k + kLanes <= product.inner; k += kLanes) {
    const Pack factor = load(b + k);
    for (std::size_t i = 0; i < Rows; ++i) sums[i] += load(product.a.at(row + i, k)) * factor;
  }
  if (k < product.inner) {
    const Mask valid = first_lanes(product.inner - k);
    const Pack factor = load(b + k);
    for (std::size_t i = 0; i < Rows; ++i) {
      sums[i] += select(valid, load(product.a.at(row + i, k)) * factor, Pack{});
    }
  }
  for (std::size_t i = 0; i < Rows; ++i) *product.c.at(row + i, column) += sum(sums[i]);
}

void add_by_dots(const Product& product) {
  for (std::size_t column = 0; column < product.columns; ++column) {
    std::size_t row = 0;
    for (; row + 4 <= product.rows; row += 4) add_dots<4>(product, row, column);
    for (; row < product.rows; ++row) add_dots<1>(product, row, column);
  }
}

void add_one_by_one(const Product& product) {
  for (std::size_t row = 0; row < product.rows; ++row) {
    for (std::size_t k = 0; k < product.inner; ++k) {
      const double factor = *product.a.at(row, k);
      for (std::size_t column = 0; column < product.columns; ++column) {
        *product.c.at(row, column) += factor * *product.b.at(k, column);
      }
    }
  }
}

void add_product(const Product& p) {
  if (p.a.column_stride == 1 && p.b.row_stride == 1 && p.inner >= kLanes) return add_by_dots(p);
  if (p.c.row_stride == 1 && p.a.row_stride == 1 && p.rows >= kLanes) return add_by_panels(p);
  if (p.c.column_stride == 1 && p.b.column_stride == 1 && p.columns >= kLanes) {
    return add_by_panels({p.columns, p.inner, p.rows, p.c.transposed(), p.b.transposed(), p.a.transposed()});
  }
  add_one_by_one(p);
}

/// An operand or the output seen in an arena; its strides are those of rows and columns.
template <class Number>
Matrix<Number> matrix(Number* arena, const Operand& operand) {
  return {arena + operand.offset, operand.strides[0], operand.strides[1]};
}

/// (rows, inner, columns)
std::array<std::size_t, 3> sizes(const Instruction& instruction) {
  const auto& extents = instruction.loop.extents;
  return {extents[0], extents[1], extents[2]};
}

double matmul_forward(const Instruction& instruction, const Arena& arena) {
  const auto [rows, inner, columns] = sizes(instruction);
  const Operand &a = instruction.operands[0], &b = instruction.operands[1];
  const Output product = matrix(arena.values, instruction.output);
  std::fill_n(product.data, rows * columns, 0.0);
  add_product({rows, inner, columns, product, matrix(arena.space(a), a), matrix(arena.space(b), b)});
  return 0;
}

void matmul_reverse(const Instruction& instruction, const Arena& arena) {
  const auto [rows, inner, columns] = sizes(instruction);
  const Operand &a = instruction.operands[0], &b = instruction.operands[1];
  const Input adjoint = matrix<const double>(arena.adjoints, instruction.output);
  if (a.variable) {
    const Input right = matrix(arena.space(b), b);
    add_product({rows, columns, inner, matrix(arena.adjoints, a), adjoint, right.transposed()});
  }
  if (b.variable) {
    const Input left = matrix(arena.space(a), a);
    add_product({inner, rows, columns, matrix(arena.adjoints, b), left.transposed(), adjoint});
  }
}

/// A constant matrix with its columns one after the other, each from a pack boundary.
View by_columns(Builder& builder, const View& a) {
  const std::size_t rows = a.shape[0], columns = a.shape[1], stride = (rows + kLanes - 1) / kLanes * kLanes;
  const Array from = builder.evaluate(a);
  Array copy{{columns, stride}, std::vector<double>(columns * stride)};
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) copy.values[j * stride + i] = from.values[i * columns + j];
  }
  return sliced(transposed(builder.constant(copy)), 0, {0, 1, rows});
}

}  // namespace

View matmul(Builder& builder, const View& a, const View& b, const std::string& where) {
  const auto refuse = [&](const std::string& why) {
    throw InputError(where, why + " in a product of shapes " + to_string(a.shape) + " @ " + to_string(b.shape));
  };
  if (a.rank() == 0 || b.rank() == 0) refuse("a scalar");
  if (a.rank() > 2 || b.rank() > 2) refuse("more than two axes are not available yet:");
  View left = a.rank() == 1 ? with_new_axis(a, 0) : a;
  View right = b.rank() == 1 ? with_new_axis(b, 1) : b;
  if (left.shape[1] != right.shape[0])
    refuse("inner lengths " + std::to_string(left.shape[1]) + " and " + std::to_string(right.shape[0]) + " differ");
  if (left.constant() && !right.constant()) left = by_columns(builder, left);
  Loop loop;
  loop.rank = 3;
  loop.extents = {left.shape[0], left.shape[1], right.shape[1]};
  View product =
      builder.emit({matmul_forward, matmul_reverse, loop, {left, right}, {loop.extents[0], loop.extents[2]}});
  if (b.rank() == 1) product = at(product, 1, 0);
  if (a.rank() == 1) product = at(product, 0, 0);
  return product;
}

}  // namespace exmc::density
