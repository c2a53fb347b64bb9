#include "written_forms.hpp"

#include <string_view>
#include <variant>

namespace exmc::density {
namespace {

bool is_number(const ir::ExpressionPtr& expression, double number) {
  const auto* const literal = std::get_if<ir::Literal>(&expression->node);
  return literal != nullptr && literal->value.shape.empty() && literal->value.values.front() == number;
}

/// What a call of that name is of, alone.
ir::ExpressionPtr only_argument(const ir::Call* call, std::string_view function) {
  const bool is_it =
      call != nullptr && call->function == function && call->arguments.size() == 1 && call->keywords.empty();
  return is_it ? call->arguments.front() : nullptr;
}

ir::ExpressionPtr argument_of(const ir::ExpressionPtr& expression, std::string_view function) {
  return only_argument(std::get_if<ir::Call>(&expression->node), function);
}

const ir::Binary* binary_of(const ir::ExpressionPtr& expression, ir::BinaryOperator op) {
  const auto* const binary = std::get_if<ir::Binary>(&expression->node);
  return binary != nullptr && binary->op == op ? binary : nullptr;
}

ir::ExpressionPtr negated_by(const ir::ExpressionPtr& expression) {
  const auto* const unary = std::get_if<ir::Unary>(&expression->node);
  return unary != nullptr && unary->op == ir::UnaryOperator::negate ? unary->operand : nullptr;
}

bool are_one_name(const ir::ExpressionPtr& a, const ir::ExpressionPtr& b) {
  const auto *const first = std::get_if<ir::Name>(&a->node), *const second = std::get_if<ir::Name>(&b->node);
  return first != nullptr && second != nullptr && first->name == second->name;
}

}  // namespace

bool is_one(const ir::ExpressionPtr& expression) { return is_number(expression, 1); }

ir::ExpressionPtr exponent_of(const ir::ExpressionPtr& expression) { return argument_of(expression, "exp"); }

ir::ExpressionPtr exponent_beside_one(const ir::ExpressionPtr& expression) {
  const ir::Binary* const sum = binary_of(expression, ir::BinaryOperator::add);
  if (sum == nullptr) return nullptr;
  if (is_one(sum->left)) return exponent_of(sum->right);
  return is_one(sum->right) ? exponent_of(sum->left) : nullptr;
}

ir::ExpressionPtr root_of(const ir::ExpressionPtr& expression) {
  if (const ir::ExpressionPtr root = argument_of(expression, "square")) return root;
  if (const ir::Binary* const power = binary_of(expression, ir::BinaryOperator::power)) {
    return is_number(power->right, 2) ? power->left : nullptr;
  }
  const ir::Binary* const product = binary_of(expression, ir::BinaryOperator::multiply);
  return product != nullptr && are_one_name(product->left, product->right) ? product->left : nullptr;
}

ir::ExpressionPtr root_below_one(const ir::Call& call) {
  const ir::ExpressionPtr argument = only_argument(&call, "log1p");
  if (!argument) return nullptr;
  if (const ir::ExpressionPtr square = negated_by(argument)) return root_of(square);
  const ir::Binary* const product = binary_of(argument, ir::BinaryOperator::multiply);
  const ir::ExpressionPtr root = product == nullptr ? nullptr : negated_by(product->left);
  return root && are_one_name(root, product->right) ? root : nullptr;
}

}  // namespace exmc::density
