#include <algorithm>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "exmc/core/overloaded.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::ir {

const std::vector<std::string>* outputs_of(const Node& node) {
  using Outputs = const std::vector<std::string>*;
  const Overloaded computed{
      [](const RandomVariable&) { return Outputs{}; }, [](const ExpressionPtr&) { return Outputs{}; },
      [](const Scan& scan) { return &scan.outputs; }, [](const Ode& ode) { return &ode.outputs; }};
  return std::visit(
      Overloaded{[](const RandomVariable&) { return Outputs{}; }, [](const Derived&) { return Outputs{}; },
                 [](const Potential&) { return Outputs{}; }, [](const Imputed&) { return Outputs{}; },
                 [&](const Generated& generated) { return std::visit(computed, generated.value); },
                 [&](const Recurrence& recurrence) { return computed(recurrence.scan); },
                 [&](const DifferentialEquation& equation) { return computed(equation.ode); }},
      node.kind);
}

std::vector<std::string> value_names(const Node& node) {
  const std::vector<std::string>* const outputs = outputs_of(node);
  if (outputs == nullptr || outputs->size() == 1) return {node.name};
  std::vector<std::string> names;
  for (const std::string& output : *outputs) names.push_back(node.name + "." + output);
  return names;
}

std::string node_of_value(const std::string& name) { return name.substr(0, name.find('.')); }

const Node& node_of(const Model& model, const std::string& value_name) {
  const auto found = std::ranges::find(model.nodes, node_of_value(value_name), &Node::name);
  if (found == model.nodes.end()) throw std::out_of_range("no node has " + value_name);
  return *found;
}

std::string output_name(const Model& model, const std::string& value_name) {
  const Node& node = node_of(model, value_name);
  return value_name == node.name ? node.output_name() : value_name;
}

}  // namespace exmc::ir
