#pragma once

#include "exmc/ir/expression.hpp"
#include "json/value.hpp"

namespace exmc::ir {

/// A string is parsed, a number or (nested) list of numbers stands for itself.
/// @throws InputError
[[nodiscard]] ExpressionPtr read_expression(const json::Value& value);
/// The same of the length of an axis: a whole number, or an expression.
[[nodiscard]] ExpressionPtr read_length(const json::Value& value);

}  // namespace exmc::ir
