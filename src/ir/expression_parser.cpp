#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exmc/core/text.hpp"
#include "exmc/ir/expression.hpp"
#include "expression_lexer.hpp"

namespace exmc::ir {
namespace {

/// Bounds both the parser's recursion and the height of the tree, over which everybody after it recurses: a chain of a
/// thousand operators is as high as a thousand parentheses.
constexpr std::size_t kHighest = 1000;

struct BinarySymbol {
  std::string_view text;
  BinaryOperator op;
  int precedence;
};

constexpr int kComparison = 1, kSum = 2, kProduct = 3;
constexpr std::array kBinarySymbols{
    BinarySymbol{"<", BinaryOperator::less, kComparison},
    BinarySymbol{"<=", BinaryOperator::less_equal, kComparison},
    BinarySymbol{">", BinaryOperator::greater, kComparison},
    BinarySymbol{">=", BinaryOperator::greater_equal, kComparison},
    BinarySymbol{"==", BinaryOperator::equal, kComparison},
    BinarySymbol{"!=", BinaryOperator::not_equal, kComparison},
    BinarySymbol{"+", BinaryOperator::add, kSum},
    BinarySymbol{"-", BinaryOperator::subtract, kSum},
    BinarySymbol{"*", BinaryOperator::multiply, kProduct},
    BinarySymbol{"/", BinaryOperator::divide, kProduct},
    BinarySymbol{"@", BinaryOperator::matmul, kProduct},
};

/// A tree and its height in nodes.
struct Parsed {
  ExpressionPtr tree;
  std::size_t height = 0;
};

/// Recursive descent with precedence climbing, after Python's grammar for the same operators.
class Parser {
 public:
  Parser(const std::string& text, const std::string& where) : lexer_(text, where) {
    token_ = lexer_.next();
    ahead_ = lexer_.next();
  }

  ExpressionPtr parse() {
    Parsed result = binary(kComparison);
    if (token_.kind != TokenKind::end) refuse_as_not("an operator or the end");
    return std::move(result.tree);
  }

 private:
  [[nodiscard]] bool at(std::string_view symbol) const {
    return token_.kind == TokenKind::symbol && token_.text == symbol;
  }

  void advance() {
    token_ = ahead_;
    if (ahead_.kind != TokenKind::end) ahead_ = lexer_.next();
  }

  bool accept(std::string_view symbol) {
    if (!at(symbol)) return false;
    advance();
    return true;
  }

  [[noreturn]] void refuse_as_not(const std::string& expected) const {
    const std::string found = token_.kind == TokenKind::end ? "the end" : in_quotes(token_.text);
    const char* advice = at("=") ? " (write == to compare)" : "";
    lexer_.refuse(token_.column, "found " + found + ", expected " + expected + advice);
  }

  /// Every node is made here, and is higher than each of its parts.
  template <class Node>
  Parsed make(std::size_t column, Node node, std::size_t height_below = 0) {
    if (height_below >= kHighest) {
      lexer_.refuse(column, "more than " + std::to_string(kHighest) +
                                " levels of nesting, where every operator of a chain counts as one");
    }
    return {std::make_shared<const Expression>(Expression{std::move(node), column}), height_below + 1};
  }

  const BinarySymbol* binary_symbol() const {
    if (token_.kind != TokenKind::symbol) return nullptr;
    const auto* const found = std::find_if(kBinarySymbols.begin(), kBinarySymbols.end(),
                                           [&](const BinarySymbol& symbol) { return symbol.text == token_.text; });
    return found == kBinarySymbols.end() ? nullptr : found;
  }

  Parsed binary(int lowest) {
    Parsed left = unary();
    while (const BinarySymbol* symbol = binary_symbol()) {
      if (symbol->precedence < lowest) break;
      advance();
      Parsed right = binary(symbol->precedence + 1);
      const std::size_t column = left.tree->column;
      const std::size_t height = std::max(left.height, right.height);
      left = make(column, Binary{symbol->op, std::move(left.tree), std::move(right.tree)}, height);
      if (symbol->precedence == kComparison && binary_symbol() != nullptr) {
        lexer_.refuse(token_.column, "comparisons do not chain: write (a < b) * (b < c)");
      }
    }
    return left;
  }

  Parsed unary() {
    const Descent descent(*this);
    const std::size_t column = token_.column;
    for (const auto& [symbol, op] : {std::pair{"-", UnaryOperator::negate}, std::pair{"+", UnaryOperator::plus}}) {
      if (!accept(symbol)) continue;
      Parsed operand = unary();
      return make(column, Unary{op, std::move(operand.tree)}, operand.height);
    }
    return power();
  }

