#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "exmc/core/array.hpp"

namespace exmc::ir {

struct Expression;
/// Expressions are immutable once parsed, so trees are shared freely.
using ExpressionPtr = std::shared_ptr<const Expression>;

/// A number, or a (nested) list of numbers written in the JSON in place of an expression.
struct Literal {
  Array value;
};

/// A reference to a node or a data entry.
struct Name {
  std::string name;
};

enum class UnaryOperator { plus, negate };
struct Unary {
  UnaryOperator op;
  ExpressionPtr operand;
};

enum class BinaryOperator {
  add,
  subtract,
  multiply,
  divide,
  power,
  matmul,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal
};
struct Binary {
  BinaryOperator op;
  ExpressionPtr left, right;
};

/// A function call; keyword arguments as in `mean(X, axis=0)`.
struct Call {
  std::string function;
  std::vector<ExpressionPtr> arguments;
  std::vector<std::pair<std::string, ExpressionPtr>> keywords;
};

/// `[a, b]`: at least one item.
struct List {
  std::vector<ExpressionPtr> items;
};

/// `start:stop:step`, any part absent.
struct Slice {
  ExpressionPtr start, stop, step;  ///< null where absent
};
/// `None`: a new axis of length 1.
struct NewAxis {};
/// One entry between brackets: an index (integer or integer array), a slice or a new axis.
using Subscript = std::variant<ExpressionPtr, Slice, NewAxis>;
struct Index {
  ExpressionPtr base;
  std::vector<Subscript> subscripts;
};

/// One node of an expression tree.
struct Expression {
  std::variant<Literal, Name, Unary, Binary, Call, List, Index> node;
  std::size_t column = 0;  ///< where it starts in its source text, from 1; 0 where there is no text (JSON numbers)
};

/// Parses numpy's expression syntax, as far as the IR has it: `+ - * / ** @`, comparisons, calls, lists, subscripts,
/// parentheses; `**` binds tighter than unary minus and to the right, comparisons loosest and do not chain.
/// @throws InputError with `where`, the column, what was found and what was expected; also beyond 1000 levels of
/// nesting.
[[nodiscard]] ExpressionPtr parse_expression(const std::string& text, const std::string& where);

}  // namespace exmc::ir
