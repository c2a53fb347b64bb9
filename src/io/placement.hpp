#pragma once

#include <hdf5.h>

#include <cstdint>
#include <string>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/core/long_work.hpp"
#include "exmc/io/draw_file.hpp"
#include "gathered_writes.hpp"
#include "posix_file.hpp"

namespace exmc::io {

/// Where the bytes of a dataset (chain, draw, shape...) stand in the file. All chunks exist from the start, unfiltered,
/// so draws can be read and written without HDF5, in place.
struct Placement {
  Column column;
  std::uint64_t chains = 0, draws = 0;
  std::size_t elements = 1;            ///< per draw
  std::uint64_t chunk_draws = 1;       ///< draws in one chunk
  std::vector<std::uint64_t> offsets;  ///< in the file, of the chunks: chain by chain, in order of draws

  [[nodiscard]] std::size_t element_bytes() const { return stored_bytes(column.storage); }
  [[nodiscard]] std::uint64_t chunk_bytes() const { return chunk_draws * elements * element_bytes(); }
};

[[nodiscard]] std::vector<Column> columns_of(const std::vector<Placement>& placements);

/// Rows as they travel: row-major doubles, of which a column takes `elements` from `column` on.
struct RowView {
  const double* values = nullptr;
  std::size_t width = 0;
  std::size_t column = 0;
  std::uint64_t first = 0, rows = 0;  ///< which draws they are
};

/// Reads a dataset's placement. @throws h5::Failure when it is not one that this program made.
[[nodiscard]] Placement locate(hid_t group, const std::string& name);

/// The offset of a small contiguous dataset whose bytes are changed in place.
[[nodiscard]] std::uint64_t locate_contiguous(hid_t group, const std::string& name);

/// Of int64 columns: netCDF's name for the attribute that holds the missing value.
inline constexpr const char* kFillValue = "_FillValue";

/// Gives every element its missing value (NaN, the column's, -1). `meter` counts bytes.
void fill(PosixFile& file, const Placement& placement, WorkMeter& meter);

/// Converts and writes one column of rows.
void write_rows(GatheredWrites& writes, const Placement& placement, std::uint64_t chain, const RowView& rows);

/// A chain of one file, which becomes one of another.
struct ChainCopy {
  std::uint64_t from, to;
};

/// Copies draws [0, rows) of a chain from a column of one file to the same column of another, whose chunks may be
/// longer or shorter, byte for byte.
void copy_rows(const PosixFile& from, const Placement& source, PosixFile& to, const Placement& target,
               const ChainCopy& chain, std::uint64_t rows, WorkMeter& meter);

/// How many elements of draws [0, draws) of a chain are missing in an int64 column.
[[nodiscard]] std::uint64_t count_missing(const PosixFile& file, const Placement& placement, std::uint64_t chain,
                                          std::uint64_t draws);

/// Elements [first_element, first_element + count) of draws [first_draw, first_draw + draws) of a chain, as doubles,
/// into out: element by element, `draws` values each, `stride` apart. Missing integers are NaN.
struct ElementRange {
  std::size_t first = 0, count = 1;
};
void read_elements(const PosixFile& file, const Placement& placement, std::uint64_t chain, std::uint64_t draws,
                   ElementRange range, double* out, std::size_t stride, std::uint64_t first_draw = 0);

}  // namespace exmc::io
