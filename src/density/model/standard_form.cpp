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

/// What an expression is when it is the innermost thing that is shifted and scaled, as a form without a shift; nothing
/// where it is not.
using Core = std::optional<StandardForm> (*)(const ir::ExpressionPtr& expression, const std::string& z);

std::optional<StandardForm> form_around(Core core, const ir::ExpressionPtr& expression, const std::string& z) {
  using enum ir::BinaryOperator;
  if (std::optional<StandardForm> innermost = core(expression, z)) return innermost;
  const auto* const binary = std::get_if<ir::Binary>(&expression->node);
  if (binary == nullptr || (binary->op != add && binary->op != multiply)) return std::nullopt;
  const bool on_left = names(binary->left, z);
  const ir::ExpressionPtr &with = on_left ? binary->left : binary->right,
                          &other = on_left ? binary->right : binary->left;
  if (on_left && names(other, z)) return std::nullopt;
  std::optional<StandardForm> inner = form_around(core, with, z);
  if (!inner) return std::nullopt;
  if (binary->op == add) return StandardForm{combined(add, inner->shift, other), inner->scale};
  if (inner->shift) return std::nullopt;
  return StandardForm{nullptr, combined(multiply, inner->scale, other)};
}

std::optional<StandardForm> itself(const ir::ExpressionPtr& expression, const std::string& z) {
  return is(expression, z) ? std::optional<StandardForm>(StandardForm{}) : std::nullopt;
}

std::optional<StandardForm> its_sums(const ir::ExpressionPtr& expression, const std::string& z) {
  const auto* const call = std::get_if<ir::Call>(&expression->node);
  if (call == nullptr || call->function != "cumsum" || call->arguments.size() != 1 || !call->keywords.empty()) {
    return std::nullopt;
  }
  const std::optional<StandardForm> form = form_around(itself, call->arguments.front(), z);
  return form && !form->shift ? form : std::nullopt;
}

}  // namespace

std::optional<StandardForm> standard_form(const ir::ExpressionPtr& expression, const std::string& z) {
  const std::optional<StandardForm> form = form_around(itself, expression, z);
  return form && form->scale ? form : std::nullopt;
}

std::optional<StandardForm> cumulated_form(const ir::ExpressionPtr& expression, const std::string& z) {
  return form_around(its_sums, expression, z);
}

}  // namespace exmc::density
