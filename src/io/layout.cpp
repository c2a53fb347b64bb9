#include "layout.hpp"

#include <hdf5_hl.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <numeric>

#include "hdf5.hpp"

namespace exmc::io {
namespace {

static_assert(std::endian::native == std::endian::little, "draws are written as they are in memory");

hid_t stored_type(Storage storage) {
  switch (storage) {
    case Storage::float64:
      return H5T_IEEE_F64LE;
    case Storage::float32:
      return H5T_IEEE_F32LE;
    case Storage::int64:
      return H5T_STD_I64LE;
    case Storage::boolean:
      break;
  }
  return H5T_STD_I8LE;
}

/// What a dataset is made with: its space exists from the start; bytes are written by us, never by HDF5. The fill value
/// tells readers and tools what a missing draw looks like.
h5::Handle placed_in_file(Storage storage, std::int64_t missing = kMissingCount) {
  h5::Handle list = h5::timeless(H5P_DATASET_CREATE);
  h5::check(H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY), "allocate space early");
  h5::check(H5Pset_fill_time(list, H5D_FILL_TIME_NEVER), "set the fill time");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const bool real = storage == Storage::float64 || storage == Storage::float32;
  h5::check(
      real ? H5Pset_fill_value(list, H5T_NATIVE_DOUBLE, &nan) : H5Pset_fill_value(list, H5T_NATIVE_INT64, &missing),
      "set the fill value");
  return list;
}

/// One group and the dimension scales of its datasets (netCDF-4's shared dimensions; ArviZ's names).
class GroupWriter {
 public:
  using Coords = std::map<std::string, Coordinate>;

  /// @param thin  iterations of which one is a draw
  GroupWriter(hid_t file, const std::string& name, Coords coords = {}, std::uint64_t thin = 1)
      : coords_(std::move(coords)), thin_(thin) {
    const h5::Handle list = h5::timeless(H5P_GROUP_CREATE);
    h5::check(H5Pset_link_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "order the links");
    group_ = h5::Handle(H5Gcreate2(file, name.c_str(), H5P_DEFAULT, list, H5P_DEFAULT), H5Gclose,
                        "create the group " + name);
    h5::write_attribute(group_, "inference_library", std::string("exmc_mpi"));
  }

  /// A dataset (chain, draw, shape...), its draws still to be written.
  void add_column(const Column& column, std::uint64_t chains, std::uint64_t draws) {
    Shape extent{chains, draws};
    extent.insert(extent.end(), column.shape.begin(), column.shape.end());
    std::vector<hsize_t> chunk(extent.begin(), extent.end());
    for (hsize_t& length : chunk) length = std::max<hsize_t>(length, 1);
    const std::size_t width = stored_bytes(column.storage);
    chunk[0] = 1;
    chunk[1] = chunk_draws(draws, std::max<std::size_t>(1, element_count(column.shape)) * width);
    const h5::Handle list = placed_in_file(column.storage, column.missing);
    h5::check(H5Pset_chunk(list, static_cast<int>(chunk.size()), chunk.data()), "set the chunks of " + column.name);
    const h5::Handle dataset = create(column.name, stored_type(column.storage), extent, list);
    if (column.storage == Storage::boolean) mark_boolean(dataset);
    // netCDF's name for it: readers mask what they find there. A NaN needs no name.
    if (column.storage == Storage::int64) h5::write_attribute(dataset, kFillValue, column.missing);
    attach(dataset, column.name, extent, {"chain", "draw"}, column.dims);
  }

  /// A dataset (chain) that is changed in place.
  void add_per_chain(const std::string& name, Storage storage, std::uint64_t chains, std::int64_t value) {
    const h5::Handle list = placed_in_file(storage);
    const h5::Handle dataset = create(name, stored_type(storage), {chains}, list);
    if (storage == Storage::boolean) mark_boolean(dataset);
    write(dataset, H5T_NATIVE_INT64, std::vector<std::int64_t>(chains, value).data(), name);
    attach(dataset, name, {chains}, {"chain"});
  }

  /// A whole number that is changed in place.
  void add_number(const std::string& name, std::int64_t value) {
    write(create(name, H5T_STD_I64LE, {}, placed_in_file(Storage::int64)), H5T_NATIVE_INT64, &value, name);
  }

