#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace exmc::ir {

enum class TokenKind { number, name, symbol, end };

struct Token {
  TokenKind kind = TokenKind::end;
  std::string_view text;  ///< as written; empty at the end
  std::size_t column = 1;
  double number = 0;
};

/// Splits the text of an expression into numbers, names and operators.
class ExpressionLexer {
 public:
  /// `text` must outlive the lexer.
  ExpressionLexer(std::string_view text, std::string where) : text_(text), where_(std::move(where)) {}

  /// @throws InputError at a character that no token begins with, and at a number that is none or not finite.
  [[nodiscard]] Token next();

  [[noreturn]] void refuse(std::size_t column, const std::string& message) const;

 private:
  [[nodiscard]] std::size_t number_length() const;
  Token take(TokenKind kind, std::size_t length);

  std::string_view text_;
  std::string where_;
  std::size_t offset_ = 0;
};

}  // namespace exmc::ir
