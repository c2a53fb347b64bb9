#pragma once

#include <cstddef>

#include "design_matrix.hpp"
#include "rows.hpp"

namespace exmc::density::detail {

/// The operands of a term over rows, of which operand K is a linear predictor: a product with a constant matrix, made a
/// tile of rows at a time as the reading comes to it, to which what stands in the operand's own place is added. The
/// gradient goes back through a tile with its last pack, while the tile is still in the nearest cache.
template <std::size_t N, std::size_t K, unsigned Varying>
class PredictorOperands : public RowOperands<N, Varying, true> {
  using Base = RowOperands<N, Varying, true>;

 public:
  PredictorOperands(const Instruction& instruction, const Arena& arena, const Offsets<N>& at)
      : Base(instruction, arena, at),
        matrix_(arena, instruction.operands[N], instruction.loop.extents[0], instruction.loop.extents[1]),
        vector_{arena.read(instruction.operands[N + 1]), instruction.operands[N + 1].strides[0]},
        adjoints_{arena.adjoints + instruction.operands[N + 1].offset, vector_.stride} {}

  template <class Count>
  void read(std::size_t start, Count count, Pack (&p)[N]) {
    const std::size_t row = start % kTileRows;
    if (row == 0) {
      tile_ = matrix_.tile(start);
      multiply(tile_, vector_, rows_);
    }
    Base::read(start, count, p);
    p[K] += load(rows_ + row);
  }

  template <class Count>
  void add(std::size_t start, Count count, const Pack (&gradient)[N]) {
    const std::size_t row = start % kTileRows;
    store(rows_ + row, gradient[K]);
    Base::add(start, count, gradient);
    if (row / kLanes + 1 == tile_.packs) add_transposed_product(tile_, rows_, adjoints_);
  }

 private:
  DesignMatrix matrix_;
  ColumnVector<const double> vector_;
  ColumnVector<double> adjoints_;
  DesignTile tile_{};
  alignas(64) double rows_[kTileRows];  ///< of the present tile: the product, and in its place, pack by pack, gradients
};

}  // namespace exmc::density::detail