  /// A string of at most `bytes` that is changed in place.
  void add_short_string(const std::string& name, std::size_t bytes) { make_short_strings(name, bytes, {}, 1); }

  /// Columns of a table that are changed in place: numbers, missing at first, and strings of at most `bytes`, empty.
  void add_numbers(const std::string& name, Storage storage, const std::string& dimension, std::uint64_t rows) {
    const h5::Handle dataset = create(name, stored_type(storage), {rows}, placed_in_file(storage));
    const double missing = storage == Storage::float64 ? std::numeric_limits<double>::quiet_NaN() : -1;
    write(dataset, H5T_NATIVE_DOUBLE, std::vector<double>(rows, missing).data(), name);
    attach(dataset, name, {rows}, {dimension});
  }
  void add_short_strings(const std::string& name, std::size_t bytes, const std::string& dimension, std::uint64_t rows) {
    attach(make_short_strings(name, bytes, {rows}, rows), name, {rows}, {dimension});
  }

  /// Room for saved states (record, slot, byte); zeros mean that none was written.
  void add_states(const std::string& name, std::uint64_t records, std::uint64_t longest) {
    const Shape extent{records, 2, StateSlots::slot_bytes(longest)};
    h5::Handle list = h5::timeless(H5P_DATASET_CREATE);
    h5::check(H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY), "allocate space early");
    const h5::Handle dataset = create(name, H5T_STD_U8LE, extent, list);
    add_bare_dimension(name + "_byte", extent.back());  // a number of each byte would take eight times the states
    attach(dataset, name, extent, {name + "_chain", "slot", name + "_byte"});
  }

  void add_array(const NamedArray& array) {
    const h5::Handle list = h5::timeless(H5P_DATASET_CREATE);
    const h5::Handle dataset = create(array.name, H5T_IEEE_F64LE, array.value.shape, list);
    write(dataset, H5T_NATIVE_DOUBLE, array.value.values.data(), array.name);
    attach(dataset, array.name, array.value.shape, {}, array.dims);
  }

  void add_string(const std::string& name, const std::string& text) { h5::write_string(group_, name, text); }

