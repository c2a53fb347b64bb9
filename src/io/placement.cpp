#include "placement.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "hdf5.hpp"

namespace exmc::io {
namespace {

constexpr std::int8_t kMissingBoolean = -1;
constexpr std::int64_t kMissingInteger = -1;

Storage storage_of(hid_t dataset, const std::string& name) {
  const h5::Handle type(H5Dget_type(dataset), H5Tclose, "get a type");
  if (H5Tequal(type, H5T_IEEE_F64LE) > 0) return Storage::float64;
  if (H5Tequal(type, H5T_STD_I64LE) > 0) return Storage::int64;
  if (H5Tequal(type, H5T_STD_I8LE) > 0) return Storage::boolean;
  throw h5::Failure("the dataset " + name + " has a type that exmc_mpi does not write");
}

/// Calls visit(file offset, first draw within [first, first + rows), draws) for each chunk touched.
template <class Visit>
void for_each_chunk(const Placement& at, std::uint64_t chain, std::uint64_t first, std::uint64_t rows, Visit visit) {
  const std::uint64_t chunks_per_chain = at.offsets.size() / at.chains;
  for (std::uint64_t draw = first; draw < first + rows;) {
    const std::uint64_t chunk = draw / at.chunk_draws, within = draw % at.chunk_draws;
    const std::uint64_t count = std::min(at.chunk_draws - within, first + rows - draw);
    const std::uint64_t offset = at.offsets[chain * chunks_per_chain + chunk];
    visit(offset + within * at.elements * at.element_bytes(), draw - first, count);
    draw += count;
  }
}

template <class Stored>
void gather(const RowView& rows, std::uint64_t begin, std::uint64_t count, std::size_t elements, Stored* out) {
  for (std::uint64_t row = begin; row < begin + count; ++row) {
    const double* value = rows.values + row * rows.width + rows.column;
    if constexpr (std::is_same_v<Stored, double>) {
      std::copy_n(value, elements, out);
    } else {
      std::transform(value, value + elements, out, [](double x) {
        if (!std::isfinite(x)) return Stored{-1};
        return std::is_same_v<Stored, std::int8_t> ? static_cast<Stored>(x != 0) : static_cast<Stored>(x);
      });
    }
    out += elements;
  }
}

template <class Stored>
void scatter(const char* chunk, std::uint64_t draws, std::size_t elements, ElementRange range, double* out,
             std::size_t stride) {
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    const char* row = chunk + (draw * elements + range.first) * sizeof(Stored);
    for (std::size_t element = 0; element < range.count; ++element) {
      Stored value;
      std::memcpy(&value, row + element * sizeof(Stored), sizeof(Stored));
      out[element * stride + draw] = static_cast<double>(value);
    }
  }
}

template <class Stored>
void fill_chunk(std::vector<char>& chunk, Stored missing) {
  for (std::size_t at = 0; at < chunk.size(); at += sizeof(Stored)) std::memcpy(&chunk[at], &missing, sizeof(Stored));
}

}  // namespace

Placement locate(hid_t group, const std::string& name) {
  const h5::Handle dataset = h5::open_dataset(group, name);
  const h5::Handle list(H5Dget_create_plist(dataset), H5Pclose, "get a property list");
  const std::vector<hsize_t> extent = h5::extent_of(dataset);
  std::vector<hsize_t> chunk(extent.size());
  if (extent.size() < 2 || H5Pget_layout(list) != H5D_CHUNKED || H5Pget_nfilters(list) != 0 ||
      H5Pget_chunk(list, static_cast<int>(chunk.size()), chunk.data()) != static_cast<int>(chunk.size()) ||
      chunk[0] != 1 || chunk[1] == 0) {
    throw h5::Failure("the dataset " + name + " is not laid out as exmc_mpi does");
  }
  Placement at;
  at.column = {name, Shape(extent.begin() + 2, extent.end()), storage_of(dataset, name)};
  at.chains = extent[0];
  at.draws = extent[1];
  at.elements = element_count(at.column.shape);
  at.chunk_draws = chunk[1];
  std::vector<hsize_t> corner(extent.size(), 0);
  for (corner[0] = 0; corner[0] < at.chains; ++corner[0]) {
    for (corner[1] = 0; corner[1] < at.draws && at.elements > 0; corner[1] += at.chunk_draws) {
      haddr_t offset = HADDR_UNDEF;
      hsize_t bytes = 0;
      unsigned filters = 0;
      h5::check(H5Dget_chunk_info_by_coord(dataset, corner.data(), &filters, &offset, &bytes),
                "find the chunks of " + name);
      if (offset == HADDR_UNDEF) throw h5::Failure("the dataset " + name + " has no place for its draws");
      at.offsets.push_back(offset);
    }
  }
  return at;
}

