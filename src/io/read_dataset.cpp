#include "exmc/io/read_dataset.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "decode_numbers.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "hdf5.hpp"
#include "stored_parts.hpp"

namespace exmc::io {
namespace {

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

std::string no_such_dataset(hid_t file, const std::string& path, const std::string& dataset) {
  std::vector<std::string> names;
  H5Literate(file, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names);
  return path + " has no dataset \"" + dataset + "\"" + did_you_mean(dataset, names);
}

herr_t refuse_link(const char*, const char*, const char*, const char*, unsigned*, hid_t, void* refused) {
  *static_cast<bool*>(refused) = true;
  return -1;
}

/// How links are followed: not into another file, which a model that may only name its own folder's could be led to.
h5::Handle within_file(bool& refused) {
  h5::Handle access(H5Pcreate(H5P_LINK_ACCESS), H5Pclose, "make a property list");
  h5::check(H5Pset_elink_cb(access, refuse_link, &refused), "confine links");
  return access;
}

/// Every group on the way exists, and the last link leads to an object: H5Lexists alone wants the way to exist.
bool leads_to_object(hid_t file, const std::string& name, hid_t access) {
  for (std::size_t slash = name.find('/', 1);; slash = name.find('/', slash + 1)) {
    const std::string part = name.substr(0, slash);
    if (H5Lexists(file, part.c_str(), access) <= 0 || H5Oexists_by_name(file, part.c_str(), access) <= 0) {
      return false;
    }
    if (slash == std::string::npos) return true;
  }
}

/// Whether the numbers of a dataset stand in another file than the dataset.
bool is_elsewhere(hid_t dataset) {
  const h5::Handle creation(H5Dget_create_plist(dataset), H5Pclose, "get a property list");
  return H5Pget_layout(creation) == H5D_VIRTUAL || H5Pget_external_count(creation) > 0;
}

/// h5py's booleans: an enumeration of FALSE and TRUE.
bool is_boolean(hid_t type) {
  if (H5Tget_nmembers(type) != 2) return false;
  bool known = true;
  for (unsigned member = 0; member < 2; ++member) {
    char* name = H5Tget_member_name(type, member);
    known = known && name != nullptr && (std::strcmp(name, "FALSE") == 0 || std::strcmp(name, "TRUE") == 0);
    H5free_memory(name);
  }
  return known;
}

/// What is stored there, in words; "" for numbers.
std::string not_numbers(hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
      return "";
    case H5T_ENUM:
      return is_boolean(type) ? "" : "an enumeration";
    case H5T_STRING:
      return "strings";
    case H5T_COMPOUND:
      return "a compound type";
    case H5T_VLEN:
      return "sequences of varying length";
    case H5T_REFERENCE:
      return "references";
    default:
      return "values that are not numbers";
  }
}

std::vector<double> read_flags(hid_t dataset, hid_t type, std::size_t count) {
  std::vector<signed char> flags(count);
  const h5::Handle plain(H5Tget_native_type(type, H5T_DIR_DEFAULT), H5Tclose, "get a native type");
  if (H5Tget_size(plain) != 1) throw h5::Failure("cannot read the dataset: a boolean wider than one byte");
  h5::check(H5Dread(dataset, plain, H5S_ALL, H5S_ALL, H5P_DEFAULT, flags.data()), "read the dataset");
  return {flags.begin(), flags.end()};
}

std::vector<double> read_values(hid_t dataset, hid_t type, const Shape& shape) {
  require_filters(dataset);
  require_written(dataset, shape);
  if (H5Tget_class(type) == H5T_ENUM) return read_flags(dataset, type, element_count(shape));
  return decode_numbers(dataset, type, shape);
}

Array read_checked(const std::string& path, const std::string& name, std::uint64_t most_bytes) {
  const h5::Handle file = h5::open_file(path);
  const std::string label = path + ": \"" + name + "\"";
  bool link_refused = false;
  const h5::Handle access = within_file(link_refused);
  const bool found = !name.empty() && name != "/" && leads_to_object(file, name, access);
  if (link_refused) throw InputError(label + " is a link into another file, which is not followed");
  if (!found) throw InputError(no_such_dataset(file, path, name));
  const h5::Handle object(H5Oopen(file, name.c_str(), access), H5Oclose, "open " + name);
  if (H5Iget_type(object) != H5I_DATASET) throw InputError(label + " is not a dataset");
  if (is_elsewhere(object)) throw InputError(label + " keeps its numbers in another file, expected them in this one");

  const h5::Handle type(H5Dget_type(object), H5Tclose, "get a type");
  if (const std::string kind = not_numbers(type); !kind.empty()) {
    throw InputError(label + " holds " + kind + ", expected numbers");
  }
  const h5::Handle space(H5Dget_space(object), H5Sclose, "get a dataspace");
  if (H5Sget_simple_extent_type(space) == H5S_NULL) throw InputError(label + " is empty (a null dataspace)");
  const std::vector<hsize_t> extent = h5::extent_of(object);
  Array array{Shape(extent.begin(), extent.end()), {}};
  const auto count = static_cast<std::uint64_t>(H5Sget_simple_extent_npoints(space));
  if (count > most_bytes / sizeof(double)) {
    throw InputError(label + " of shape " + to_string(array.shape) +
                     " does not fit: " + within_memory_limit(most_bytes));
  }
  try {
    array.values = read_values(object, type, array.shape);
  } catch (const InputError& error) {
    throw InputError(label + ": " + error.what());
  }
  return array;
}

}  // namespace

Array read_dataset(const std::string& path, const std::string& dataset, std::uint64_t most_bytes) {
  h5::prepare_library();
  if (!std::ifstream(path)) throw InputError("cannot open " + path + ": " + std::strerror(errno));
  if (H5Fis_hdf5(path.c_str()) <= 0) throw InputError(path + " is not an HDF5 file");
  try {
    return read_checked(path, dataset, most_bytes);
  } catch (const h5::Failure& failure) {
    throw InputError(path + ": " + failure.what());
  }
}

}  // namespace exmc::io
