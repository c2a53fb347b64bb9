#include "decode_numbers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "exmc/core/element_index.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/long_work.hpp"
#include "exmc/core/text.hpp"
#include "hdf5.hpp"
#include "number_encoding.hpp"

namespace exmc::io {
namespace {

using Reading = NumberEncoding::Reading;

std::string shown(long double value) {
  if (value == std::floor(value) && std::abs(value) < 0x1p64L) {
    return value < 0 ? std::to_string(static_cast<std::int64_t>(value))
                     : std::to_string(static_cast<std::uint64_t>(value));
  }
  return shortest(static_cast<double>(value));
}

/// One stored number after the other becomes what it stands for.
class Decoder {
 public:
  Decoder(const NumberEncoding& encoding, hid_t type, const Shape& shape)
      : encoding_(encoding), type_(type), shape_(shape), whole_(H5Tget_class(type) == H5T_INTEGER) {
    plain_ = !encoding.packed && encoding.missing.empty() && !encoding.range.least && !encoding.range.most;
  }

  double operator()(long double stored, std::size_t element) const {
    if (encoding_.reading != Reading::as_stored) stored = reread(stored, encoding_.reading, type_);
    if (!plain_) require_present(stored, element);
    constexpr long double exact = 0x1p53L;
    if (whole_ && std::abs(stored) > exact) {
      refuse(element, shown(stored), ": whole numbers beyond 2^53 are not exact in double precision");
    }
    if (!encoding_.packed) return static_cast<double>(stored);
    const double value = static_cast<double>(stored) * encoding_.scale + encoding_.offset;
    if (encoding_.range.unpacked) require_in_range(value, element);
    return value;
  }

 private:
  void require_present(long double stored, std::size_t element) const {
    for (const NumberEncoding::Missing& missing : encoding_.missing) {
      if (stored == missing.value) refuse(element, shown(stored), ", " + missing.name + ": missing values are refused");
    }
    if (!encoding_.range.unpacked) require_in_range(stored, element);
  }
  void require_in_range(long double value, std::size_t element) const {
    const auto& [least, most, unpacked] = encoding_.range;
    if ((least && value < *least) || (most && value > *most)) {
      refuse(element, shown(value), ", outside of its valid range: missing values are refused");
    }
  }
  [[noreturn]] void refuse(std::size_t element, const std::string& found, const std::string& why) const {
    throw InputError(element_place(shape_, element) + " is " + found + why);
  }

  const NumberEncoding& encoding_;
  hid_t type_;
  const Shape& shape_;
  bool whole_, plain_;
};

/// Rows that are read at once: some 16 MB, and whole chunks, of which none is read twice.
std::size_t rows_at_once(hid_t dataset, std::size_t row) {
  constexpr std::size_t elements = 1 << 21;
  const std::size_t rows = std::max<std::size_t>(1, elements / std::max<std::size_t>(1, row));
  const h5::Handle creation(H5Dget_create_plist(dataset), H5Pclose, "get a property list");
  if (H5Pget_layout(creation) != H5D_CHUNKED) return rows;
  std::vector<hsize_t> chunk(H5S_MAX_RANK);
  h5::check(H5Pget_chunk(creation, H5S_MAX_RANK, chunk.data()), "get the chunks");
  return (rows + chunk[0] - 1) / chunk[0] * chunk[0];
}

/// Part by part, so that a signal is heard.
void read_in_parts(hid_t dataset, hid_t memory_type, const Shape& shape, std::vector<double>& values) {
  if (shape.empty() || values.empty()) {
    h5::check(H5Dread(dataset, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "read the dataset");
    return;
  }
  const h5::Handle space(H5Dget_space(dataset), H5Sclose, "get a dataspace");
  const std::size_t row = values.size() / shape[0], most = rows_at_once(dataset, row);
  std::vector<hsize_t> start(shape.size(), 0), count(shape.begin(), shape.end());
  for (std::size_t first = 0; first < shape[0]; first += most) {
    start[0] = first;
    count[0] = std::min(most, shape[0] - first);
    h5::check(H5Sselect_hyperslab(space, H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr), "select rows");
    const h5::Handle memory = h5::simple_space(count);
    h5::check(H5Dread(dataset, memory_type, memory, space, H5P_DEFAULT, values.data() + first * row),
              "read the dataset");
    tell_of_work(first + count[0], shape[0]);
  }
}

/// Reads as `Stored`, eight bytes as a double has, and decodes in place.
template <class Stored>
std::vector<double> read_as(hid_t dataset, hid_t memory_type, const Shape& shape, const Decoder& decode) {
  static_assert(sizeof(Stored) == sizeof(double));
  std::vector<double> values(element_count(shape));
  read_in_parts(dataset, memory_type, shape, values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, &values[i], sizeof stored);
    values[i] = decode(static_cast<long double>(stored), i);
  }
  return values;
}

}  // namespace

std::vector<double> decode_numbers(hid_t dataset, hid_t stored_type, const Shape& shape) {
  const NumberEncoding encoding = read_encoding(dataset, stored_type);
  const Decoder decode(encoding, stored_type, shape);
  if (H5Tget_class(stored_type) == H5T_FLOAT) return read_as<double>(dataset, H5T_NATIVE_DOUBLE, shape, decode);
  if (is_unsigned(stored_type)) return read_as<std::uint64_t>(dataset, H5T_NATIVE_UINT64, shape, decode);
  return read_as<std::int64_t>(dataset, H5T_NATIVE_INT64, shape, decode);
}

}  // namespace exmc::io
