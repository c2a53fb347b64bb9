#pragma once

#include <algorithm>
#include <cstddef>

#include "../numbers/simd.hpp"
#include "instruction.hpp"

namespace exmc::density {

inline constexpr std::size_t kTileRows = 64;
/// Elements (4 MB) beyond which a matrix is not expected to stay in a core's own caches between two gradients.
inline constexpr std::size_t kCachedElements = std::size_t{1} << 19;

/// Up to kTileRows rows of a constant matrix, one column after the other, with zeros below the last row.
struct DesignTile {
  const double* first;
  std::size_t packs;  ///< of rows
  std::size_t columns;
  std::ptrdiff_t column_stride;
  bool far;  ///< whether it comes from memory and is to be asked for in good time
};

/// A vector with an element for each column.
template <class Number>
struct ColumnVector {
  Number* data;
  std::ptrdiff_t stride;
};

/// rows := tile vector. Writes whole packs.
void multiply(const DesignTile& tile, ColumnVector<const double> vector, double* rows);
/// vector += tile' rows. Reads whole packs, of which what is beyond the last row must be finite.
void add_transposed_product(const DesignTile& tile, const double* rows, ColumnVector<double> vector);

/// A constant matrix, tile by tile.
class DesignMatrix {
 public:
  /// @param tiles an operand with axes (tile, column, row of the tile)
  DesignMatrix(const Arena& arena, const Operand& tiles, std::size_t rows, std::size_t columns)
      : first_(arena.read(tiles)), tiles_(tiles), rows_(rows), columns_(columns) {}

  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// The tile that begins with `row`.
  [[nodiscard]] DesignTile tile(std::size_t row) const {
    return {first_ + static_cast<std::ptrdiff_t>(row / kTileRows) * tiles_.strides[0],
            (std::min(kTileRows, rows_ - row) + kLanes - 1) / kLanes, columns_, tiles_.strides[1],
            rows_ * columns_ > kCachedElements};
  }

 private:
  const double* first_;
  const Operand& tiles_;
  std::size_t rows_, columns_;
};

}  // namespace exmc::density
