#include "node_facts.hpp"

#include <algorithm>
#include <memory>
#include <variant>

#include "../distributions/distribution.hpp"
#include "exmc/density/whole_numbers.hpp"

namespace exmc::density {
namespace {

/// All expressions of a random variable, each with its key after `prefix`.
void add_expressions(const ir::RandomVariable& variable, const std::string& prefix, Expressions& all) {
  const auto add = [&](const std::string& key, const ir::ExpressionPtr& expression) {
    if (expression) all.emplace_back(prefix + key, expression);
  };
  for (const auto& [key, expression] : variable.parameters) add(key, expression);
  for (const ir::ExpressionPtr& length : variable.shape.value_or(std::vector<ir::ExpressionPtr>{})) {
    add("shape", length);
  }
  add("observed", variable.observed);
  add("value", variable.value);
  add("lower", variable.lower);
  add("upper", variable.upper);
  for (const ir::RandomVariable& component : variable.components) {
    add_expressions(component, prefix + component.key + ".", all);
  }
}

/// Also of what is made of others.
bool is_discrete(const ir::RandomVariable& variable) {
  const Distribution* const distribution = find_distribution(variable.distribution);
  return distribution != nullptr ? distribution->discrete : is_discrete(variable.components.front());
}

bool may_be_negative(const ir::RandomVariable& variable) {
  const Distribution* const distribution = find_distribution(variable.distribution);
  if (distribution != nullptr) return distribution->data->contains(-1);
  const auto& parts = variable.components;
  return std::any_of(parts.begin(), parts.end(), [](const auto& part) { return may_be_negative(part); });
}

}  // namespace

Expressions expressions_of(const ir::Node& node) {
  if (const auto* derived = std::get_if<ir::Derived>(&node.kind)) return {{"expr", derived->value}};
  if (const auto* potential = std::get_if<ir::Potential>(&node.kind)) return {{"potential", potential->value}};
  if (const auto* imputed = std::get_if<ir::Imputed>(&node.kind)) {
    return {{"of", std::make_shared<const ir::Expression>(ir::Expression{ir::Name{imputed->of}})}};
  }
  const auto* generated = std::get_if<ir::Generated>(&node.kind);
  if (generated != nullptr) {
    if (const auto* value = std::get_if<ir::ExpressionPtr>(&generated->value)) return {{"generated", *value}};
  }
  Expressions all;
  add_expressions(
      generated != nullptr ? std::get<ir::RandomVariable>(generated->value) : std::get<ir::RandomVariable>(node.kind),
      "", all);
  return all;
}

std::string path_of(const ir::Node& node, const std::string& key) {
  const auto* generated = std::get_if<ir::Generated>(&node.kind);
  const bool nested = generated != nullptr && std::holds_alternative<ir::RandomVariable>(generated->value);
  return "nodes." + node.name + (nested ? ".generated" : "") + (key.empty() ? "" : "." + key);
}

bool is_saved(const ir::Node& node) {
  if (const auto* variable = std::get_if<ir::RandomVariable>(&node.kind)) return variable->is_free();
  if (const auto* derived = std::get_if<ir::Derived>(&node.kind)) return derived->save;
  if (const auto* generated = std::get_if<ir::Generated>(&node.kind)) return generated->save;
  return std::holds_alternative<ir::Imputed>(node.kind);
}

bool is_discrete(const ir::Node& node) {
  const auto* generated = std::get_if<ir::Generated>(&node.kind);
  const auto* variable = generated != nullptr ? std::get_if<ir::RandomVariable>(&generated->value) : nullptr;
  return variable != nullptr && is_discrete(*variable);
}

bool may_be_negative(const ir::Node& node) {
  const auto* generated = std::get_if<ir::Generated>(&node.kind);
  const auto* variable = generated != nullptr ? std::get_if<ir::RandomVariable>(&generated->value)
                                              : std::get_if<ir::RandomVariable>(&node.kind);
  return variable != nullptr && may_be_negative(*variable);
}

std::vector<bool> feed_the_density(const std::vector<ir::Node>& nodes, const Dependencies& needs) {
  std::vector<bool> feeding;
  for (const ir::Node& node : nodes) {
    feeding.push_back(std::holds_alternative<ir::RandomVariable>(node.kind) ||
                      std::holds_alternative<ir::Potential>(node.kind));
  }
  const std::vector<std::size_t> order = sort_by_dependency(needs).order;
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    if (!feeding[*node]) continue;
    for (const std::size_t needed : needs[*node]) feeding[needed] = true;
  }
  return feeding;
}

}  // namespace exmc::density