 private:
  h5::Handle make_short_strings(const std::string& name, std::size_t bytes, const Shape& extent, std::uint64_t count) {
    const h5::Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "make a string type");
    h5::check(H5Tset_size(type, bytes), "make a string type");
    const h5::Handle list = h5::timeless(H5P_DATASET_CREATE);
    h5::check(H5Pset_alloc_time(list, H5D_ALLOC_TIME_EARLY), "allocate space early");
    h5::Handle dataset = create(name, type, extent, list);
    write(dataset, type, std::string(bytes * count, '\0').data(), name);
    return dataset;
  }

  h5::Handle create(const std::string& name, hid_t type, const Shape& extent, hid_t list) {
    const h5::Handle space = h5::simple_space({extent.begin(), extent.end()});
    return {H5Dcreate2(group_, name.c_str(), type, space, h5::link_of(name), list, H5P_DEFAULT), H5Dclose,
            "create the dataset " + name};
  }

  static void write(hid_t dataset, hid_t type, const void* values, const std::string& name) {
    h5::check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), "write the dataset " + name);
  }

  /// 0, step, 2 step, ...; in pieces, so that memory does not grow with the number of draws.
  static void write_counting(hid_t dataset, hsize_t length, std::uint64_t step, const std::string& name) {
    constexpr hsize_t most_at_once = 8192;
    const h5::Handle space = h5::simple_space({length});
    std::vector<std::int64_t> values;
    for (hsize_t start = 0, count = 0; start < length; start += count) {
      count = std::min(most_at_once, length - start);
      values.resize(count);
      std::iota(values.begin(), values.end(), static_cast<std::int64_t>(start));
      for (std::int64_t& value : values) value *= static_cast<std::int64_t>(step);
      const h5::Handle memory = h5::simple_space({count});
      h5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, nullptr, &count, nullptr), "select in " + name);
      h5::check(H5Dwrite(dataset, H5T_NATIVE_INT64, memory, space, H5P_DEFAULT, values.data()), "write " + name);
    }
  }

  /// As xarray writes booleans into netCDF, which has none.
  static void mark_boolean(hid_t dataset) { h5::write_attribute(dataset, "dtype", std::string("bool")); }

  /// Gives each axis its dimension: the leading ones by name, the others by `dims` or as <variable>_dim_<n>.
  void attach(hid_t dataset, const std::string& name, const Shape& extent, std::vector<std::string> dimensions,
              const std::vector<std::string>& dims = {}) {
    const std::size_t leading = dimensions.size();
    for (std::size_t axis = leading; axis < extent.size(); ++axis) {
      const std::size_t own = axis - leading;
      dimensions.push_back(dims.empty() ? name + "_dim_" + std::to_string(own) : dims.at(own));
    }
    for (std::size_t axis = 0; axis < extent.size(); ++axis) {
      h5::check(H5DSattach_scale(dataset, dimension(dimensions[axis], extent[axis]), static_cast<unsigned>(axis)),
                "attach the dimension " + dimensions[axis]);
    }
  }

  hid_t dimension(const std::string& name, std::size_t length) {
    if (const auto found = dimensions_.find(name); found != dimensions_.end()) return found->second;
    h5::Handle scale = make_scale(name, length);
    h5::check(H5DSset_scale(scale, name.c_str()), "make the dimension " + name);
    return dimensions_.emplace(name, std::move(scale)).first->second;
  }

  /// A dimension without numbers, as netCDF-4 writes it: a dataset that has a length and no place in the file.
  void add_bare_dimension(const std::string& name, std::size_t length) {
    h5::Handle list = h5::timeless(H5P_DATASET_CREATE);
    h5::check(H5Pset_alloc_time(list, H5D_ALLOC_TIME_LATE), "allocate space late");
    h5::Handle scale = create(name, H5T_IEEE_F32BE, {length}, list);
    std::string digits = std::to_string(length);
    digits.insert(0, digits.size() < 10 ? 10 - digits.size() : 0, ' ');
    const std::string called = "This is a netCDF dimension but not a netCDF variable." + digits;
    h5::check(H5DSset_scale(scale, called.c_str()), "make the dimension " + name);
    dimensions_.emplace(name, std::move(scale));
  }

  h5::Handle make_scale(const std::string& name, std::size_t length) {
    const auto found = coords_.find(name);
    if (found != coords_.end()) return h5::write_coordinate(group_, name, found->second);
    h5::Handle scale = create(name, H5T_STD_I64LE, {length}, h5::timeless(H5P_DATASET_CREATE));
    write_counting(scale, length, name == "draw" ? thin_ : 1, name);
    return scale;
  }

  h5::Handle group_;
  Coords coords_;
  std::uint64_t thin_;
  std::map<std::string, h5::Handle> dimensions_;
};

/// HDF5 takes space for its own needs in blocks of this size, from which it also takes that for the index of a
/// dataset's chunks while these are allocated. One that were as small as it is by default would stand between every few
/// chunks: whoever looks for them finds long runs where there are few blocks. What is left of the last is lost.
hsize_t metadata_block(const FileLayout& layout) {
  constexpr hsize_t blocks = 16, least = 2048;
  return std::max(least, index_bytes(layout) / blocks / 8 * 8);
}

h5::Handle create_file(const std::string& path, hsize_t metadata_block) {
  const h5::Handle list = h5::timeless(H5P_FILE_CREATE);
  h5::check(H5Pset_link_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "order the links");
  const h5::Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make an access list");
  h5::check(H5Pset_file_locking(access, false, true), "set the file locking");
  // What every HDF5 since 1.8 reads, with checksums over the metadata.
  h5::check(H5Pset_libver_bounds(access, H5F_LIBVER_V18, H5F_LIBVER_V18), "set the format version");
  // A number of eight bytes never straddles two disk sectors.
  h5::check(H5Pset_alignment(access, 1, 8), "set the alignment");
  h5::check(H5Pset_meta_block_size(access, metadata_block), "set the size of blocks");
  h5::Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, list, access), H5Fclose, "create the file");
  h5::write_attribute(file, "exmc_format", kFormatVersion);
  return file;
}

void write_draw_groups(hid_t file, const FileLayout& layout, const std::string& prefix, std::uint64_t rows) {
  const std::uint64_t thin = prefix.empty() ? layout.thin : 1;
  GroupWriter variables(file, prefix + "posterior", layout.coords, thin);
  for (const Column& column : layout.variables) variables.add_column(column, layout.chains, rows);
  GroupWriter statistics(file, prefix + "sample_stats", {}, thin);
  for (const Column& column : layout.statistics) statistics.add_column(column, layout.chains, rows);
  if (prefix.empty()) statistics.add_per_chain("settled", Storage::boolean, layout.chains, -1);
}

