#include "design_matrix.hpp"

#include <array>

#include "rows.hpp"

namespace exmc::density {
namespace {

/// How far ahead, in elements, what is in no cache is asked for: the time of some tiles covers the way from memory.
constexpr std::size_t kFar = 4096;

/// `Packs` packs of rows stay in registers while the columns of a tile pass by, in the order in which they are stored.
template <bool Far, std::size_t Packs>
void multiply_packs(const DesignTile& tile, ColumnVector<const double> vector, double* rows) {
  const double *column = tile.first, *factor = vector.data;
  Pack sums[Packs] = {};
  for (std::size_t j = 0; j < tile.columns; ++j, column += tile.column_stride, factor += vector.stride) {
    for (std::size_t i = 0; i < Packs; ++i) {
      if constexpr (Far) __builtin_prefetch(column + i * kLanes + kFar, 0, 2);
      sums[i] += load(column + i * kLanes) * *factor;
    }
  }
  for (std::size_t i = 0; i < Packs; ++i) store(rows + i * kLanes, sums[i]);
}

template <bool Far>
void multiply_tile(const DesignTile& tile, ColumnVector<const double> vector, double* rows) {
  constexpr std::array kernels = {multiply_packs<Far, 1>, multiply_packs<Far, 2>, multiply_packs<Far, 3>,
                                  multiply_packs<Far, 4>, multiply_packs<Far, 5>, multiply_packs<Far, 6>,
                                  multiply_packs<Far, 7>, multiply_packs<Far, 8>};
  static_assert(kernels.size() * kLanes == kTileRows);
  kernels[tile.packs - 1](tile, vector, rows);
}

/// Adds the dot products of `Columns` columns, from `column` on. Tiles follow each other in memory: while this one is
/// in the nearest cache, the next one, which the multiplication would wait for, is fetched beside it.
template <std::size_t Columns>
void add_columns(const DesignTile& tile, std::size_t column, const double* rows, ColumnVector<double> vector) {
  const double* const first = tile.first + static_cast<std::ptrdiff_t>(column) * tile.column_stride;
  const std::ptrdiff_t to_next_tile = static_cast<std::ptrdiff_t>(tile.columns) * tile.column_stride;
  Pack parts[kLanes] = {};
  for (std::size_t i = 0; i < tile.packs; ++i) {
    const Pack factor = load(rows + i * kLanes);
    detail::unroll<Columns>([&](auto j) {
      const double* const at = first + static_cast<std::ptrdiff_t>(j) * tile.column_stride + i * kLanes;
      __builtin_prefetch(at + to_next_tile);
      parts[j] += load(at) * factor;
    });
  }
  const Pack totals = sums(parts);
  double* to = vector.data + static_cast<std::ptrdiff_t>(column) * vector.stride;
  if (Columns == kLanes && vector.stride == 1) return store(to, load(to) + totals);
  for (std::size_t j = 0; j < Columns; ++j, to += vector.stride) *to += totals[j];
}

}  // namespace

void multiply(const DesignTile& tile, ColumnVector<const double> vector, double* rows) {
  tile.far ? multiply_tile<true>(tile, vector, rows) : multiply_tile<false>(tile, vector, rows);
}

void add_transposed_product(const DesignTile& tile, const double* rows, ColumnVector<double> vector) {
  constexpr std::array kernels = {add_columns<1>, add_columns<2>, add_columns<3>, add_columns<4>,
                                  add_columns<5>, add_columns<6>, add_columns<7>, add_columns<8>};
  for (std::size_t column = 0; column < tile.columns; column += kernels.size()) {
    kernels[std::min(kernels.size(), tile.columns - column) - 1](tile, column, rows, vector);
  }
}

}  // namespace exmc::density
