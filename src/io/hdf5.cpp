#include "hdf5.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace exmc::io::h5 {
namespace {

/// Keeps the description of the last frame walked: going upward, the first call; going downward, the one that failed.
herr_t keep_description(unsigned, const H5E_error2_t* frame, void* kept) {
  if (frame->desc != nullptr && *frame->desc != '\0') *static_cast<std::string*>(kept) = frame->desc;
  return 0;
}

/// The system's reason where HDF5's text has one among times, addresses and line ends.
std::string in_one_line(const std::string& reason) {
  const std::string marker = "errno = ";
  if (const std::size_t at = reason.find(marker); at != std::string::npos) {
    return std::strerror(std::atoi(reason.c_str() + at + marker.size()));
  }
  if (reason.starts_with("truncated file")) return "truncated file";
  return reason.substr(0, reason.find('\n'));
}

Handle utf8_string() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "make a string type");
  check(H5Tset_size(type, H5T_VARIABLE), "make a string type");
  check(H5Tset_cset(type, H5T_CSET_UTF8), "make a string type");
  return type;
}

Handle scalar_space() { return {H5Screate(H5S_SCALAR), H5Sclose, "make a scalar dataspace"}; }

Handle create_attribute(hid_t object, const std::string& name, hid_t type) {
  return {H5Acreate2(object, name.c_str(), type, scalar_space(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
          "create the attribute " + name};
}

/// A string that HDF5 allocated.
std::string take(char* text) {
  std::string copy = text == nullptr ? "" : text;
  H5free_memory(text);
  return copy;
}

}  // namespace

void prepare_library() {
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

void fail(const std::string& what) {
  std::string reason = "no reason given";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_description, &reason);
  throw Failure("cannot " + what + ": " + in_one_line(reason));
}

Handle simple_space(const std::vector<hsize_t>& extent) {
  if (extent.empty()) return scalar_space();
  return {H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose, "make a dataspace"};
}

Handle open_file(const std::string& path) {
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make an access list");
  check(H5Pset_file_locking(access, false, true), "set the file locking");
  return {H5Fopen(path.c_str(), H5F_ACC_RDONLY, access), H5Fclose, "read it as HDF5"};
}

Handle open_group(hid_t parent, const std::string& name) {
  return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose, "open the group " + name};
}

Handle open_dataset(hid_t parent, const std::string& name) {
  return {H5Dopen2(parent, name.c_str(), H5P_DEFAULT), H5Dclose, "open the dataset " + name};
}

bool has_link(hid_t parent, const std::string& name) {
  return check(H5Lexists(parent, name.c_str(), H5P_DEFAULT), "look for " + name) > 0;
}

std::vector<hsize_t> extent_of(hid_t dataset) {
  const Handle space(H5Dget_space(dataset), H5Sclose, "get a dataspace");
  std::vector<hsize_t> extent(static_cast<std::size_t>(check(H5Sget_simple_extent_ndims(space), "get a rank")));
  check(H5Sget_simple_extent_dims(space, extent.data(), nullptr), "get an extent");
  return extent;
}

void write_attribute(hid_t object, const std::string& name, const std::string& text) {
  const Handle type = utf8_string();
  const Handle attribute = create_attribute(object, name, type);
  const char* value = text.c_str();
  check(H5Awrite(attribute, type, static_cast<const void*>(&value)), "write the attribute " + name);
}

void write_attribute(hid_t object, const std::string& name, std::int64_t value) {
  const Handle attribute = create_attribute(object, name, H5T_STD_I64LE);
  check(H5Awrite(attribute, H5T_NATIVE_INT64, &value), "write the attribute " + name);
}

std::string read_attribute(hid_t object, const std::string& name, const std::string& missing) {
  if (check(H5Aexists(object, name.c_str()), "look for the attribute " + name) == 0) return missing;
  const Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "open the attribute " + name);
  const Handle type = utf8_string();
  char* value = nullptr;
  check(H5Aread(attribute, type, static_cast<void*>(&value)), "read the attribute " + name);
  return take(value);
}

std::int64_t read_attribute(hid_t object, const std::string& name, std::int64_t missing) {
  if (check(H5Aexists(object, name.c_str()), "look for the attribute " + name) == 0) return missing;
  const Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose, "open the attribute " + name);
  std::int64_t value = 0;
  check(H5Aread(attribute, H5T_NATIVE_INT64, &value), "read the attribute " + name);
  return value;
}

Handle link_of(const std::string& name) {
  Handle list(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "make a property list");
  const bool ascii = std::ranges::all_of(name, [](unsigned char c) { return c < 0x80; });
  if (!ascii) check(H5Pset_char_encoding(list, H5T_CSET_UTF8), "name a dataset in UTF-8");
  return list;
}

void write_string(hid_t group, const std::string& name, const std::string& text) {
  const Handle type = utf8_string();
  const Handle dataset(
      H5Dcreate2(group, name.c_str(), type, scalar_space(), H5P_DEFAULT, timeless(H5P_DATASET_CREATE), H5P_DEFAULT),
      H5Dclose, "create the dataset " + name);
  const char* value = text.c_str();
  check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, static_cast<const void*>(&value)),
        "write the dataset " + name);
}

std::string read_string(hid_t group, const std::string& name) {
  const Handle dataset = open_dataset(group, name);
  const Handle type = utf8_string();
  char* value = nullptr;
  check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, static_cast<void*>(&value)), "read the dataset " + name);
  return take(value);
}

Handle write_coordinate(hid_t group, const std::string& name, const Coordinate& values) {
  const auto* const numbers = std::get_if<std::vector<double>>(&values);
  const auto make = [&](hid_t stored, hid_t given, const void* data) {
    Handle dataset(H5Dcreate2(group, name.c_str(), stored, simple_space({length_of(values)}), H5P_DEFAULT,
                              timeless(H5P_DATASET_CREATE), H5P_DEFAULT),
                   H5Dclose, "create the dataset " + name);
    check(H5Dwrite(dataset, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), "write the dataset " + name);
    return dataset;
  };
  if (numbers != nullptr) {
    constexpr double exact = 0x1p53;
    const bool whole =
        std::ranges::all_of(*numbers, [](double x) { return x == std::floor(x) && std::abs(x) <= exact; });
    return make(whole ? H5T_STD_I64LE : H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, numbers->data());
  }
  std::vector<const char*> words;
  for (const std::string& word : std::get<std::vector<std::string>>(values)) words.push_back(word.c_str());
  const Handle type = utf8_string();
  return make(type, type, words.data());
}

Coordinate read_coordinate(hid_t group, const std::string& name) {
  const Handle dataset = open_dataset(group, name);
  const std::vector<hsize_t> extent = extent_of(dataset);
  const std::size_t length = extent.size() == 1 ? extent[0] : 0;
  const Handle stored(H5Dget_type(dataset), H5Tclose, "get a type");
  if (H5Tis_variable_str(stored) > 0) {
    const Handle type = utf8_string();
    std::vector<char*> read(length);
    check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()), "read the dataset " + name);
    std::vector<std::string> words;
    words.reserve(length);
    for (char* word : read) words.push_back(take(word));
    return words;
  }
  std::vector<double> numbers(length);
  check(H5Dread(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()), "read " + name);
  return numbers;
}

Handle timeless(hid_t property_class) {
  Handle list(H5Pcreate(property_class), H5Pclose, "make a property list");
  check(H5Pset_obj_track_times(list, false), "set a property");
  return list;
}

}  // namespace exmc::io::h5
