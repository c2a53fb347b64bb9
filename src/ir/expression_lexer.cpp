#include "expression_lexer.hpp"

#include <algorithm>
#include <array>

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "exmc/core/whole_number.hpp"

namespace exmc::ir {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool in_name(char c) { return starts_name(c) || is_digit(c); }

/// What to write instead of an operator that other languages have.
std::string advice(std::string_view rest) {
  if (rest.starts_with('^')) return " (write ** for powers)";
  if (rest.starts_with('&') || rest.starts_with('|')) return " (multiply or add comparisons instead)";
  if (rest.starts_with('!')) return " (write != or 1 - x)";
  return {};
}

}  // namespace

std::size_t ExpressionLexer::number_length() const {
  const std::string_view rest = text_.substr(offset_);
  std::size_t i = 0;
  const auto skip_digits = [&] {
    while (i < rest.size() && is_digit(rest[i])) ++i;
  };
  skip_digits();
  if (i < rest.size() && rest[i] == '.') ++i;
  skip_digits();
  if (i < rest.size() && (rest[i] == 'e' || rest[i] == 'E')) {
    const std::size_t sign = i + 1 < rest.size() && (rest[i + 1] == '+' || rest[i + 1] == '-') ? 1 : 0;
    if (i + 1 + sign < rest.size() && is_digit(rest[i + 1 + sign])) {
      i += 1 + sign;
      skip_digits();
    }
  }
  return i;
}

Token ExpressionLexer::take(TokenKind kind, std::size_t length) {
  const Token token{kind, text_.substr(offset_, length), offset_ + 1, 0};
  offset_ += length;
  return token;
}

Token ExpressionLexer::next() {
  offset_ = std::min(text_.find_first_not_of(" \t\r\n", offset_), text_.size());
  if (offset_ == text_.size()) return take(TokenKind::end, 0);
  const std::string_view rest = text_.substr(offset_);
  if (starts_name(rest[0])) {
    auto end = std::find_if_not(rest.begin(), rest.end(), in_name);
    if (rest.end() - end > 1 && *end == '.' && starts_name(end[1])) {  // an output of a recurrence
      end = std::find_if_not(end + 1, rest.end(), in_name);
    }
    return take(TokenKind::name, static_cast<std::size_t>(end - rest.begin()));
  }
  if (is_digit(rest[0]) || (rest[0] == '.' && rest.size() > 1 && is_digit(rest[1]))) {
    const std::size_t length = number_length();
    const auto end = std::find_if_not(rest.begin() + static_cast<std::ptrdiff_t>(length), rest.end(),
                                      [](char c) { return in_name(c) || c == '.'; });
    const auto written = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    if (written.size() > length)
      refuse(offset_ + 1, "found " + in_quotes(written) + ", which is neither number nor name");
    Token token = take(TokenKind::number, length);
    const ParsedNumber parsed = parse_number(token.text);
    if (parsed.fault != NumberFault::none) {
      refuse(token.column, "the number " + printable(token.text) + " is beyond the range of a double");
    }
    if (is_inexact_whole(token.text)) {
      refuse(token.column, "found " + printable(token.text) + ", " + kInexactWhole);
    }
    token.number = parsed.value;
    return token;
  }
  for (const std::string_view symbol : {"**", "<=", ">=", "==", "!="}) {
    if (rest.starts_with(symbol)) return take(TokenKind::symbol, symbol.size());
  }
  if (std::string_view("+-*/@<>=()[],:").find(rest[0]) != std::string_view::npos) return take(TokenKind::symbol, 1);
  std::size_t length = 1;
  while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0U) == 0x80U) ++length;
  refuse(offset_ + 1, "found " + in_quotes(rest.substr(0, length)) + ", which no expression has" + advice(rest));
}

void ExpressionLexer::refuse(std::size_t column, const std::string& message) const {
  throw InputError(where_, "column " + std::to_string(column) + " of " + in_quotes(text_) + ": " + message);
}

}  // namespace exmc::ir
