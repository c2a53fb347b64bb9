#include "json/parse.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "exmc/core/whole_number.hpp"

namespace exmc::json {
namespace {

/// Where the parser stopped, for the one message a bad text gets.
struct SyntaxFault {
  std::size_t offset = 0;  ///< of the last byte read
  std::string last_token;
  std::string explanation;  ///< the library's words
};

/// Builds the value from the parser's events, without recursion. Keys are appended unsearched, since each level keeps a
/// set of its own: an object of n keys costs n, not n^2.
class Builder : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const std::string& source) : source_(source) {}

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  /// Also of whole numbers beyond 64 bits, of which the text is needed: they may be rounded already.
  bool number_float(number_float_t value, const string_t& text) override {
    if (is_inexact_whole(text))
      throw InputError(source_ + at_path(levels_.size()), "found " + text + ", " + kLongWhole);
    return add(value);
  }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*elements*/) override { return open(Json::object()); }
  bool start_array(std::size_t /*elements*/) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    if (!level.keys.insert(name).second)
      throw InputError(source_ + at_path(levels_.size() - 1), "duplicate key " + in_quotes(name));
    level.key = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::detail::exception& error) override {
    fault_ = SyntaxFault{position == 0 ? 0 : position - 1, last_token, error.what()};
    return false;
  }

  [[nodiscard]] const std::optional<SyntaxFault>& fault() const { return fault_; }
  [[nodiscard]] Json take() { return std::move(root_); }

 private:
  struct Level {
    Json container;
    std::string key;
    std::unordered_set<std::string> keys;
  };

  template <class Value>
  bool add(Value&& value) {
    if (levels_.empty()) {
      root_ = std::forward<Value>(value);
    } else if (Level& level = levels_.back(); level.container.is_array()) {
      level.container.emplace_back(std::forward<Value>(value));
    } else {
      level.container.get_ref<Json::object_t&>().emplace_back(std::move(level.key), std::forward<Value>(value));
    }
    return true;
  }

  bool open(Json container) {
    if (levels_.size() == kDeepest) {
      throw InputError(source_ + at_path(levels_.size() - 1),
                       "nested more than " + std::to_string(kDeepest) + " levels deep");
    }
    levels_.push_back({std::move(container), {}, {}});
    return true;
  }

  bool close() {
    Json done = std::move(levels_.back().container);
    levels_.pop_back();
    return add(std::move(done));
  }

  /// ": nodes.mu": through the first `depth` open levels; its first ones only where there are very many.
  [[nodiscard]] std::string at_path(std::size_t depth) const {
    constexpr std::size_t shown = 8;
    std::string path;
    for (std::size_t i = 0; i < std::min(depth, shown); ++i) {
      const Level& level = levels_[i];
      if (level.container.is_array()) {
        path += "[" + std::to_string(level.container.size()) + "]";
      } else {
        path = child_path(path, level.key);
      }
    }
    if (depth > shown) path += "...";
    return path.empty() ? path : ": " + path;
  }

  const std::string& source_;
  Json root_;
  std::vector<Level> levels_;
  std::optional<SyntaxFault> fault_;
};

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '+' || c == '.';
}

bool is_string_fault(const SyntaxFault& fault) {
  return fault.explanation.find("unexpected string literal") != std::string::npos ||
         fault.explanation.find("invalid string") != std::string::npos;
}

/// Where the token that could not be used begins: strings may hold anything, and their text is known; others are a
/// word or a single character.
std::size_t token_start(std::string_view text, const SyntaxFault& fault) {
  if (fault.explanation.find("unexpected end of input") != std::string::npos) return text.size();
  std::size_t start = std::min(fault.offset, text.size());
  if (is_string_fault(fault)) {
    std::size_t length = fault.last_token.size();
    constexpr std::string_view control = "<U+";  // stands for one character, as <U+000A>
    for (std::size_t at = fault.last_token.find(control); at != std::string::npos;
         at = fault.last_token.find(control, at + 1)) {
      if (at + 7 < fault.last_token.size() && fault.last_token[at + 7] == '>') length -= 7;
    }
    return start + 1 >= length ? start + 1 - length : 0;
  }
  while (start > 0 && start < text.size() && in_word(text[start]) && in_word(text[start - 1])) --start;
  return start;
}

