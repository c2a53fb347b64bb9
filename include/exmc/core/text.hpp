#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exmc {

/// How many characters of a text from outside a message shows, and how many of a path.
inline constexpr std::size_t kLongestShown = 60, kLongestPathShown = 1000;

/// Text from outside as a message may show it: control and bidirectional-override characters and bytes that are not
/// UTF-8 escaped, cut after `longest` characters. Safe to print on a terminal, always one line.
[[nodiscard]] std::string printable(std::string_view text, std::size_t longest = kLongestShown);

/// The same between double quotes.
[[nodiscard]] std::string in_quotes(std::string_view text, std::size_t longest = kLongestShown);

/// Offset of the first byte that is not part of well-formed UTF-8 (RFC 3629), or nothing when all of it is.
[[nodiscard]] std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Where a byte of a text stands, both from 1; columns count characters.
struct TextPosition {
  std::size_t line = 1, column = 1;
};
[[nodiscard]] TextPosition position_in(std::string_view text, std::size_t offset);

/// "512 B", "2.1 GB": a size in bytes, in powers of 1000, to two digits.
[[nodiscard]] std::string in_bytes(std::uint64_t bytes);

enum class NumberFault { none, not_a_number, not_finite };
struct ParsedNumber {
  double value = 0;
  NumberFault fault = NumberFault::none;
};
/// Reads a whole text as a decimal number, whatever the locale: an optional sign, digits with at most one point, an
/// optional exponent. What is too small for a double becomes zero, what is too large is not_finite (as are inf and
/// nan).
[[nodiscard]] ParsedNumber parse_number(std::string_view text);

/// The shortest decimal number that is read back as the same double.
[[nodiscard]] std::string shortest(double value);

}  // namespace exmc
