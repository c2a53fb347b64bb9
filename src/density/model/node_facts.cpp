#include "node_facts.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "../distributions/distribution.hpp"
#include "exmc/core/overloaded.hpp"
#include "exmc/density/whole_numbers.hpp"
#include "exmc/ir/collect_names.hpp"

namespace exmc::density {
namespace {

/// The expressions of a node, each with its key after `prefix`.
class Collector {
 public:
  std::vector<Use> all;

  void add(const std::string& key, const ir::ExpressionPtr& expression) {
    if (expression) all.push_back({key, expression});
  }
  /// What is computed again and again, over names of its own: those of `within`.
  void add_within(const auto& within, const std::string& key, const ir::ExpressionPtr& expression) {
    all.push_back({key, expression, [&within](const std::string& name) { return within.is_local(name); }});
  }
  void add(const ir::RandomVariable& variable, const std::string& prefix) {
    for (const auto& [key, expression] : variable.parameters) add(prefix + key, expression);
    for (const ir::ExpressionPtr& length : variable.shape.value_or(std::vector<ir::ExpressionPtr>{})) {
      add(prefix + "shape", length);
    }
    add(prefix + "observed", variable.observed);
    add(prefix + "value", variable.value);
    add(prefix + "lower", variable.lower);
    add(prefix + "upper", variable.upper);
    for (const ir::RandomVariable& component : variable.components) add(component, prefix + component.key + ".");
  }
  void add(const ir::Scan& scan) {
    for (const auto& [name, initial] : scan.carry) add("scan.carry." + name, initial);
    for (const auto& [name, sequence] : scan.over) add("scan.over." + name, sequence);
    for (const auto& [name, value] : scan.step) add_within(scan, "scan.step." + name, value);
    add("scan.length", scan.length);
  }
  void add(const ir::Ode& ode) {
    for (const auto& [name, initial] : ode.initial) add("ode.initial." + name, initial);
    for (const auto& [name, value] : ode.rhs) add_within(ode, "ode.rhs." + name, value);
    add("ode.start", ode.start);
    add("ode.times", ode.times);
  }

  void operator()(const ir::RandomVariable& variable) { add(variable, ""); }
  void operator()(const ir::Derived& derived) { add("expr", derived.value); }
  void operator()(const ir::Imputed& imputed) {
    add("of", std::make_shared<const ir::Expression>(ir::Expression{ir::Name{imputed.of}}));
  }
  void operator()(const ir::Potential& potential) { add("potential", potential.value); }
  void operator()(const ir::Recurrence& recurrence) { add(recurrence.scan); }
  void operator()(const ir::DifferentialEquation& equation) { add(equation.ode); }
  void operator()(const ir::Generated& generated) {
    std::visit(Overloaded{[this](const ir::RandomVariable& variable) { add(variable, ""); },
                          [this](const ir::ExpressionPtr& value) { add("generated", value); },
                          [this](const auto& arrays) { add(arrays); }},
               generated.value);
  }
};

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

std::vector<Use> expressions_of(const ir::Node& node) {
  Collector collector;
  std::visit(collector, node.kind);
  return std::move(collector.all);
}

std::set<std::string> names_in(const Use& use, const std::string& where) {
  std::set<std::string> names;
  ir::collect_names(*use.expression, where, names);
  if (use.is_local) std::erase_if(names, use.is_local);
  return names;
}

std::string path_of(const ir::Node& node, const std::string& key) {
  const auto* generated = std::get_if<ir::Generated>(&node.kind);
  const bool nested = generated != nullptr && !std::holds_alternative<ir::ExpressionPtr>(generated->value);
  return "nodes." + node.name + (nested ? ".generated" : "") + (key.empty() ? "" : "." + key);
}

bool is_random(const ir::Node& node) {
  return std::visit(
      Overloaded{[](const ir::RandomVariable&) { return true; }, [](const ir::Potential&) { return true; },
                 [](const ir::Derived&) { return false; }, [](const ir::Generated&) { return false; },
                 [](const ir::Recurrence&) { return false; }, [](const ir::DifferentialEquation&) { return false; },
                 [](const ir::Imputed&) { return false; }},
      node.kind);
}

bool is_parameter(const ir::Node& node) {
  const auto* const variable = std::get_if<ir::RandomVariable>(&node.kind);
  return variable != nullptr ? variable->is_free() : std::holds_alternative<ir::Imputed>(node.kind);
}

bool is_saved(const ir::Node& node) {
  return std::visit(Overloaded{[&](const ir::RandomVariable&) { return is_parameter(node); },
                               [](const ir::Potential&) { return false; }, [](const ir::Imputed&) { return true; },
                               [](const auto& computed) { return computed.save; }},
                    node.kind);
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
  for (const ir::Node& node : nodes) feeding.push_back(is_random(node));
  const std::vector<std::size_t> order = sort_by_dependency(needs).order;
  for (auto node = order.rbegin(); node != order.rend(); ++node) {
    if (!feeding[*node]) continue;
    for (const std::size_t needed : needs[*node]) feeding[needed] = true;
  }
  return feeding;
}

}  // namespace exmc::density