  Parsed power() {
    Parsed base = subscripted();
    if (!accept("**")) return base;
    Parsed exponent = unary();
    const std::size_t column = base.tree->column;
    const std::size_t height = std::max(base.height, exponent.height);
    return make(column, Binary{BinaryOperator::power, std::move(base.tree), std::move(exponent.tree)}, height);
  }

  Parsed subscripted() {
    Parsed base = primary();
    while (accept("[")) {
      std::size_t height = base.height;
      std::vector<Subscript> subscripts;
      do {
        subscripts.push_back(subscript(height));
      } while (accept(","));
      if (!accept("]")) refuse_as_not("\",\", \":\" or \"]\"");
      const std::size_t column = base.tree->column;
      base = make(column, Index{std::move(base.tree), std::move(subscripts)}, height);
    }
    return base;
  }

  /// One entry between brackets; raises `height` to that of its parts.
  Subscript subscript(std::size_t& height) {
    const auto part = [&]() -> ExpressionPtr {
      if (at(":") || at(",") || at("]")) return nullptr;
      Parsed parsed = binary(kComparison);
      height = std::max(height, parsed.height);
      return std::move(parsed.tree);
    };
    if (token_.kind == TokenKind::name && token_.text == "None") {
      advance();
      return NewAxis{};
    }
    ExpressionPtr first = part();
    if (!at(":")) {
      if (!first) refuse_as_not("an index, a slice or None");
      return first;
    }
    Slice slice{std::move(first), nullptr, nullptr};
    advance();
    slice.stop = part();
    if (accept(":")) slice.step = part();
    return slice;
  }

  Parsed primary() {
    const Token start = token_;
    if (start.kind == TokenKind::number) {
      advance();
      return make(start.column, Literal{Array::scalar(start.number)});
    }
    if (start.kind == TokenKind::name) {
      if (start.text == "None") refuse_as_not("a value (None is a new axis, between brackets only)");
      advance();
      if (at("(")) return call(start);
      return make(start.column, Name{std::string(start.text)});
    }
    if (accept("[")) return list(start.column);
    if (!accept("(")) refuse_as_not("a number, a name, \"(\" or \"[\"");
    Parsed inner = binary(kComparison);
    if (at(",")) refuse_as_not("\")\" (a list is written [a, b])");
    if (!accept(")")) refuse_as_not("an operator or \")\"");
    return inner;
  }

  Parsed list(std::size_t column) {
    List result;
    std::size_t height = 0;
    do {
      if (at("]") && !result.items.empty()) break;
      Parsed item = binary(kComparison);
      height = std::max(height, item.height);
      result.items.push_back(std::move(item.tree));
    } while (accept(","));
    if (!accept("]")) refuse_as_not("\",\" or \"]\"");
    return make(column, std::move(result), height);
  }

  Parsed call(const Token& name) {
    advance();
    Call result{std::string(name.text), {}, {}};
    std::size_t height = 0;
    while (!at(")")) {
      argument(result, height);
      if (!accept(",")) break;
    }
    if (!accept(")")) refuse_as_not("\",\" or \")\"");
    return make(name.column, std::move(result), height);
  }

  void argument(Call& result, std::size_t& height) {
    const bool by_keyword = token_.kind == TokenKind::name && ahead_.kind == TokenKind::symbol && ahead_.text == "=";
    if (!by_keyword && !result.keywords.empty()) {
      refuse_as_not("keyword=value, as after every keyword");
    }
    const std::string keyword(token_.text);
    if (by_keyword) {
      const auto same = [&](const auto& earlier) { return earlier.first == keyword; };
      if (std::any_of(result.keywords.begin(), result.keywords.end(), same)) {
        lexer_.refuse(token_.column, "the keyword " + in_quotes(keyword) + " is given twice");
      }
      advance();
      advance();
    }
    Parsed value = binary(kComparison);
    height = std::max(height, value.height);
    if (by_keyword) {
      result.keywords.emplace_back(keyword, std::move(value.tree));
    } else {
      result.arguments.push_back(std::move(value.tree));
    }
  }

  /// Counts the recursion, every cycle of which goes through unary().
  class Descent {
   public:
    explicit Descent(Parser& parser) : parser_(parser) {
      if (++parser_.depth_ > kHighest) {
        parser_.lexer_.refuse(parser_.token_.column, "more than " + std::to_string(kHighest) + " levels of nesting");
      }
    }
    Descent(const Descent&) = delete;
    Descent& operator=(const Descent&) = delete;
    ~Descent() { --parser_.depth_; }

   private:
    Parser& parser_;
  };

  ExpressionLexer lexer_;
  Token token_, ahead_;
  std::size_t depth_ = 0;
};

}  // namespace

ExpressionPtr parse_expression(const std::string& text, const std::string& where) {
  return Parser(text, where).parse();
}

}  // namespace exmc::ir
