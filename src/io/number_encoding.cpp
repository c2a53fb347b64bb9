#include "number_encoding.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <string_view>

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "hdf5.hpp"

namespace exmc::io {
namespace {

using Reading = NumberEncoding::Reading;

constexpr std::array<const char*, 8> kUnderstood = {"scale_factor", "add_offset", "_FillValue", "missing_value",
                                                    "valid_range",  "valid_min",  "valid_max",  "_Unsigned"};

/// An attribute, if it is there.
class Attribute {
 public:
  Attribute(hid_t object, const char* name) : name_(name) {
    if (h5::check(H5Aexists(object, name), "look for the attribute " + name_) == 0) return;
    handle_ = h5::Handle(H5Aopen(object, name, H5P_DEFAULT), H5Aclose, "open the attribute " + name_);
    type_ = h5::Handle(H5Aget_type(handle_), H5Tclose, "get a type");
  }

  explicit operator bool() const { return handle_ >= 0; }
  [[nodiscard]] hid_t type() const { return type_; }
  [[nodiscard]] const std::string& name() const { return name_; }

  /// @throws InputError where there are more or less than `count`; 0 stands for any number but none.
  [[nodiscard]] std::vector<long double> numbers(std::size_t count) const {
    const H5T_class_t kind = H5Tget_class(type_);
    if (kind != H5T_INTEGER && kind != H5T_FLOAT) refuse("holds no number");
    const h5::Handle space(H5Aget_space(handle_), H5Sclose, "get a dataspace");
    const hssize_t points = H5Sget_simple_extent_npoints(space);
    if (points < 1 || (count > 0 && points != static_cast<hssize_t>(count))) {
      refuse("holds " + std::to_string(points) + " numbers, expected " +
             std::to_string(std::max<std::size_t>(1, count)));
    }
    std::vector<long double> values(static_cast<std::size_t>(points));
    h5::check(H5Aread(handle_, H5T_NATIVE_LDOUBLE, values.data()), "read the attribute " + name_);
    return values;
  }
  [[nodiscard]] double number() const {
    const auto value = static_cast<double>(numbers(1).front());
    if (!std::isfinite(value)) refuse("is not finite");
    return value;
  }

  /// A string, in lower case.
  [[nodiscard]] std::string text() const {
    if (H5Tget_class(type_) != H5T_STRING) refuse("is not a string");
    std::string text;
    if (H5Tis_variable_str(type_) > 0) {
      char* read = nullptr;
      h5::check(H5Aread(handle_, type_, static_cast<void*>(&read)), "read the attribute " + name_);
      text = read == nullptr ? "" : read;
      H5free_memory(read);
    } else {
      text.resize(H5Tget_size(type_));
      h5::check(H5Aread(handle_, type_, text.data()), "read the attribute " + name_);
      text = text.c_str();
    }
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
  }

  [[noreturn]] void refuse(const std::string& what) const {
    throw InputError("its attribute " + in_quotes(name_) + " " + what);
  }

