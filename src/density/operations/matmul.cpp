#include "matmul.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "../numbers/simd.hpp"
#include "design_product.hpp"
#include "exmc/core/error.hpp"
#include "reshape.hpp"
#include "sparse_product.hpp"

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

/// An operand or the output seen in an arena; its first strides are those of rows and columns.
template <class Number>
Matrix<Number> matrix(Number* arena, const Operand& operand, std::ptrdiff_t start = 0) {
  return {arena + operand.offset + start, operand.strides[0], operand.strides[1]};
}

/// (rows, inner, columns)
constexpr std::size_t kProductAxes = 3;
std::array<std::size_t, kProductAxes> sizes(const Instruction& instruction) {
  const auto& extents = instruction.loop.extents;
  return {extents[0], extents[1], extents[2]};
}

/// Calls body(offset in a, in b, in the output) for each product of a batch. The loop has the batch's axes after those
/// of the product, an operand after those of its rows and columns.
template <class Body>
void for_each_product(const Instruction& instruction, Body&& body) {
  const Loop& loop = instruction.loop;
  std::array<std::size_t, kMaxAxes> index{};
  std::array<std::ptrdiff_t, 3> at{};
  const std::array<const Operand*, 3> arrays{&instruction.operands[0], &instruction.operands[1], &instruction.output};
  while (true) {
    body(at[0], at[1], at[2]);
    std::size_t axis = loop.rank;
    while (true) {
      if (axis-- == kProductAxes) return;
      const bool more = ++index[axis] < loop.extents[axis];
      const std::ptrdiff_t steps = more ? 1 : 1 - static_cast<std::ptrdiff_t>(loop.extents[axis]);
      for (std::size_t k = 0; k < arrays.size(); ++k) at[k] += steps * arrays[k]->strides[axis - 1];
      if (more) break;
      index[axis] = 0;
    }
  }
}

double matmul_forward(const Instruction& instruction, const Arena& arena) {
  const auto [rows, inner, columns] = sizes(instruction);
  const Operand &a = instruction.operands[0], &b = instruction.operands[1];
  for_each_product(instruction, [&, rows = rows, inner = inner, columns = columns](
                                    std::ptrdiff_t at_a, std::ptrdiff_t at_b, std::ptrdiff_t out) {
    const Output product = matrix(arena.values, instruction.output, out);
    std::fill_n(product.data, rows * columns, 0.0);
    add_product({rows, inner, columns, product, matrix(arena.space(a), a, at_a), matrix(arena.space(b), b, at_b)});
  });
  return 0;
}

