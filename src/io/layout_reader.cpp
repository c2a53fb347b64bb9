#include <hdf5_hl.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>

#include "exmc/core/error.hpp"
#include "exmc/io/read_dataset.hpp"
#include "hdf5.hpp"
#include "layout.hpp"

/// What a file that write_layout() made holds, and where.
namespace exmc::io {
namespace {

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

/// What a group holds, in the order it was made in.
std::vector<std::string> names_in(hid_t group) {
  std::vector<std::string> names;
  h5::check(H5Literate(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, nullptr, collect_name, &names), "list a group");
  return names;
}

/// The columns of a group, in the order they were made in.
std::vector<Placement> locate_columns(hid_t file, const std::string& group_name) {
  const h5::Handle group = h5::open_group(file, group_name);
  std::vector<Placement> columns;
  for (const std::string& name : names_in(group)) {
    const h5::Handle dataset = h5::open_dataset(group, name);
    if (H5DSis_scale(dataset) > 0 || h5::extent_of(dataset).size() < 2) continue;
    columns.push_back(locate(group, name));
  }
  return columns;
}

herr_t take_scale(hid_t, unsigned, hid_t scale, void* name) {
  std::array<char, 512> text{};
  if (H5DSget_scale_name(scale, text.data(), text.size()) < 0) return -1;
  *static_cast<std::string*>(name) = text.data();
  return 1;
}

/// Whether a dimension is called as it would be by itself.
bool is_default(std::string_view dimension, const std::string& variable, std::size_t axis) {
  return dimension == variable + "_dim_" + std::to_string(axis);
}

/// What the axes behind the first `leading` are called; nothing where they have no names of their own. Notes the
/// values along them.
std::vector<std::string> read_dims(hid_t group, const std::string& variable, std::size_t leading,
                                   std::map<std::string, Coordinate>& coords) {
  const h5::Handle dataset = h5::open_dataset(group, variable);
  const std::size_t rank = h5::extent_of(dataset).size();
  std::vector<std::string> dims;
  bool own = false;
  for (std::size_t axis = leading; axis < rank; ++axis) {
    std::string& name = dims.emplace_back();
    h5::check(H5DSiterate_scales(dataset, static_cast<unsigned>(axis), nullptr, take_scale, &name), "name the axes");
    if (is_default(name, variable, axis - leading)) continue;
    own = true;
    if (!coords.contains(name)) coords.emplace(name, h5::read_coordinate(group, name));
  }
  return own ? dims : std::vector<std::string>();
}

std::vector<Column> columns_of(hid_t file, const std::string& group_name, const std::vector<Placement>& placements,
                               std::map<std::string, Coordinate>& coords) {
  std::vector<Column> columns;
  if (placements.empty()) return columns;
  const h5::Handle group = h5::open_group(file, group_name);
  for (const Placement& placement : placements) {
    columns.push_back(placement.column);
    columns.back().dims = read_dims(group, placement.column.name, 2, coords);
  }
  return columns;
}

std::vector<const Placement*> pointers(std::initializer_list<const std::vector<Placement>*> groups) {
  std::vector<const Placement*> row;
  for (const std::vector<Placement>* group : groups) {
    for (const Placement& column : *group) row.push_back(&column);
  }
  return row;
}

std::vector<NamedArray> read_arrays(const std::string& path, hid_t file, const std::string& group_name,
                                    std::map<std::string, Coordinate>& coords) {
  const h5::Handle group = h5::open_group(file, group_name);
  std::vector<NamedArray> arrays;
  for (const std::string& name : names_in(group)) {
    if (H5DSis_scale(h5::open_dataset(group, name)) > 0) continue;
    arrays.push_back({name, read_dataset(path, group_name + "/" + name), read_dims(group, name, 0, coords)});
  }
  return arrays;
}

/// The strings of a group that were written once and never change.
std::vector<std::pair<std::string, std::string>> read_strings(hid_t file, const std::string& group_name) {
  const h5::Handle group = h5::open_group(file, group_name);
  std::vector<std::pair<std::string, std::string>> strings;
  for (const std::string& name : names_in(group)) {
    H5O_info_t info;
    h5::check(H5Oget_info_by_name2(group, name.c_str(), &info, H5O_INFO_BASIC, H5P_DEFAULT), "examine " + name);
    if (info.type != H5O_TYPE_DATASET) continue;
    const h5::Handle type(H5Dget_type(h5::open_dataset(group, name)), H5Tclose, "get a type");
    if (H5Tis_variable_str(type) > 0) strings.emplace_back(name, h5::read_string(group, name));
  }
  return strings;
}

/// No records where the file has no such dataset.
StateSlots locate_slots(hid_t run, const std::string& name) {
  if (!h5::has_link(run, name)) return {};
  const std::vector<hsize_t> extent = h5::extent_of(h5::open_dataset(run, name));
  return {locate_contiguous(run, name), extent.at(0), extent.at(2)};
}

}  // namespace

std::string group_name(Quantities group) {
  switch (group) {
    case Quantities::posterior_predictive:
      return "posterior_predictive";
    case Quantities::log_likelihood:
      return "log_likelihood";
    case Quantities::log_prior:
      break;
  }
  return "log_prior";
}

std::vector<const Placement*> FileMap::draw_row() const {
  std::vector<const Placement*> row = pointers({&statistics, &variables});
  for (const auto& [group, columns] : quantities) std::ranges::copy(pointers({&columns}), std::back_inserter(row));
  return row;
}

std::vector<const Placement*> FileMap::warmup_row() const { return pointers({&warmup_statistics, &warmup_variables}); }
std::vector<const Placement*> FileMap::prior_row() const { return pointers({&prior, &prior_predictive}); }

std::uint64_t read_looked(const PosixFile& file, const FileMap& map) {
  std::uint64_t looked = 0;
  if (map.looked) file.read_at(*map.looked, &looked, sizeof looked);
  return looked;
}

std::vector<std::uint64_t> read_counts(const PosixFile& file, std::uint64_t offset, std::uint64_t chains) {
  std::vector<std::uint64_t> counts(chains);
  file.read_at(offset, counts.data(), counts.size() * sizeof(std::uint64_t));
  return counts;
}

bool is_predicted(const PosixFile& file, const FileMap& map) {
  return !map.predicted || read_counts(file, *map.predicted, map.chains) == read_counts(file, map.progress, map.chains);
}

void require_predicted(const PosixFile& file, const FileMap& map) {
  if (is_predicted(file, map)) return;
  throw IoError(file.label() + ": not all of " + map.predicting + " is there: exmc_mpi --predict " + file.label() +
                " goes on with it");
}

FileLayout read_layout(const std::string& path, const FileMap& map) {
  const h5::Handle file = h5::open_file(path);
  FileLayout layout;
  layout.chains = map.chains;
  layout.draws = map.draws;
  layout.warmup = map.warmup;
  layout.thin = map.thin;
  const auto columns = [&](const std::string& group, const std::vector<Placement>& placements) {
    return columns_of(file, group, placements, layout.coords);
  };
  layout.statistics = columns("sample_stats", map.statistics);
  layout.variables = columns("posterior", map.variables);
  for (const auto& [group, placements] : map.quantities) {
    layout.quantities[group] = columns(group_name(group), placements);
  }
  if (!map.prior_row().empty()) layout.prior.draws = map.prior_row().front()->draws;
  layout.prior.prior = columns("prior", map.prior);
  layout.prior.predictive = columns("prior_predictive", map.prior_predictive);
  layout.observed = read_arrays(path, file, "observed_data", layout.coords);
  layout.constant = read_arrays(path, file, "constant_data", layout.coords);
  layout.model = read_strings(file, "model");
  layout.run = read_strings(file, "run");
  layout.has_goal = map.looked.has_value();
  return layout;
}

std::map<std::string, std::vector<Coordinate>> read_axes(const std::string& path,
                                                         const std::vector<Placement>& variables) {
  const h5::Handle file = h5::open_file(path);
  std::map<std::string, Coordinate> coords;
  std::map<std::string, std::vector<Coordinate>> axes;
  for (const Column& column : columns_of(file, "posterior", variables, coords)) {
    for (const std::string& dimension : column.dims) {
      const auto known = coords.find(dimension);
      axes[column.name].push_back(known == coords.end() ? Coordinate{} : known->second);
    }
  }
  return axes;
}

FileMap read_map(const std::string& path) {
  const h5::Handle file = h5::open_file(path);
  const std::int64_t version = h5::read_attribute(file, "exmc_format", std::int64_t{0});
  if (version == 0) throw h5::Failure("is not a file of exmc_mpi");
  if (version != kFormatVersion) {
    throw h5::Failure("has format " + std::to_string(version) + ", this program knows " +
                      std::to_string(kFormatVersion));
  }
  FileMap map;
  map.thin = static_cast<std::uint64_t>(h5::read_attribute(file, kThin, std::int64_t{1}));
  map.statistics = locate_columns(file, "sample_stats");
  map.variables = locate_columns(file, "posterior");
  if (h5::has_link(file, "prior")) map.prior = locate_columns(file, "prior");
  if (h5::has_link(file, "prior_predictive")) map.prior_predictive = locate_columns(file, "prior_predictive");
  for (const Quantities group : kQuantities) {
    if (h5::has_link(file, group_name(group))) map.quantities[group] = locate_columns(file, group_name(group));
  }
  if (h5::has_link(file, "warmup_posterior")) {
    map.warmup_statistics = locate_columns(file, "warmup_sample_stats");
    map.warmup_variables = locate_columns(file, "warmup_posterior");
    map.warmup = map.warmup_statistics.empty() ? 0 : map.warmup_statistics.front().draws;
  }
  const h5::Handle run = h5::open_group(file, "run");
  map.chains = h5::extent_of(h5::open_dataset(run, "progress")).at(0);
  map.progress = locate_contiguous(run, "progress");
  map.warmup_progress = locate_contiguous(run, "warmup_progress");
  map.states = locate_slots(run, "states");
  map.warmups = locate_slots(run, "warmups");
  map.tunings = locate_slots(run, "tunings");
  map.writer_host = locate_contiguous(run, "writer_host");
  map.writer_pid = locate_contiguous(run, "writer_pid");
  map.writer_start = locate_contiguous(run, "writer_start");
  map.writer_since = locate_contiguous(run, "writer_since");
  map.events = EventTable(run);
  map.chain_table = ChainTable(run);
  if (h5::has_link(run, kLooked)) map.looked = locate_contiguous(run, kLooked);
  if (h5::has_link(run, kPredicted)) {
    map.predicted = locate_contiguous(run, kPredicted);
    map.predicting = h5::read_string(run, kPredicting);
  }
  if (h5::has_link(run, kGoal)) map.goal = h5::read_string(run, kGoal);
  const h5::Handle statistics = h5::open_group(file, "sample_stats");
  map.settled = locate_contiguous(statistics, "settled");
  if (map.statistics.empty() || map.chains == 0) throw h5::Failure("has no draws");
  map.draws = map.statistics.front().draws;
  return map;
}

}  // namespace exmc::io
