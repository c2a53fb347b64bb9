#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace exmc {

/// Up to here doubles hold every whole number.
inline constexpr std::uint64_t kLargestExactWhole = std::uint64_t{1} << 53U;
/// What is said of one beyond, after what was found.
inline constexpr const char* kInexactWhole =
    "a whole number beyond 2^53, which double precision would round (write 1e16, say, where that is meant)";

/// The same of one that does not even fit 64 bits.
inline constexpr const char* kLongWhole =
    "a whole number beyond 2^64, which would be rounded (write 1e20, say, where that is meant)";

/// Whether a text is a whole number, an optional sign and digits alone, beyond what every double is exact for.
[[nodiscard]] inline bool is_inexact_whole(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return false;
  std::uint64_t value = 0;
  const std::errc error = std::from_chars(text.data(), text.data() + text.size(), value).ec;
  return error != std::errc() || value > kLargestExactWhole;
}

}  // namespace exmc
