#pragma once

#include <functional>

#include "exmc/ir/expression.hpp"

namespace exmc::density {

/// The same expression with what `of` makes of its parts; those of subscripts stay.
[[nodiscard]] ir::ExpressionPtr with_parts(const ir::ExpressionPtr& expression,
                                           const std::function<ir::ExpressionPtr(const ir::ExpressionPtr&)>& of);

}  // namespace exmc::density