/// What a reader sees there: the beginning of a string, a word or a character.
std::string found_at(std::string_view text, std::size_t start, const SyntaxFault& fault) {
  if (start >= text.size()) return "the end of the text";
  const std::string_view rest = text.substr(start);
  if (is_string_fault(fault)) {
    std::string_view string = rest.substr(1, fault.offset - start);
    if (string.ends_with('"')) string.remove_suffix(1);
    return "the string " + in_quotes(string);
  }
  const auto word = static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), in_word) - rest.begin());
  if (word > 0) return in_quotes(rest.substr(0, word));
  std::size_t length = 1;
  while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0U) == 0x80U) ++length;
  return in_quotes(rest.substr(0, length));
}

/// The part of the library's explanation between two marks; empty where the first is missing.
std::string between(const std::string& text, std::string_view from, std::string_view to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return {};
  const std::size_t start = begin + from.size();
  return text.substr(start, std::min(text.find(to, start), text.size()) - start);
}

/// What could have stood there, in words.
std::string expected_by(const SyntaxFault& fault) {
  const std::string context = between(fault.explanation, "while parsing ", " - ");
  if (context == "object key") return "a key in double quotes";
  if (context == "object separator") return "\":\" after the key";
  if (context == "object") return "\",\" or \"}\"";
  if (context == "array") return "\",\" or \"]\"";
  if (fault.explanation.find("expected end of input") != std::string::npos) return "the end of the text";
  return "a value";
}

/// What a common slip calls for.
std::string advice(const std::string& found, const std::string& expected) {
  if ((found == "\"]\"" || found == "\"}\"") && expected.starts_with("a ")) {
    return " (no comma may stand before " + found + ")";
  }
  for (const char* word : {"\"NaN\"", "\"nan\"", "\"Infinity\"", "\"-Infinity\"", "\"inf\"", "\"-inf\""}) {
    if (found == word) return " (JSON has finite numbers only)";
  }
  if (found == "\"True\"" || found == "\"False\"") return " (JSON writes true and false)";
  if (found == "\"None\"") return " (JSON writes null)";
  return {};
}

[[noreturn]] void refuse(std::string_view text, const std::string& source, const SyntaxFault& fault) {
  const std::size_t start = token_start(text, fault);
  const TextPosition position = position_in(text, start);
  const std::string where =
      source + ": line " + std::to_string(position.line) + ", column " + std::to_string(position.column);
  const std::string found = found_at(text, start, fault);
  if (fault.explanation.find("number overflow") != std::string::npos) {
    throw InputError(where, "the number " + found + " is beyond the range of a double");
  }
  const std::string lexical = between(fault.explanation, " - invalid ", "; last read");
  if (!lexical.empty() && lexical != "literal" && !lexical.starts_with("number")) {
    const std::string what = lexical.starts_with("string: ") ? lexical.substr(8) : "invalid " + lexical;
    throw InputError(where, (start < text.size() ? "in " : "at ") + found + ": " + what);
  }
  const std::string expected = expected_by(fault);
  throw InputError(where, "found " + found + ", expected " + expected + advice(found, expected));
}

void require_utf8(std::string_view text, const std::string& source) {
  std::optional<std::size_t> bad = find_invalid_utf8(text);
  const char* what = "is not UTF-8";
  if (const std::size_t zero = text.find('\0'); zero < bad.value_or(text.size())) {
    bad = zero;
    what = "is not text";  // the library would take it for the end
  }
  if (!bad) return;
  const TextPosition position = position_in(text, *bad);
  throw InputError(source + ": line " + std::to_string(position.line) + ", column " + std::to_string(position.column),
                   "the byte " + in_quotes(text.substr(*bad, 1)) + " " + what + ", expected JSON in UTF-8");
}

}  // namespace

std::string child_path(const std::string& path, std::string_view key) {
  const bool plain = !key.empty() && key.size() <= kLongestShown && std::all_of(key.begin(), key.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
  });
  if (!plain) return path + "[" + in_quotes(key) + "]";
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

Json parse(std::string_view text, const std::string& source) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  require_utf8(text, source);
  if (std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isspace(c) != 0; })) {
    throw InputError(source, "is empty, expected a JSON object");
  }
  Builder builder(source);
  constexpr bool strict = true, ignore_comments = true;
  if (!Json::sax_parse(text.begin(), text.end(), &builder, Json::input_format_t::json, strict, ignore_comments)) {
    refuse(text, source, builder.fault().value_or(SyntaxFault{}));
  }
  return builder.take();
}

}  // namespace exmc::json
