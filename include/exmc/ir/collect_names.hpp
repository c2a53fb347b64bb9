#pragma once

#include <set>
#include <string>

#include "exmc/ir/expression.hpp"

namespace exmc::ir {

enum class NamesIn { all, all_but_subscripts };

/// Adds the names an expression refers to (not those of functions).
/// @throws InputError with `where` beyond 2000 levels of nesting.
void collect_names(const Expression& expression, const std::string& where, std::set<std::string>& names,
                   NamesIn parts = NamesIn::all);

}  // namespace exmc::ir
