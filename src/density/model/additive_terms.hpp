#pragma once

#include <functional>
#include <string>
#include <vector>

#include "exmc/ir/expression.hpp"

namespace exmc::density {

/// A term of a sum, and what the others come to.
struct AdditiveTerm {
  ir::ExpressionPtr term, rest;
};

/// The terms of an expression that are added and not subtracted, each with the rest of the sum; none where the
/// expression is no sum. A term that is a name which `definition` knows is also taken as the sum that it stands for,
/// and so on, so that there are terms of several finenesses.
[[nodiscard]] std::vector<AdditiveTerm> additive_terms(
    const ir::ExpressionPtr& expression, const std::function<ir::ExpressionPtr(const std::string&)>& definition);

}  // namespace exmc::density
