#include "standard_form.hpp"

#include <set>
#include <variant>

#include "../functions/expression_compiler.hpp"

namespace exmc::density {
namespace {

bool names(const ir::ExpressionPtr& expression, const std::string& name) {
  std::set<std::string> found;
  collect_names(*expression, "", found);
  return found.contains(name);
}

ir::ExpressionPtr combined(ir::BinaryOperator op, const ir::ExpressionPtr& left, const ir::ExpressionPtr& right) {
  if (!left) return right;
  return std::make_shared<const ir::Expression>(ir::Expression{ir::Binary{op, left, right}, left->column});
}

bool is(const ir::ExpressionPtr& expression, const std::string& name) {
  const auto* const found = std::get_if<ir::Name>(&expression->node);
  return found != nullptr && found->name == name;
}

}  // namespace

std::optional<StandardForm> standard_form(const ir::ExpressionPtr& expression, const std::string& z) {
  using enum ir::BinaryOperator;
  const auto* const binary = std::get_if<ir::Binary>(&expression->node);
  if (binary == nullptr || (binary->op != add && binary->op != multiply)) return std::nullopt;
  const bool on_left = names(binary->left, z);
  const ir::ExpressionPtr &with = on_left ? binary->left : binary->right,
                          &other = on_left ? binary->right : binary->left;
  if (on_left && names(other, z)) return std::nullopt;
  if (binary->op == multiply && is(with, z)) return StandardForm{nullptr, other};
  std::optional<StandardForm> inner = standard_form(with, z);
  if (!inner) return std::nullopt;
  if (binary->op == add) return StandardForm{combined(add, inner->shift, other), inner->scale};
  if (inner->shift) return std::nullopt;
  return StandardForm{nullptr, combined(multiply, inner->scale, other)};
}

std::optional<StandardForm> cumulated_form(const ir::ExpressionPtr& expression, const std::string& z) {
  using enum ir::BinaryOperator;
  if (const auto* const call = std::get_if<ir::Call>(&expression->node)) {
    if (call->function != "cumsum" || call->arguments.size() != 1 || !call->keywords.empty()) return std::nullopt;
    const ir::ExpressionPtr& inner = call->arguments.front();
    if (is(inner, z)) return StandardForm{nullptr, nullptr};
    std::optional<StandardForm> form = standard_form(inner, z);
    return form && !form->shift ? form : std::nullopt;
  }
  const auto* const binary = std::get_if<ir::Binary>(&expression->node);
  if (binary == nullptr || (binary->op != add && binary->op != multiply)) return std::nullopt;
  const bool on_left = names(binary->left, z);
  const ir::ExpressionPtr &with = on_left ? binary->left : binary->right,
                          &other = on_left ? binary->right : binary->left;
  if (on_left && names(other, z)) return std::nullopt;
  std::optional<StandardForm> inner = cumulated_form(with, z);
  if (!inner) return std::nullopt;
  if (binary->op == add) return StandardForm{combined(add, inner->shift, other), inner->scale};
  if (inner->shift) return std::nullopt;
  return StandardForm{nullptr, combined(multiply, inner->scale, other)};
}

}  // namespace exmc::density