std::uint64_t locate_contiguous(hid_t group, const std::string& name) {
  const h5::Handle dataset = h5::open_dataset(group, name);
  const haddr_t offset = H5Dget_offset(dataset);
  if (offset == HADDR_UNDEF) throw h5::Failure("the dataset " + name + " has no place in the file");
  return offset;
}

void fill(PosixFile& file, const Placement& at) {
  std::vector<char> chunk(at.chunk_bytes());
  switch (at.column.storage) {
    case Storage::float64:
      fill_chunk(chunk, std::numeric_limits<double>::quiet_NaN());
      break;
    case Storage::int64:
      fill_chunk(chunk, kMissingInteger);
      break;
    case Storage::boolean:
      fill_chunk(chunk, kMissingBoolean);
      break;
  }
  for (const std::uint64_t offset : at.offsets) file.write_at(offset, chunk.data(), chunk.size());
}

void write_rows(PosixFile& file, const Placement& at, std::uint64_t chain, const RowView& rows,
                std::vector<char>& scratch) {
  if (at.elements == 0) return;
  for_each_chunk(at, chain, rows.first, rows.rows, [&](std::uint64_t offset, std::uint64_t begin, std::uint64_t count) {
    scratch.resize(count * at.elements * at.element_bytes());
    switch (at.column.storage) {
      case Storage::float64:
        gather(rows, begin, count, at.elements, reinterpret_cast<double*>(scratch.data()));
        break;
      case Storage::int64:
        gather(rows, begin, count, at.elements, reinterpret_cast<std::int64_t*>(scratch.data()));
        break;
      case Storage::boolean:
        gather(rows, begin, count, at.elements, reinterpret_cast<std::int8_t*>(scratch.data()));
        break;
    }
    file.write_at(offset, scratch.data(), scratch.size());
  });
}

void copy_rows(const PosixFile& from, const Placement& source, PosixFile& to, const Placement& target,
               std::uint64_t chain, std::uint64_t rows) {
  if (target.elements == 0) return;
  const std::size_t row_bytes = target.elements * target.element_bytes();
  std::vector<char> bytes;
  for_each_chunk(target, chain, 0, rows, [&](std::uint64_t offset, std::uint64_t begin, std::uint64_t count) {
    bytes.resize(count * row_bytes);
    for_each_chunk(source, chain, begin, count, [&](std::uint64_t there, std::uint64_t row, std::uint64_t some) {
      from.read_at(there, bytes.data() + row * row_bytes, some * row_bytes);
    });
    to.write_at(offset, bytes.data(), bytes.size());
  });
}

void read_elements(const PosixFile& file, const Placement& at, std::uint64_t chain, std::uint64_t draws,
                   ElementRange range, double* out, std::size_t stride) {
  std::vector<char> chunk(at.chunk_bytes());
  for_each_chunk(at, chain, 0, draws, [&](std::uint64_t offset, std::uint64_t begin, std::uint64_t count) {
    file.read_at(offset, chunk.data(), count * at.elements * at.element_bytes());
    switch (at.column.storage) {
      case Storage::float64:
        return scatter<double>(chunk.data(), count, at.elements, range, out + begin, stride);
      case Storage::int64:
        return scatter<std::int64_t>(chunk.data(), count, at.elements, range, out + begin, stride);
      case Storage::boolean:
        return scatter<std::int8_t>(chunk.data(), count, at.elements, range, out + begin, stride);
    }
  });
}

}  // namespace exmc::io
