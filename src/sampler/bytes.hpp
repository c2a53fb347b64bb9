#pragma once

#include <Eigen/Core>
#include <bit>
#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace exmc::sampler {

/// Appends values to a string: integers and doubles as eight little-endian bytes, arrays after their lengths.
class ByteWriter {
 public:
  explicit ByteWriter(std::string_view mark) : bytes_(mark) {}

  void put(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<char>(value >> shift & 0xff));
  }
  void put(double value) { put(std::bit_cast<std::uint64_t>(value)); }
  void put(const Eigen::MatrixXd& matrix) {
    put(static_cast<std::uint64_t>(matrix.rows()));
    put(static_cast<std::uint64_t>(matrix.cols()));
    for (Eigen::Index i = 0; i < matrix.size(); ++i) put(matrix.data()[i]);
  }
  void put(const Eigen::VectorXd& vector) {
    put(static_cast<std::uint64_t>(vector.size()));
    for (Eigen::Index i = 0; i < vector.size(); ++i) put(vector[i]);
  }
  void put(const std::vector<Eigen::VectorXd>& vectors) {
    put(std::uint64_t{vectors.size()});
    for (const Eigen::VectorXd& vector : vectors) put(vector);
  }
  void put(const std::string& text) {
    put(std::uint64_t{text.size()});
    bytes_ += text;
  }

  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Takes values from the bytes that a ByteWriter made. Bytes are never trusted: @throws std::logic_error where they do
/// not fit.
class ByteReader {
 public:
  ByteReader(std::string_view mark, std::string_view bytes) : what_(mark), bytes_(bytes) {
    if (!bytes_.starts_with(mark)) refuse();
    bytes_.remove_prefix(mark.size());
  }

  void get(std::uint64_t& value) {
    if (bytes_.size() < 8) refuse();
    value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes_[i])} << (8 * i);
    bytes_.remove_prefix(8);
  }
  void get(double& value) {
    std::uint64_t bits = 0;
    get(bits);
    value = std::bit_cast<double>(bits);
  }
  void get(Eigen::MatrixXd& matrix) {
    const Eigen::Index rows = get_length(), columns = get_length();
    if (rows != 0 && columns > available() / rows) refuse();
    matrix.resize(rows, columns);
    for (Eigen::Index i = 0; i < matrix.size(); ++i) get(matrix.data()[i]);
  }
  void get(Eigen::VectorXd& vector) {
    vector.resize(get_length());
    for (double& element : vector) get(element);
  }
  void get(std::vector<Eigen::VectorXd>& vectors) {
    vectors.resize(static_cast<std::size_t>(get_length()));
    for (Eigen::VectorXd& vector : vectors) get(vector);
  }
  void get(std::string& text) {
    std::uint64_t length = 0;
    get(length);
    if (length > bytes_.size()) refuse();
    text = bytes_.substr(0, length);
    bytes_.remove_prefix(length);
  }
  /// A value of an enumeration whose last one is `last`.
  template <class Enum>
  void get(Enum& value, Enum last) {
    std::uint64_t number = 0;
    get(number);
    if (number > static_cast<std::uint64_t>(last)) refuse();
    value = static_cast<Enum>(number);
  }
  void get(bool& value) {
    std::uint64_t number = 0;
    get(number);
    if (number > 1) refuse();
    value = number == 1;
  }

  /// To be called when all is taken.
  void finish() const {
    if (!bytes_.empty()) refuse();
  }

 private:
  [[nodiscard]] Eigen::Index available() const { return static_cast<Eigen::Index>(bytes_.size() / 8); }
  [[nodiscard]] Eigen::Index get_length() {
    std::uint64_t length = 0;
    get(length);
    if (length > static_cast<std::uint64_t>(available())) refuse();
    return static_cast<Eigen::Index>(length);
  }
  [[noreturn]] void refuse() const { throw std::logic_error("bytes that are not a " + what_ + " of this version"); }

  std::string what_;
  std::string_view bytes_;
};

}  // namespace exmc::sampler
