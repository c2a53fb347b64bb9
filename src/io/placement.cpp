#include "placement.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "hdf5.hpp"

namespace exmc::io {
namespace {

constexpr std::int8_t kMissingBoolean = -1;

Storage storage_of(hid_t dataset, const std::string& name) {
  const h5::Handle type(H5Dget_type(dataset), H5Tclose, "get a type");
  if (H5Tequal(type, H5T_IEEE_F64LE) > 0) return Storage::float64;
  if (H5Tequal(type, H5T_IEEE_F32LE) > 0) return Storage::float32;
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
Stored stored_as(double x, std::int64_t missing) {
  if constexpr (std::is_same_v<Stored, float>) {
    return static_cast<float>(x);
  } else if constexpr (std::is_same_v<Stored, std::int8_t>) {
    return std::isfinite(x) ? static_cast<Stored>(x != 0) : kMissingBoolean;
  } else {
    return x >= -0x1p63 && x < 0x1p63 ? static_cast<Stored>(x) : missing;
  }
}

template <class Stored>
void gather(const RowView& rows, std::uint64_t begin, std::uint64_t count, const Placement& at, char* out) {
  for (std::uint64_t row = begin; row < begin + count; ++row) {
    const double* value = rows.values + row * rows.width + rows.column;
    if constexpr (std::is_same_v<Stored, double>) {
      std::memcpy(out, value, at.elements * sizeof(Stored));
      out += at.elements * sizeof(Stored);
    } else {
      for (std::size_t element = 0; element < at.elements; ++element, out += sizeof(Stored)) {
        const Stored stored = stored_as<Stored>(value[element], at.column.missing);
        std::memcpy(out, &stored, sizeof stored);
      }
    }
  }
}

template <class Stored>
void scatter(const char* chunk, std::uint64_t draws, const Placement& at, ElementRange range, double* out,
             std::size_t stride) {
  const auto number = [missing = at.column.missing](Stored value) {
    if (std::is_same_v<Stored, std::int64_t> && value == missing) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(value);
  };
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    const char* row = chunk + (draw * at.elements + range.first) * sizeof(Stored);
    for (std::size_t element = 0; element < range.count; ++element) {
      Stored value;
      std::memcpy(&value, row + element * sizeof(Stored), sizeof(Stored));
      out[element * stride + draw] = number(value);
    }
  }
}

template <class Stored>
void fill_chunk(std::vector<char>& chunk, Stored missing) {
  for (std::size_t at = 0; at < chunk.size(); at += sizeof(Stored)) std::memcpy(&chunk[at], &missing, sizeof(Stored));
}

/// Where the chunks of a dataset are. HDF5 finds one in a time proportional to their number, so as few as possible are
/// asked for: they are allocated when the dataset is made, in order and at multiples of eight (write_layout), so that
/// where the first and the last of some are as far apart as those between them need, these are there.
class ChunkFinder {
 public:
  ChunkFinder(hid_t dataset, const Placement& at) : dataset_(dataset), at_(at) {}

  std::vector<std::uint64_t> find() {
    offsets_.resize(at_.elements > 0 ? at_.chains * chunks_per_chain() : 0);
    if (offsets_.empty()) return {};
    offsets_.front() = ask(0);
    offsets_.back() = ask(offsets_.size() - 1);
    find_between(0, offsets_.size() - 1);
    return std::move(offsets_);
  }

 private:
  [[nodiscard]] std::uint64_t chunks_per_chain() const { return (at_.draws + at_.chunk_draws - 1) / at_.chunk_draws; }

  void find_between(std::size_t first, std::size_t last) {
    if (last - first < 2) return;
    const std::uint64_t step = (at_.chunk_bytes() + 7) / 8 * 8;
    if (offsets_[last] == offsets_[first] + (last - first) * step) {
      for (std::size_t chunk = first + 1; chunk < last; ++chunk) offsets_[chunk] = offsets_[chunk - 1] + step;
      return;
    }
    const std::size_t middle = first + (last - first) / 2;
    offsets_[middle] = ask(middle);
    find_between(first, middle);
    find_between(middle, last);
  }

  [[nodiscard]] std::uint64_t ask(std::size_t chunk) const {
    std::vector<hsize_t> corner(2 + at_.column.shape.size(), 0);
    corner[0] = chunk / chunks_per_chain();
    corner[1] = chunk % chunks_per_chain() * at_.chunk_draws;
    haddr_t offset = HADDR_UNDEF;
    hsize_t bytes = 0;
    unsigned filters = 0;
    h5::check(H5Dget_chunk_info_by_coord(dataset_, corner.data(), &filters, &offset, &bytes),
              "find the chunks of " + at_.column.name);
    if (offset == HADDR_UNDEF) throw h5::Failure("the dataset " + at_.column.name + " has no place for its draws");
    return offset;
  }

