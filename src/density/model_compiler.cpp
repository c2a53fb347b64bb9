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

/// All expressions of a node, each with its key.
std::vector<std::pair<std::string, ir::ExpressionPtr>> expressions_of(const ir::Node& node) {
  if (const auto* derived = std::get_if<ir::Derived>(&node.kind)) return {{"expr", derived->value}};
  if (const auto* potential = std::get_if<ir::Potential>(&node.kind)) return {{"potential", potential->value}};
  const auto& variable = std::get<ir::RandomVariable>(node.kind);
  std::vector<std::pair<std::string, ir::ExpressionPtr>> all(variable.parameters.begin(), variable.parameters.end());
  for (const ir::ExpressionPtr& length : variable.shape.value_or(std::vector<ir::ExpressionPtr>{})) {
    all.emplace_back("shape", length);
  }
  all.emplace_back("observed", variable.observed);
  all.emplace_back("lower", variable.lower);
  all.emplace_back("upper", variable.upper);
  std::erase_if(all, [](const auto& entry) { return entry.second == nullptr; });
  return all;
}

/// Whether "lower" and "upper" are the distribution's own, and no truncation.
bool takes_bounds(const Distribution& distribution) {
  return distribution.lower_bound == "lower" || distribution.upper_bound == "upper";
}

std::map<std::string, ir::ExpressionPtr> parameters_of(const ir::RandomVariable& node,
                                                       const Distribution& distribution) {
  std::map<std::string, ir::ExpressionPtr> given = node.parameters;
  if (!takes_bounds(distribution)) return given;
  if (node.lower) given["lower"] = node.lower;
  if (node.upper) given["upper"] = node.upper;
  return given;
}

void require_support(const Distribution& distribution, const ir::RandomVariable& node, const std::string& where) {
  if (!distribution.any_support) {
    if (distribution.support != nullptr && *node.support == distribution.support->name) return;
    throw InputError(where, "found " + quoted(*node.support) + "; a support of its own is only for \"flat\"");
  }
  if (find_support(*node.support) == nullptr) {
    throw InputError(where, "unknown support " + quoted(*node.support) + did_you_mean(*node.support, support_names()));
  }
  if (node.lower || node.upper) throw InputError(where, "either a support or bounds, not both");
}

}  // namespace

ModelCompiler::ModelCompiler(const ir::Model& model, std::size_t max_elements)
    : model_(model),
      builder_(max_elements),
      expressions_(builder_, [this](const std::string& name) { return lookup(name); }),
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
  const Distribution& distribution = distribution_of(index, node);
  const std::map<std::string, ir::ExpressionPtr> given = parameters_of(node, distribution);
  const std::vector<Parameter>& parameters = choose_parametrisation(distribution, given, where(index));
  Variable variable{{}, compile_parameters(index, given, parameters)};
  if (node.observed) values_[index] = observe(index, node, distribution);
  const Shape shape =
      infer_shape(builder_, distribution, parameters, variable, shape_request(index, node), where(index));
  const Bounds bounds = bounds_of(index, distribution, variable);
  if (node.observed) {
    require_between(builder_, bounds, builder_.evaluate(values_[index]), where(index, "observed"));
  } else {
    const Support* const support = node.support ? find_support(*node.support) : distribution.support;
    values_[index] = introduce(index, *support, bounds, shape);
  }
  variable.value = values_[index];
  builder_.locate(where(index));
  distribution.lower(builder_, variable);
}

const Distribution& ModelCompiler::distribution_of(std::size_t index, const ir::RandomVariable& node) const {
  const Distribution* distribution = find_distribution(node.distribution);
  if (distribution == nullptr) throw InputError(where(index, "dist"), advise_distribution(node.distribution));
  if (distribution->discrete && !node.observed) {
    throw InputError(where(index), node.distribution + " is discrete and the node is not observed: sampling needs " +
                                       "gradients, so sum over its values instead (marginalise it)");
  }
  if ((node.lower || node.upper) && !takes_bounds(*distribution)) {
    throw InputError(where(index, node.lower ? "lower" : "upper"), "truncation is not available yet");
  }
  if (node.support) require_support(*distribution, node, where(index, "support"));
  return *distribution;
}

Bounds ModelCompiler::bounds_of(std::size_t index, const Distribution& distribution, const Variable& variable) const {
  const auto bound = [&](std::string_view name) -> std::optional<View> {
    if (name.empty() || !variable.has(name)) return std::nullopt;
    return variable[name];
  };
  Bounds bounds{bound(distribution.lower_bound), bound(distribution.upper_bound)};
  require_order(builder_, bounds, where(index));
  return bounds;
}

std::map<std::string, View, std::less<>> ModelCompiler::compile_parameters(
    std::size_t index, const std::map<std::string, ir::ExpressionPtr>& given,
    const std::vector<Parameter>& parameters) {
  std::map<std::string, View, std::less<>> views;
  for (const Parameter& parameter : parameters) {
    const std::string name(parameter.name);
    const auto entry = given.find(name);
    if (entry == given.end()) {
      views[name] = builder_.constant(*parameter.default_value);
      continue;
    }
    const std::string place = where(index, name);
    const View view = expressions_.compile(*entry->second, place);
    if (parameter.data && !view.constant()) throw InputError(place, "must be data, not depend on parameters");
    if (view.constant()) require_domain(*parameter.domain, builder_.evaluate(view), place);
    views[name] = view;
  }
  return views;
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

View ModelCompiler::observe(std::size_t index, const ir::RandomVariable& node, const Distribution& distribution) {
  const std::string place = where(index, "observed");
  const View data = expressions_.compile(*node.observed, place);
  if (!data.constant()) throw InputError(place, "only data can be observed, not what depends on parameters");
  Array value = builder_.evaluate(data);
  require_domain(*distribution.data, value, place);
  observed_.push_back({model_.nodes[index].name, std::move(value)});
  return data;
}

View ModelCompiler::introduce(std::size_t index, const Support& support, const Bounds& bounds, const Shape& shape) {
  builder_.locate(where(index));
  const View unconstrained = builder_.position_block(shape, index);
  const std::string_view name = bounds.any() ? bounds.name() : support.name;
  parameters_.push_back({model_.nodes[index].name, shape, std::string(name), 0, element_count(unconstrained.shape)});
  return bounds.any() ? constrain_between(builder_, unconstrained, bounds) : support.constrain(builder_, unconstrained);
}

}  // namespace exmc::density
