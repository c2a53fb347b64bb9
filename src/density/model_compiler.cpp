#include "model_compiler.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "dependency.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "parametrisation.hpp"

namespace exmc::density {
namespace {

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

using Expressions = std::vector<std::pair<std::string, ir::ExpressionPtr>>;

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
  add("lower", variable.lower);
  add("upper", variable.upper);
  for (const ir::RandomVariable& component : variable.components) {
    add_expressions(component, prefix + component.key + ".", all);
  }
}

/// All expressions of a node, each with its key.
Expressions expressions_of(const ir::Node& node) {
  if (const auto* derived = std::get_if<ir::Derived>(&node.kind)) return {{"expr", derived->value}};
  if (const auto* potential = std::get_if<ir::Potential>(&node.kind)) return {{"potential", potential->value}};
  Expressions all;
  add_expressions(std::get<ir::RandomVariable>(node.kind), "", all);
  return all;
}

}  // namespace

ModelCompiler::ModelCompiler(const ir::Model& model, std::uint64_t memory_limit)
    : model_(model),
      builder_(memory_limit),
      expressions_(builder_, [this](const std::string& name) { return lookup(name); }),
      laws_(builder_, expressions_),
      values_(model.nodes.size()) {
  for (std::size_t i = 0; i < model.nodes.size(); ++i) nodes_[model.nodes[i].name] = i;
}

std::string ModelCompiler::where(std::size_t index, const std::string& key) const {
  return model_.source + ": nodes." + model_.nodes[index].name + (key.empty() ? "" : "." + key);
}

Program ModelCompiler::compile() {
  for (const std::size_t index : order_nodes()) {
    builder_.locate(where(index));
    std::visit([&](const auto& node) { compile_node(index, node); }, model_.nodes[index].kind);
  }
  std::vector<SavedVariable> saved;
  std::vector<View> views;
  std::size_t offset = 0;
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    const auto* derived = std::get_if<ir::Derived>(&model_.nodes[i].kind);
    const auto* variable = std::get_if<ir::RandomVariable>(&model_.nodes[i].kind);
    const bool is_saved = derived != nullptr ? derived->save : variable != nullptr && !variable->observed;
    if (!is_saved) continue;
    saved.push_back({model_.nodes[i].name, values_[i].shape, offset});
    views.push_back(values_[i]);
    offset += element_count(values_[i].shape);
  }
  Program program = builder_.finish(views);
  program.saved = std::move(saved);
  program.observed = std::move(observed_);
  std::sort(parameters_.begin(), parameters_.end(),
            [this](const auto& a, const auto& b) { return nodes_.at(a.name) < nodes_.at(b.name); });
  std::size_t position = 0;
  for (FreeParameter& parameter : parameters_) parameter.offset = std::exchange(position, position + parameter.size);
  program.parameters = std::move(parameters_);
  return program;
}

std::set<std::size_t> ModelCompiler::needs_of(const ir::Node& node) const {
  std::set<std::size_t> needs;
  for (const auto& [key, expression] : expressions_of(node)) {
    const std::string place = model_.source + ": nodes." + node.name + "." + key;
    std::set<std::string> names;
    collect_names(*expression, place, names);
    for (const std::string& name : names) {
      if (const auto found = nodes_.find(name); found != nodes_.end()) {
        needs.insert(found->second);
      } else if (!model_.data.contains(name)) {
        std::vector<std::string> known;
        for (const auto& [other, index] : nodes_) known.push_back(other);
        for (const auto& [other, array] : model_.data) known.push_back(other);
        throw InputError(place, "unknown name " + quoted(name) + did_you_mean(name, known));
      }
    }
  }
  return needs;
}

std::vector<std::size_t> ModelCompiler::order_nodes() const {
  Dependencies needs;
  for (const ir::Node& node : model_.nodes) needs.push_back(needs_of(node));
  DependencyOrder sorted = sort_by_dependency(needs);
  if (sorted.cycle.empty()) return std::move(sorted.order);
  std::string cycle;
  for (const std::size_t index : sorted.cycle) cycle += model_.nodes[index].name + " -> ";
  throw InputError(where(sorted.cycle.front()),
                   "defined by itself: " + cycle + model_.nodes[sorted.cycle.front()].name);
}

View ModelCompiler::lookup(const std::string& name) {
  if (const auto node = nodes_.find(name); node != nodes_.end()) return values_[node->second];
  if (const auto known = data_.find(name); known != data_.end()) return known->second;
  return data_[name] = builder_.constant(model_.data.at(name));
}

void ModelCompiler::compile_node(std::size_t index, const ir::Derived& node) {
  values_[index] = expressions_.compile(*node.value, where(index, "expr"));
}

void ModelCompiler::compile_node(std::size_t index, const ir::Potential& node) {
  const std::string place = where(index, "potential");
  const View value = expressions_.compile(*node.value, place);
  if (value.constant()) {
    const Array array = builder_.evaluate(value);
    const auto finite = [](double x) { return std::isfinite(x); };
    if (!std::all_of(array.values.begin(), array.values.end(), finite)) {
      throw InputError(place, "not finite, whatever the parameters are");
    }
  }
  values_[index] = value;
  builder_.add_values(value);
}

void ModelCompiler::compile_node(std::size_t index, const ir::RandomVariable& node) {
  if (node.observed) values_[index] = data_of(index, node);
  const Law law = laws_.compile(node, shape_request(index, node), where(index));
  if (node.observed) {
    observe(index, law);
  } else if (law.support == nullptr || !law.never_free.empty()) {
    throw InputError(where(index), law.never_free);
  } else {
    values_[index] = introduce(index, *law.support, law.bounds, law.shape);
  }
  builder_.locate(where(index));
  law.lower(values_[index]);
}

ShapeRequest ModelCompiler::shape_request(std::size_t index, const ir::RandomVariable& node) {
  ShapeRequest request;
  if (node.observed) request.observed = values_[index].shape;
  if (!node.shape) return request;
  request.given.emplace();
  const std::string place = where(index, "shape");
  for (const ir::ExpressionPtr& length : *node.shape) {
    request.given->push_back(axis_length(builder_, expressions_.compile(*length, place), place));
  }
  return request;
}

View ModelCompiler::data_of(std::size_t index, const ir::RandomVariable& node) {
  const std::string place = where(index, "observed");
  const View data = expressions_.compile(*node.observed, place);
  if (!data.constant()) throw InputError(place, "only data can be observed, not what depends on parameters");
  return data;
}

void ModelCompiler::observe(std::size_t index, const Law& law) {
  Array value = builder_.evaluate(values_[index]);
  law.require_possible(value, where(index, "observed"));
  observed_.push_back({model_.nodes[index].name, std::move(value)});
}

View ModelCompiler::introduce(std::size_t index, const Support& support, const Bounds& bounds, const Shape& shape) {
  builder_.locate(where(index));
  builder_.require_room(shape);
  const Shape free = bounds.any() ? shape : unconstrained_shape(support, shape, where(index));
  const View unconstrained = builder_.position_block(free, index);
  const std::string_view name = bounds.any() ? bounds.name() : support.name;
  parameters_.push_back({model_.nodes[index].name, shape, std::string(name), 0, element_count(unconstrained.shape)});
  return bounds.any() ? constrain_between(builder_, unconstrained, bounds)
                      : support.constrain(builder_, unconstrained, shape);
}

}  // namespace exmc::density
