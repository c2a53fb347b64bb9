#include "expression_parts.hpp"

#include <memory>
#include <utility>
#include <variant>

namespace exmc::density {

using ir::ExpressionPtr;

ExpressionPtr with_parts(const ExpressionPtr& expression,
                         const std::function<ExpressionPtr(const ExpressionPtr&)>& of) {
  ir::Expression changed = *expression;
  if (auto* const unary = std::get_if<ir::Unary>(&changed.node)) {
    unary->operand = of(unary->operand);
  } else if (auto* const binary = std::get_if<ir::Binary>(&changed.node)) {
    binary->left = of(binary->left);
    binary->right = of(binary->right);
  } else if (auto* const call = std::get_if<ir::Call>(&changed.node)) {
    for (ExpressionPtr& argument : call->arguments) argument = of(argument);
    for (auto& [name, value] : call->keywords) value = of(value);
  } else if (auto* const list = std::get_if<ir::List>(&changed.node)) {
    for (ExpressionPtr& item : list->items) item = of(item);
  } else if (auto* const index = std::get_if<ir::Index>(&changed.node)) {
    index->base = of(index->base);
  } else {
    return expression;
  }
  return std::make_shared<const ir::Expression>(std::move(changed));
}

}  // namespace exmc::density
