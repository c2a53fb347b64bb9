#pragma once

#include <hdf5.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "exmc/core/coordinate.hpp"

/// The only way the project calls HDF5: identifiers that close themselves, and results that are checked.
namespace exmc::io::h5 {

/// A call that failed: "cannot <what>: <HDF5's reason>". Turned into an exmc::Error where the file's name is known.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// To be called before anything else of HDF5, by every entry into the library: failures are thrown, not printed (set
/// per thread), and nothing of it runs at exit. A file that could not be closed (disk full) stays in its tables, and
/// closing it once more at exit would go through memory that is gone.
void prepare_library();

/// Throws Failure with the reason that the innermost frame of HDF5's error stack gives.
[[noreturn]] void fail(const std::string& what);

/// An identifier, closed at the end of its scope.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  /// @throws Failure when `id` is not valid.
  Handle(hid_t id, Close closer, const std::string& what) : id_(id), close_(closer) {
    if (id_ < 0) fail(what);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }

  /// Closes now, so that what closing writes is checked too.
  void close(const std::string& what) {
    if (close_(std::exchange(id_, H5I_INVALID_HID)) < 0) fail(what);
  }

  // NOLINTNEXTLINE(google-explicit-constructor): it stands for the identifier in every call
  operator hid_t() const { return id_; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

/// For calls whose negative result is failure; hands the result on.
template <class Result>
Result check(Result result, const std::string& what) {
  if (result < 0) fail(what);
  return result;
}

[[nodiscard]] Handle simple_space(const std::vector<hsize_t>& extent);

/// Opens for reading, without HDF5's own lock: ours says who writes.
[[nodiscard]] Handle open_file(const std::string& path);
[[nodiscard]] Handle open_group(hid_t parent, const std::string& name);
[[nodiscard]] Handle open_dataset(hid_t parent, const std::string& name);
[[nodiscard]] bool has_link(hid_t parent, const std::string& name);
[[nodiscard]] std::vector<hsize_t> extent_of(hid_t dataset);

void write_attribute(hid_t object, const std::string& name, const std::string& text);
void write_attribute(hid_t object, const std::string& name, std::int64_t value);
/// `missing` where the object has no such attribute.
[[nodiscard]] std::string read_attribute(hid_t object, const std::string& name, const std::string& missing);
[[nodiscard]] std::int64_t read_attribute(hid_t object, const std::string& name, std::int64_t missing);

/// How a link of that name is made: HDF5 is told where it is not ASCII.
[[nodiscard]] Handle link_of(const std::string& name);
/// A scalar dataset of one variable-length UTF-8 string.
void write_string(hid_t group, const std::string& name, const std::string& text);
[[nodiscard]] std::string read_string(hid_t group, const std::string& name);

/// A one-dimensional dataset of strings, of whole numbers where all are, or of numbers.
Handle write_coordinate(hid_t group, const std::string& name, const Coordinate& values);
[[nodiscard]] Coordinate read_coordinate(hid_t group, const std::string& name);

/// A property list for objects that carry no times, so that equal runs give equal bytes.
[[nodiscard]] Handle timeless(hid_t property_class);

}  // namespace exmc::io::h5
