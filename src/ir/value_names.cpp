#include <algorithm>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "exmc/ir/model.hpp"

namespace exmc::ir {

const Scan* scan_of(const Node& node) {
  if (const auto* const recurrence = std::get_if<Recurrence>(&node.kind)) return &recurrence->scan;
  const auto* const generated = std::get_if<Generated>(&node.kind);
  return generated == nullptr ? nullptr : std::get_if<Scan>(&generated->value);
}

std::vector<std::string> value_names(const Node& node) {
  const Scan* const scan = scan_of(node);
  if (scan == nullptr || scan->outputs.size() == 1) return {node.name};
  std::vector<std::string> names;
  for (const std::string& output : scan->outputs) names.push_back(node.name + "." + output);
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