/// A group that is there only if it holds something.
struct Rows {
  std::uint64_t chains, draws, thin = 1;
};
void write_group(hid_t file, const std::string& name, const std::vector<Column>& columns,
                 const std::map<std::string, Coordinate>& coords, const Rows& rows) {
  if (columns.empty()) return;
  GroupWriter group(file, name, coords, rows.thin);
  for (const Column& column : columns) group.add_column(column, rows.chains, rows.draws);
}

void write_event_table(hid_t file, std::uint64_t rows) {
  GroupWriter events(file, "run/events");
  events.add_numbers("time", Storage::float64, "event", rows);
  events.add_short_strings("kind", kKindBytes, "event", rows);
  events.add_numbers("rank", Storage::int64, "event", rows);
  events.add_short_strings("host", kEventHostBytes, "event", rows);
  events.add_numbers("chain", Storage::int64, "event", rows);
  events.add_numbers("iteration", Storage::int64, "event", rows);
  events.add_short_strings("action", kActionBytes, "event", rows);
  for (const char* name : {"count", "missed"}) events.add_number(name, 0);
}

void write_chain_table(hid_t file, std::uint64_t chains) {
  GroupWriter table(file, "run/chains");
  table.add_numbers("rank", Storage::int64, "chain", chains);
  table.add_short_strings("host", kEventHostBytes, "chain", chains);
  for (const char* name : {"began", "ended"}) table.add_numbers(name, Storage::float64, "chain", chains);
  table.add_short_strings("failure", kFailureBytes, "chain", chains);
}

void write_run_group(hid_t file, const FileLayout& layout) {
  GroupWriter run(file, "run");
  run.add_per_chain("progress", Storage::int64, layout.chains, 0);
  run.add_per_chain("warmup_progress", Storage::int64, layout.chains, 0);
  if (layout.state_bytes > 0) run.add_states("states", layout.chains, layout.state_bytes);
  if (layout.warmup_state_bytes > 0) run.add_states("warmups", layout.warmed_chains, layout.warmup_state_bytes);
  // The last is the shared one.
  if (layout.tuning_bytes > 0) run.add_states("tunings", layout.warmed_chains + 1, layout.tuning_bytes);
  run.add_short_string("writer_host", kHostBytes);
  for (const char* name : {"writer_pid", "writer_start", "writer_since"}) run.add_number(name, 0);
  if (layout.has_goal) run.add_number(kLooked, 0);
  if (layout.is_predicted) run.add_per_chain(kPredicted, Storage::int64, layout.chains, 0);
  for (const auto& [name, text] : layout.run) run.add_string(name, text);
  write_event_table(file, EventTable::capacity_for(layout.chains));
  write_chain_table(file, layout.chains);
}

}  // namespace

void write_layout(const std::string& path, const FileLayout& layout) {
  h5::Handle file = create_file(path, metadata_block(layout));
  if (layout.thin > 1) h5::write_attribute(file, kThin, static_cast<std::int64_t>(layout.thin));
  write_draw_groups(file, layout, "", layout.draws);
  for (const auto& [quantities, columns] : layout.quantities) {
    write_group(file, group_name(quantities), columns, layout.coords, {layout.chains, layout.draws, layout.thin});
  }
  write_group(file, "prior", layout.prior.prior, layout.coords, {1, layout.prior.draws});
  write_group(file, "prior_predictive", layout.prior.predictive, layout.coords, {1, layout.prior.draws});
  if (layout.warmup > 0) write_draw_groups(file, layout, "warmup_", layout.warmup);
  {
    GroupWriter observed(file, "observed_data", layout.coords);
    for (const NamedArray& array : layout.observed) observed.add_array(array);
    GroupWriter constant(file, "constant_data", layout.coords);
    for (const NamedArray& array : layout.constant) constant.add_array(array);
    GroupWriter model(file, "model");
    for (const auto& [name, text] : layout.model) model.add_string(name, text);
  }
  write_run_group(file, layout);
  file.close("write the file");
}

}  // namespace exmc::io