void matmul_reverse(const Instruction& instruction, const Arena& arena) {
  const auto [rows, inner, columns] = sizes(instruction);
  const Operand &a = instruction.operands[0], &b = instruction.operands[1];
  for_each_product(instruction, [&, rows = rows, inner = inner, columns = columns](
                                    std::ptrdiff_t at_a, std::ptrdiff_t at_b, std::ptrdiff_t out) {
    const Input adjoint = matrix<const double>(arena.adjoints, instruction.output, out);
    if (a.variable) {
      const Input right = matrix(arena.space(b), b, at_b);
      add_product({rows, columns, inner, matrix(arena.adjoints, a, at_a), adjoint, right.transposed()});
    }
    if (b.variable) {
      const Input left = matrix(arena.space(a), a, at_a);
      add_product({inner, rows, columns, matrix(arena.adjoints, b, at_b), left.transposed(), adjoint});
    }
  });
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

bool has_unit_stride(const View& matrices) {
  const std::size_t rank = matrices.rank();
  return matrices.strides[rank - 1] == 1 || matrices.strides[rank - 2] == 1;
}

/// Rows and columns of both and the output first, then the axes of the batch, neighbours that all step through evenly
/// made one.
struct Batch {
  Loop loop;
  std::vector<View> operands;
  View output;
};

Batch arrange(const View& left, const View& right, const View& output, const std::string& where) {
  const std::size_t batch = output.rank() - 2;
  const auto matrices = [](const View& view) { return static_cast<std::ptrdiff_t>(view.rank() - 2); };
  const auto outer = [&](const View& view) {
    const View own{view.space,
                   0,
                   {view.shape.begin(), view.shape.begin() + matrices(view)},
                   {view.strides.begin(), view.strides.begin() + matrices(view)}};
    return broadcast_to(own, {output.shape.begin(), output.shape.begin() + static_cast<std::ptrdiff_t>(batch)});
  };
  const std::vector<View> outers{outer(left), outer(right), outer(output)};
  const Axes axes = collapse(outers[2].shape, outers);
  if (axes.extents.size() + kProductAxes > kMaxAxes) {
    throw InputError(where, "a product of batches over " + std::to_string(axes.extents.size()) +
                                " separate axes: at most " + std::to_string(kMaxAxes - kProductAxes) + " are possible");
  }
  const auto with_batch = [&](const View& view, std::size_t k) {
    View arranged{view.space,
                  view.offset,
                  {view.shape.end() - 2, view.shape.end()},
                  {view.strides.end() - 2, view.strides.end()}};
    arranged.shape.insert(arranged.shape.end(), axes.extents.begin(), axes.extents.end());
    arranged.strides.insert(arranged.strides.end(), axes.strides[k].begin(), axes.strides[k].end());
    return arranged;
  };
  Batch result{{}, {with_batch(left, 0), with_batch(right, 1)}, with_batch(output, 2)};
  result.loop.rank = kProductAxes + axes.extents.size();
  result.loop.extents = {left.shape[left.rank() - 2], left.shape.back(), right.shape.back()};
  std::copy(axes.extents.begin(), axes.extents.end(), result.loop.extents.begin() + kProductAxes);
  return result;
}

}  // namespace

View matmul(Builder& builder, const View& a, const View& b, const std::string& where) {
  const auto refuse = [&](const std::string& why) {
    throw InputError(where, why + " in a product of shapes " + to_string(a.shape) + " @ " + to_string(b.shape));
  };
  if (a.rank() == 0 || b.rank() == 0) refuse("a scalar");
  const auto without_vector_axes = [&](View product) {
    if (b.rank() == 1) product = at(product, product.rank() - 1, 0);
    if (a.rank() == 1) product = at(product, product.rank() - 1 - (b.rank() == 1 ? 0 : 1), 0);
    return product;
  };
  View left = a.rank() == 1 ? with_new_axis(a, 0) : a;
  View right = b.rank() == 1 ? with_new_axis(b, 1) : b;
  const std::size_t inner = left.shape.back();
  if (inner != right.shape[right.rank() - 2])
    refuse("inner lengths " + std::to_string(inner) + " and " + std::to_string(right.shape[right.rank() - 2]) +
           " differ");
  const auto batch =
      broadcast({left.shape.begin(), left.shape.end() - 2}, {right.shape.begin(), right.shape.end() - 2});
  if (!batch) refuse("batches that do not broadcast");
  Shape shape = *batch;
  shape.insert(shape.end(), {left.shape[left.rank() - 2], right.shape.back()});
  builder.require_room(shape);
  if (element_count(shape) == 0) return without_vector_axes(broadcast_to(builder.constant(0.0), shape));
  if (left.rank() == 2 && left.constant() && !right.constant()) {
    if (const std::optional<SparseMatrix> sparse = worthwhile_sparse(builder, left)) {
      return without_vector_axes(sparse_product(builder, *sparse, right));
    }
    const bool vector = right.rank() == 2 && right.shape.back() == 1;
    if (vector && left.shape.front() > 1) {
      const View product = design_product(builder, left, at(right, 1, 0));
      return b.rank() == 1 ? product : with_new_axis(product, 1);
    }
    left = by_columns(builder, left);
  }
  if (!has_unit_stride(left)) left = dense(builder, left);
  if (!has_unit_stride(right)) right = dense(builder, right);
  const Batch arranged = arrange(left, right, dense_view(Space::constant, 0, shape), where);
  return without_vector_axes(builder.emit(Builder::Structural{matmul_forward, matmul_reverse, arranged.loop,
                                                              arranged.operands, shape, arranged.output.strides}));
}

}  // namespace exmc::density
