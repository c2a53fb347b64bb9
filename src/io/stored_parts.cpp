#include "stored_parts.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "exmc/core/element_index.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "hdf5.hpp"

namespace exmc::io {
namespace {

/// Registered filters that are met most (the HDF Group's list); files need not name them.
struct FilterName {
  H5Z_filter_t id;
  std::string_view name;
};
constexpr std::array kFilterNames = {FilterName{H5Z_FILTER_DEFLATE, "gzip"},
                                     FilterName{H5Z_FILTER_SZIP, "szip"},
                                     FilterName{307, "bzip2"},
                                     FilterName{32000, "lzf"},
                                     FilterName{32001, "blosc"},
                                     FilterName{32004, "lz4"},
                                     FilterName{32008, "bitshuffle"},
                                     FilterName{32013, "zfp"},
                                     FilterName{32015, "zstd"},
                                     FilterName{32026, "blosc2"}};

std::string filter_name(H5Z_filter_t id, const char* given) {
  const auto known = std::find_if(kFilterNames.begin(), kFilterNames.end(), [&](const auto& f) { return f.id == id; });
  if (known != kFilterNames.end()) return std::string(known->name);
  return *given != '\0' ? printable(given) : "of number " + std::to_string(id);
}

/// Calls visit(corner) for each chunk, in row-major order, until one is true. @return whether one was.
template <class Visit>
bool any_chunk(const std::vector<hsize_t>& chunk, const Shape& shape, Visit visit) {
  std::vector<hsize_t> corner(chunk.size(), 0);
  while (!visit(corner)) {
    std::size_t axis = chunk.size();
    while (axis > 0 && (corner[axis - 1] += chunk[axis - 1]) >= shape[axis - 1]) corner[--axis] = 0;
    if (axis == 0) return false;
  }
  return true;
}

std::string place_of(const std::vector<hsize_t>& corner) {
  std::string text;
  for (const hsize_t index : corner) text += "[" + std::to_string(index) + "]";
  return text;
}

std::uint64_t chunk_count(const std::vector<hsize_t>& chunk, const Shape& shape) {
  std::uint64_t count = 1;
  for (std::size_t axis = 0; axis < chunk.size(); ++axis) count *= (shape[axis] + chunk[axis] - 1) / chunk[axis];
  return count;
}

[[noreturn]] void refuse_unwritten(const std::string& which) {
  throw InputError(which + " was never written: missing values are refused");
}

void require_chunks(hid_t dataset, hid_t creation, const Shape& shape) {
  std::vector<hsize_t> chunk(shape.size());
  h5::check(H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()), "get the chunks");
  const h5::Handle space(H5Dget_space(dataset), H5Sclose, "get a dataspace");
  hsize_t written = 0;
  h5::check(H5Dget_num_chunks(dataset, space, &written), "count the chunks");
  if (written >= chunk_count(chunk, shape)) return;
  any_chunk(chunk, shape, [&](const std::vector<hsize_t>& corner) {
    haddr_t address = HADDR_UNDEF;
    hsize_t bytes = 0;
    unsigned mask = 0;
    h5::check(H5Dget_chunk_info_by_coord(dataset, corner.data(), &mask, &address, &bytes), "find a chunk");
    if (address == HADDR_UNDEF) refuse_unwritten("the chunk that begins at element " + place_of(corner));
    return false;
  });
}

}  // namespace

void require_filters(hid_t dataset) {
  const h5::Handle creation(H5Dget_create_plist(dataset), H5Pclose, "get a property list");
  const int count = h5::check(H5Pget_nfilters(creation), "count the filters");
  for (int i = 0; i < count; ++i) {
    std::array<char, 64> name{};
    unsigned flags = 0;
    std::size_t values = 0;
    const H5Z_filter_t id =
        H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values, nullptr, name.size(), name.data(), nullptr);
    h5::check(id, "get a filter");
    if (H5Zfilter_avail(id) > 0) continue;
    throw InputError("is stored with the filter " + filter_name(id, name.data()) +
                     ", which this program's HDF5 lacks; store it with gzip, or without a filter");
  }
}

void require_written(hid_t dataset, const Shape& shape) {
  if (element_count(shape) == 0) return;
  const h5::Handle creation(H5Dget_create_plist(dataset), H5Pclose, "get a property list");
  H5D_space_status_t status = H5D_SPACE_STATUS_ERROR;
  h5::check(H5Dget_space_status(dataset, &status), "look for the place of the numbers");
  const H5D_layout_t layout = H5Pget_layout(creation);
  if (layout != H5D_COMPACT && status == H5D_SPACE_STATUS_NOT_ALLOCATED) refuse_unwritten("it");
  if (layout == H5D_CHUNKED) require_chunks(dataset, creation, shape);
}

}  // namespace exmc::io
