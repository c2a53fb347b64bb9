#pragma once

#include "exmc/ir/expression.hpp"

/// Functions as people write them, by their syntax alone; null where it is something else.
namespace exmc::density {

[[nodiscard]] bool is_one(const ir::ExpressionPtr& expression);

/// The a of exp(a).
[[nodiscard]] ir::ExpressionPtr exponent_of(const ir::ExpressionPtr& expression);
/// The a of 1 + exp(a), or exp(a) + 1.
[[nodiscard]] ir::ExpressionPtr exponent_beside_one(const ir::ExpressionPtr& expression);

/// The a of a**2 and square(a), and of a * a where it is a name.
[[nodiscard]] ir::ExpressionPtr root_of(const ir::ExpressionPtr& expression);
/// The a of log1p(-a**2), in these forms; also of log1p(-a * a), which is log1p((-a) * a).
[[nodiscard]] ir::ExpressionPtr root_below_one(const ir::Call& call);

}  // namespace exmc::density
