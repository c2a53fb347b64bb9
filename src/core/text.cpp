#include "exmc/core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <system_error>

namespace exmc {
namespace {

/// One character decoded from UTF-8; length 0 where the bytes are not well-formed.
struct Decoded {
  std::uint32_t code = 0;
  std::size_t length = 0;
};

Decoded decode_utf8(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return {};
    code = (code << 6U) | (byte & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < smallest[length] || code > 0x10FFFF || surrogate) return {};
  return {code, length};
}

bool is_printable(std::uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool line_break = code == 0x2028 || code == 0x2029;
  const bool direction = code == 0x200E || code == 0x200F || (code >= 0x202A && code <= 0x202E) ||
                         (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
  return !control && !line_break && !direction;
}

std::string escape(std::uint32_t code, bool is_byte) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  if (code == '\r') return "\\r";
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), is_byte || code < 0x80 ? "\\x%02x" : "\\u%04x", code);
  return text.data();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether the text of a number is spelt with digits, a point and an exponent alone, as std::from_chars takes more.
bool spells_number(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_digit) && std::all_of(text.begin(), text.end(), [](char c) {
           return is_digit(c) || c == '.' || c == '+' || c == '-' || c == 'e' || c == 'E';
         });
}

/// Whether a number beyond a double's range is so because it is tiny.
bool is_tiny(std::string_view text) {
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos && exponent + 1 < text.size()) return text[exponent + 1] == '-';
  return text.find_first_of("123456789") > text.find('.');
}

}  // namespace

std::string printable(std::string_view text, std::size_t longest) {
  std::string result;
  for (std::size_t shown = 0; !text.empty(); ++shown) {
    if (shown == longest) return result + "...";
    const Decoded next = decode_utf8(text);
    const std::size_t length = std::max<std::size_t>(next.length, 1);
    if (next.length == 0) {
      result += escape(static_cast<unsigned char>(text[0]), true);
    } else if (is_printable(next.code)) {
      result += text.substr(0, length);
    } else {
      result += escape(next.code, false);
    }
    text.remove_prefix(length);
  }
  return result;
}

std::string in_quotes(std::string_view text, std::size_t longest) { return '"' + printable(text, longest) + '"'; }

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const Decoded next = decode_utf8(text.substr(offset));
    if (next.length == 0) return offset;
    offset += next.length;
  }
  return std::nullopt;
}

TextPosition position_in(std::string_view text, std::size_t offset) {
  TextPosition position;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
      ++position.column;
    }
  }
  return position;
}

ParsedNumber parse_number(std::string_view text) {
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return {0, NumberFault::not_a_number};
  }
  ParsedNumber result;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, result.value);
  if (error == std::errc::invalid_argument || stop != end) return {0, NumberFault::not_a_number};
  if (error == std::errc::result_out_of_range) {
    if (is_tiny(text)) return {text.front() == '-' ? -0.0 : 0.0, NumberFault::none};
    return {0, NumberFault::not_finite};
  }
  if (!std::isfinite(result.value)) return {0, NumberFault::not_finite};
  if (!spells_number(text)) return {0, NumberFault::not_a_number};
  return result;
}

std::string shortest(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

std::string in_bytes(std::uint64_t bytes) {
  constexpr std::array units = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 999.5 && unit + 1 < units.size()) {
    size /= 1000;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), size < 9.95 && unit > 0 ? "%.1f %s" : "%.0f %s", size, units[unit]);
  return text.data();
}

}  // namespace exmc
