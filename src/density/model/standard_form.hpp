#pragma once

#include <optional>
#include <string>

#include "exmc/ir/expression.hpp"

namespace exmc::density {

/// An expression as shift + scale z, of a variable z that stands in it once, not in shift or scale. Null shift: none.
struct StandardForm {
  ir::ExpressionPtr shift, scale;
};
[[nodiscard]] std::optional<StandardForm> standard_form(const ir::ExpressionPtr& expression, const std::string& z);
/// The same of cumsum(z) in the place of z, also where it is written cumsum(scale z).
[[nodiscard]] std::optional<StandardForm> cumulated_form(const ir::ExpressionPtr& expression, const std::string& z);

}  // namespace exmc::density
