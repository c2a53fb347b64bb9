#include "design_product.hpp"

#include <array>

namespace exmc::density {
namespace {

DesignMatrix matrix_of(const Instruction& instruction, const Arena& arena) {
  return {arena, instruction.operands[0], instruction.loop.extents[0], instruction.loop.extents[1]};
}

double product_forward(const Instruction& instruction, const Arena& arena) {
  const DesignMatrix matrix = matrix_of(instruction, arena);
  const Operand& vector = instruction.operands[1];
  double* const output = arena.values + instruction.output.offset;
  for (std::size_t row = 0; row < matrix.rows(); row += kTileRows) {
    multiply(matrix.tile(row), {arena.read(vector), vector.strides[0]}, output + row);
  }
  return 0;
}

/// The padding of the output's adjoints is 0.
void product_reverse(const Instruction& instruction, const Arena& arena) {
  const DesignMatrix matrix = matrix_of(instruction, arena);
  const Operand& vector = instruction.operands[1];
  const double* const adjoints = arena.adjoints + instruction.output.offset;
  for (std::size_t row = 0; row < matrix.rows(); row += kTileRows) {
    add_transposed_product(matrix.tile(row), adjoints + row, {arena.adjoints + vector.offset, vector.strides[0]});
  }
}

/// Copies a matrix to tiles of rows (tiles, columns, rows of a tile). Run once, at load.
double copy_by_tiles(const Instruction& instruction, const Arena& arena) {
  const std::size_t rows = instruction.loop.extents[0], columns = instruction.loop.extents[1];
  const std::size_t height = instruction.loop.extents[2];
  const Operand& matrix = instruction.operands[0];
  const double* from = arena.read(matrix);
  double* const to = arena.values + instruction.output.offset;
  for (std::size_t i = 0; i < rows; ++i, from += matrix.strides[0]) {
    double* const tile = to + i / kTileRows * columns * height + i % kTileRows;
    for (std::size_t j = 0; j < columns; ++j) {
      tile[j * height] = from[static_cast<std::ptrdiff_t>(j) * matrix.strides[1]];
    }
  }
  return 0;
}

}  // namespace

View design_product(Builder& builder, const View& matrix, const View& vector) {
  const std::size_t rows = matrix.shape[0], columns = matrix.shape[1];
  const std::size_t tiles = (rows + kTileRows - 1) / kTileRows;
  const std::size_t height = std::min(kTileRows, (rows + kLanes - 1) / kLanes * kLanes);
  const View by_tiles = builder.emit(Builder::Structural{.forward = copy_by_tiles,
                                                         .reverse = nullptr,
                                                         .loop = {3, {rows, columns, height}},
                                                         .operands = {matrix},
                                                         .shape = {tiles, columns, height},
                                                         .strides = {}});
  const View product = builder.emit(Builder::Structural{.forward = product_forward,
                                                        .reverse = product_reverse,
                                                        .loop = {2, {rows, columns}},
                                                        .operands = {by_tiles, vector},
                                                        .shape = {rows},
                                                        .strides = {}});
  builder.facts().remember_predictor(product, {by_tiles, vector, builder.constant(0.0)});
  return product;
}

}  // namespace exmc::density
