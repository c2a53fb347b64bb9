#pragma once

#include <hdf5.h>

#include <optional>
#include <string>
#include <vector>

namespace exmc::io {

/// What a dataset's attributes say of the numbers stored in it (NetCDF Users' Guide, "Attribute Conventions"; CF 1.11,
/// sections 2.5 and 8.1). All numbers here are as exact as those of the file: long double holds every 64-bit integer.
struct NumberEncoding {
  enum class Reading { as_stored, as_unsigned, as_signed };  ///< `_Unsigned`
  /// A stored value that stands for a missing one, and the name of what says so.
  struct Missing {
    long double value;
    std::string name;
  };
  /// Values outside are missing. Either may be absent.
  struct Range {
    std::optional<long double> least{}, most{};
    bool unpacked = false;  ///< it is about the numbers after scale and offset, not about the stored ones
  };

  Reading reading = Reading::as_stored;
  double scale = 1, offset = 0;
  bool packed = false;  ///< there is a scale or an offset
  std::vector<Missing> missing;
  Range range;
};

/// @throws InputError, without saying where, naming an attribute that cannot be understood.
[[nodiscard]] NumberEncoding read_encoding(hid_t dataset, hid_t stored_type);

[[nodiscard]] bool is_unsigned(hid_t type);
/// What a stored integer of that type stands for where its sign bit is to be read as `reading` says.
[[nodiscard]] long double reread(long double value, NumberEncoding::Reading reading, hid_t type);

}  // namespace exmc::io
