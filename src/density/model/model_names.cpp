#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "../program/dependency.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "model_compiler.hpp"
#include "node_facts.hpp"

/// What names in a model stand for, and the order of nodes that follows.
namespace exmc::density {
namespace {

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

/// @throws InputError when the density would depend on what is generated.
void require_use(const ir::Node& user, const ir::Node& used, const std::string& where) {
  if (!std::holds_alternative<ir::Generated>(used.kind) || std::holds_alternative<ir::Generated>(user.kind)) return;
  throw InputError(where, quoted(used.name) + " is generated once a draw, so the density cannot depend on it; make " +
                              quoted(user.name) + " generated too");
}

}  // namespace

std::set<std::size_t> ModelCompiler::needs_of(const ir::Node& node) const {
  std::set<std::size_t> needs;
  for (const Use& use : expressions_of(node)) {
    const std::string place = model_.source + ": " + path_of(node, use.key);
    for (const std::string& name : names_in(use, place)) {
      require_complete(node, use.key, name, place);
      if (const std::optional<std::size_t> used = node_called(name, place)) {
        needs.insert(*used);
        require_use(node, model_.nodes[*used], place);
      }
    }
  }
  return needs;
}

/// Nothing for data. @throws InputError with `where` for what is neither
std::optional<std::size_t> ModelCompiler::node_called(const std::string& name, const std::string& where) const {
  if (model_.data.contains(name)) return std::nullopt;
  const auto found = nodes_.find(ir::node_of_value(name));
  if (found != nodes_.end()) {
    const std::vector<std::string> values = ir::value_names(model_.nodes[found->second]);
    if (std::ranges::find(values, name) != values.end()) return found->second;
    if (name == found->first) {
      throw InputError(where,
                       "the node " + quoted(name) + " has several outputs, of which one is " + quoted(values.front()));
    }
  }
  std::vector<std::string> known;
  for (const ir::Node& node : model_.nodes) {
    for (std::string& value : ir::value_names(node)) known.push_back(std::move(value));
  }
  for (const auto& [other, array] : model_.data) known.push_back(other);
  throw InputError(where, "unknown name " + quoted(name) + did_you_mean(name, known));
}

std::vector<std::size_t> ModelCompiler::order_nodes() const {
  Dependencies needs;
  for (const ir::Node& node : model_.nodes) needs.push_back(needs_of(node));
  for (const auto& [index, more] : learned_.plan().needs) needs[index].insert(more.begin(), more.end());
  DependencyOrder sorted = sort_by_dependency(needs);
  if (sorted.cycle.empty()) return std::move(sorted.order);
  std::string cycle;
  for (const std::size_t index : sorted.cycle) cycle += model_.nodes[index].name + " -> ";
  throw InputError(where(sorted.cycle.front()),
                   "defined by itself: " + cycle + model_.nodes[sorted.cycle.front()].name);
}

}  // namespace exmc::density
