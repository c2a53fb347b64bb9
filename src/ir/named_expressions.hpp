#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "exmc/ir/expression.hpp"
#include "json/value.hpp"

/// What recurrences and differential equations have in common: expressions by name, and outputs that name them.
namespace exmc::ir {

using NamedExpressions = std::map<std::string, ExpressionPtr>;

/// @throws InputError
[[nodiscard]] NamedExpressions read_named_expressions(const json::Value& value);
[[nodiscard]] std::vector<std::string> names_in(const NamedExpressions& expressions);
/// A name, or a list of names, each of which `read` refuses or returns. @throws InputError
[[nodiscard]] std::vector<std::string> read_outputs(const json::Value& value, const std::string& what,
                                                    const std::function<std::string(const json::Value&)>& read);

}  // namespace exmc::ir