 private:
  std::string name_;
  h5::Handle handle_, type_;
};

Reading read_reading(hid_t dataset, hid_t type) {
  const Attribute attribute(dataset, "_Unsigned");
  if (!attribute || H5Tget_class(type) != H5T_INTEGER) return Reading::as_stored;
  const std::string text = attribute.text();
  if (text != "true" && text != "false") {
    attribute.refuse("is " + in_quotes(text) + ", expected true or false");
  }
  if (text == "true" && !is_unsigned(type)) return Reading::as_unsigned;
  if (text == "false" && is_unsigned(type)) return Reading::as_signed;
  return Reading::as_stored;
}

/// What netCDF writes where nothing was written, by type; bytes have every value as data (netCDF's `nc_def_var_fill`).
std::optional<long double> default_fill(hid_t type) {
  const std::size_t size = H5Tget_size(type);
  if (H5Tget_class(type) == H5T_FLOAT) return std::ldexp(15.0L, 119);  // about 9.97e36
  if (size == 2) return is_unsigned(type) ? 65535 : -32767;
  if (size == 4) return is_unsigned(type) ? 4294967295 : -2147483647;
  if (size == 8) return is_unsigned(type) ? 18446744073709551614ULL : -9223372036854775806LL;
  return std::nullopt;
}

/// The fill value that the file's library was given, where it is netCDF's: a value like it was never written.
std::optional<long double> netcdf_fill(hid_t dataset, hid_t type) {
  const std::optional<long double> expected = default_fill(type);
  const h5::Handle list(H5Dget_create_plist(dataset), H5Pclose, "get a property list");
  H5D_fill_value_t defined = H5D_FILL_VALUE_UNDEFINED;
  h5::check(H5Pfill_value_defined(list, &defined), "look for a fill value");
  if (!expected || defined != H5D_FILL_VALUE_USER_DEFINED) return std::nullopt;
  long double value = 0;
  h5::check(H5Pget_fill_value(list, H5T_NATIVE_LDOUBLE, &value), "get the fill value");
  return value == *expected ? expected : std::nullopt;
}

/// Whether a number of that type can have the value.
bool is_storable(long double value, hid_t type) {
  const int bits = static_cast<int>(8 * H5Tget_size(type));
  const long double least = is_unsigned(type) ? 0 : -std::ldexp(1.0L, bits - 1);
  const long double beyond = std::ldexp(1.0L, is_unsigned(type) ? bits : bits - 1);
  return value == std::floor(value) && value >= least && value < beyond;
}

/// A number of an attribute as one that is stored would be: 1e20 in single precision is another one.
long double as_stored(const Attribute& attribute, long double value, hid_t type) {
  if (H5Tget_class(type) == H5T_FLOAT) return H5Tget_size(type) == 4 ? static_cast<float>(value) : value;
  if (!std::isnan(value) && !is_storable(value, type)) {
    attribute.refuse("is " + shortest(static_cast<double>(value)) + ", which no stored number can be");
  }
  return value;
}

std::vector<NumberEncoding::Missing> read_missing(hid_t dataset, hid_t type, Reading reading) {
  std::vector<NumberEncoding::Missing> missing;
  for (const char* name : {"_FillValue", "missing_value"}) {
    const Attribute attribute(dataset, name);
    if (!attribute) continue;
    const std::size_t count = name == std::string_view("_FillValue") ? 1 : 0;
    for (const long double value : attribute.numbers(count)) {
      missing.push_back({reread(as_stored(attribute, value, type), reading, type), "its " + attribute.name()});
    }
  }
  if (const auto fill = netcdf_fill(dataset, type); fill && missing.empty()) {
    missing.push_back({reread(*fill, reading, type), "netCDF's fill value"});
  }
  return missing;
}

/// A range whose type is the one of the numbers after scale and offset, and wider than the stored one, is about those
/// (NetCDF Users' Guide, "valid_range").
bool is_unpacked(const Attribute& range, hid_t stored, bool packed) {
  return packed && H5Tget_class(range.type()) == H5T_FLOAT &&
         (H5Tget_class(stored) == H5T_INTEGER || H5Tget_size(range.type()) > H5Tget_size(stored));
}

NumberEncoding::Range read_range(hid_t dataset, hid_t type, const NumberEncoding& encoding) {
  NumberEncoding::Range range;
  const auto limit = [&](const Attribute& attribute, long double value) {
    range.unpacked = is_unpacked(attribute, type, encoding.packed);
    return range.unpacked ? value : reread(value, encoding.reading, type);
  };
  const Attribute both(dataset, "valid_range"), least(dataset, "valid_min"), most(dataset, "valid_max");
  if (both && (least || most)) both.refuse("stands beside \"valid_min\" or \"valid_max\", expected one or the other");
  if (both) {
    const std::vector<long double> ends = both.numbers(2);
    range.least = limit(both, ends[0]);
    range.most = limit(both, ends[1]);
  }
  if (least) range.least = limit(least, least.numbers(1).front());
  if (most) range.most = limit(most, most.numbers(1).front());
  if (least && most && is_unpacked(least, type, encoding.packed) != is_unpacked(most, type, encoding.packed)) {
    most.refuse("is of another type than \"valid_min\": about packed or unpacked numbers?");
  }
  return range;
}

/// Without case and underscores: as they are confused.
std::string bare(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c != '_') text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return text;
}

herr_t collect_name(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

/// Attributes that other conventions have for the same things, or that are misspelt: numbers would be read wrong in
/// silence.
void refuse_lookalikes(hid_t dataset) {
  std::vector<std::string> names;
  h5::check(H5Aiterate2(dataset, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &names), "list the attributes");
  const auto has = [&](const char* name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  for (const std::string& name : names) {
    if (name == "MATLAB_empty") throw InputError("its attribute \"MATLAB_empty\" says that it is a shape, not numbers");
    for (const char* understood : kUnderstood) {
      if (name == understood || has(understood) || bare(name) != bare(understood)) continue;
      throw InputError("its attribute " + in_quotes(name) + " is not understood (is " + in_quotes(understood) +
                       " meant?); rename or remove it");
    }
  }
}

}  // namespace

bool is_unsigned(hid_t type) { return H5Tget_class(type) == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_NONE; }

long double reread(long double value, Reading reading, hid_t type) {
  const long double range = std::ldexp(1.0L, static_cast<int>(8 * H5Tget_size(type)));
  if (reading == Reading::as_unsigned && value < 0) return value + range;
  if (reading == Reading::as_signed && value >= range / 2) return value - range;
  return value;
}

NumberEncoding read_encoding(hid_t dataset, hid_t stored_type) {
  static_assert(std::numeric_limits<long double>::digits >= 64);
  refuse_lookalikes(dataset);
  NumberEncoding encoding;
  encoding.reading = read_reading(dataset, stored_type);
  const Attribute scale(dataset, "scale_factor"), offset(dataset, "add_offset");
  encoding.packed = scale || offset;
  if (scale) encoding.scale = scale.number();
  if (offset) encoding.offset = offset.number();
  encoding.missing = read_missing(dataset, stored_type, encoding.reading);
  encoding.range = read_range(dataset, stored_type, encoding);
  return encoding;
}

}  // namespace exmc::io
