#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace exmc::runtime {

/// Writes values one after another, as the machine holds them: for messages between processes of one build.
class Encoder {
 public:
  Encoder() = default;
  /// With room for so many bytes: long messages are made without being moved.
  explicit Encoder(std::size_t room) { bytes_.reserve(room); }

  template <class T>
  requires std::is_trivially_copyable_v<T> Encoder& put(const T& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Encoder& put(const std::string& text) {
    put(static_cast<std::uint64_t>(text.size()));
    bytes_.append(text);
    return *this;
  }
  Encoder& put(const std::vector<double>& values) {
    put(static_cast<std::uint64_t>(values.size()));
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
    return *this;
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Reads what an Encoder wrote, in the same order. `bytes` must outlive it.
/// @throws std::logic_error where the bytes end too early.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  requires std::is_trivially_copyable_v<T>
  [[nodiscard]] T get() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  [[nodiscard]] std::string get_text() {
    const auto length = get<std::uint64_t>();
    return std::string(take(length));
  }
  [[nodiscard]] std::vector<double> get_doubles() {
    const auto count = get<std::uint64_t>();
    if (count > rest_.size() / sizeof(double)) throw std::logic_error("a message is shorter than it says");
    std::vector<double> values(count);
    if (count) std::memcpy(values.data(), take(count * sizeof(double)).data(), count * sizeof(double));
    return values;
  }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) throw std::logic_error("a message is shorter than it says");
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  std::string_view rest_;
};

}  // namespace exmc::runtime