  hid_t dataset_;
  const Placement& at_;
  std::vector<std::uint64_t> offsets_;
};

}  // namespace

std::vector<Column> columns_of(const std::vector<Placement>& placements) {
  std::vector<Column> columns;
  columns.reserve(placements.size());
  for (const Placement& placement : placements) columns.push_back(placement.column);
  return columns;
}

Placement locate(hid_t group, const std::string& name) {
  const h5::Handle dataset = h5::open_dataset(group, name);
  const h5::Handle list(H5Dget_create_plist(dataset), H5Pclose, "get a property list");
  const std::vector<hsize_t> extent = h5::extent_of(dataset);
  std::vector<hsize_t> chunk(extent.size());
  H5D_alloc_time_t allocated = H5D_ALLOC_TIME_DEFAULT;
  if (extent.size() < 2 || H5Pget_layout(list) != H5D_CHUNKED || H5Pget_nfilters(list) != 0 ||
      H5Pget_alloc_time(list, &allocated) < 0 || allocated != H5D_ALLOC_TIME_EARLY ||
      H5Pget_chunk(list, static_cast<int>(chunk.size()), chunk.data()) != static_cast<int>(chunk.size()) ||
      chunk[0] != 1 || chunk[1] == 0) {
    throw h5::Failure("the dataset " + name + " is not laid out as exmc_mpi does");
  }
  Placement at;
  at.column = {name, Shape(extent.begin() + 2, extent.end()), storage_of(dataset, name)};
  at.column.missing = h5::read_attribute(dataset, kFillValue, kMissingCount);
  at.chains = extent[0];
  at.draws = extent[1];
  at.elements = element_count(at.column.shape);
  at.chunk_draws = chunk[1];
  at.offsets = ChunkFinder(dataset, at).find();
  return at;
}

std::uint64_t locate_contiguous(hid_t group, const std::string& name) {
  const h5::Handle dataset = h5::open_dataset(group, name);
  const haddr_t offset = H5Dget_offset(dataset);
  if (offset == HADDR_UNDEF) throw h5::Failure("the dataset " + name + " has no place in the file");
  return offset;
}

void fill(PosixFile& file, const Placement& at, WorkMeter& meter) {
  std::vector<char> chunk(at.chunk_bytes());
  switch (at.column.storage) {
    case Storage::float64:
      fill_chunk(chunk, std::numeric_limits<double>::quiet_NaN());
      break;
    case Storage::float32:
      fill_chunk(chunk, std::numeric_limits<float>::quiet_NaN());
      break;
    case Storage::int64:
      fill_chunk(chunk, at.column.missing);
      break;
    case Storage::boolean:
      fill_chunk(chunk, kMissingBoolean);
      break;
  }
  GatheredWrites writes(file);
  for (const std::uint64_t offset : at.offsets) {
    std::ranges::copy(chunk, writes.add(offset, chunk.size()).begin());
    meter.add(chunk.size());
  }
  writes.write();
}

void write_rows(GatheredWrites& writes, const Placement& at, std::uint64_t chain, const RowView& rows) {
  if (at.elements == 0) return;
  for_each_chunk(at, chain, rows.first, rows.rows, [&](std::uint64_t offset, std::uint64_t begin, std::uint64_t count) {
    char* const out = writes.add(offset, count * at.elements * at.element_bytes()).data();
    switch (at.column.storage) {
      case Storage::float64:
        return gather<double>(rows, begin, count, at, out);
      case Storage::float32:
        return gather<float>(rows, begin, count, at, out);
      case Storage::int64:
        return gather<std::int64_t>(rows, begin, count, at, out);
      case Storage::boolean:
        return gather<std::int8_t>(rows, begin, count, at, out);
    }
  });
}

void copy_rows(const PosixFile& from, const Placement& source, PosixFile& to, const Placement& target,
               const ChainCopy& chain, std::uint64_t rows, WorkMeter& meter) {
  if (target.elements == 0) return;
  const std::size_t row_bytes = target.elements * target.element_bytes();
  std::vector<char> bytes;
  for_each_chunk(target, chain.to, 0, rows, [&](std::uint64_t offset, std::uint64_t begin, std::uint64_t count) {
    bytes.resize(count * row_bytes);
    for_each_chunk(source, chain.from, begin, count, [&](std::uint64_t there, std::uint64_t row, std::uint64_t some) {
      from.read_at(there, bytes.data() + row * row_bytes, some * row_bytes);
    });
    to.write_at(offset, bytes.data(), bytes.size());
    meter.add(bytes.size());
  });
}

std::uint64_t count_missing(const PosixFile& file, const Placement& at, std::uint64_t chain, std::uint64_t draws) {
  if (at.column.storage != Storage::int64 || at.elements == 0) return 0;
  std::vector<std::int64_t> values(at.chunk_draws * at.elements);
  std::uint64_t missing = 0;
  for_each_chunk(at, chain, 0, draws, [&](std::uint64_t offset, std::uint64_t, std::uint64_t count) {
    const std::size_t elements = count * at.elements;
    file.read_at(offset, values.data(), elements * sizeof(std::int64_t));
    const auto end = values.begin() + static_cast<std::ptrdiff_t>(elements);
    missing += static_cast<std::uint64_t>(std::count(values.begin(), end, at.column.missing));
  });
  return missing;
}

void read_elements(const PosixFile& file, const Placement& at, std::uint64_t chain, std::uint64_t draws,
                   ElementRange range, double* out, std::size_t stride, std::uint64_t first_draw) {
  std::vector<char> chunk(at.chunk_bytes());
  for_each_chunk(at, chain, first_draw, draws, [&](std::uint64_t offset, std::uint64_t begin, std::uint64_t count) {
    file.read_at(offset, chunk.data(), count * at.elements * at.element_bytes());
    switch (at.column.storage) {
      case Storage::float64:
        return scatter<double>(chunk.data(), count, at, range, out + begin, stride);
      case Storage::float32:
        return scatter<float>(chunk.data(), count, at, range, out + begin, stride);
      case Storage::int64:
        return scatter<std::int64_t>(chunk.data(), count, at, range, out + begin, stride);
      case Storage::boolean:
        return scatter<std::int8_t>(chunk.data(), count, at, range, out + begin, stride);
    }
  });
}

}  // namespace exmc::io
