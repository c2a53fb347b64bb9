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

}  // namespace exmc::ir
