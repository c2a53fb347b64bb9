#include "model_compiler.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "../composites/scan_compiler.hpp"
#include "../laws/parametrisation.hpp"
#include "../ode/ode_compiler.hpp"
#include "axis_names.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/overloaded.hpp"
#include "missing_values.hpp"
#include "node_facts.hpp"

namespace exmc::density {
namespace {

/// How many log densities there are of it.
std::size_t count_of(const NodeLaw& node) {
  return element_count(node.only ? node.only->numbers.shape : node.law.batch());
}

}  // namespace

ModelCompiler::ModelCompiler(const ir::Model& model, std::uint64_t memory_limit, CoordinatePlan plan)
    : model_(model),
      builder_(memory_limit),
      expressions_(
          builder_, [this](const std::string& name) { return lookup(name); },
          [this](const std::string& name) { return hidden_states(name); },
          [this](std::string_view function, const ir::Expression& distribution, const View& x,
                 const std::string& where) { return laws_.apply(function, distribution, x, where); }),
      laws_(builder_, expressions_),
      learned_(model, builder_, expressions_, std::move(plan),
               [this](std::size_t index, const std::string& key) { return where(index, key); }),
      values_(model.nodes.size()) {
  for (std::size_t i = 0; i < model.nodes.size(); ++i) nodes_[model.nodes[i].name] = i;
  incomplete_ = incomplete_data(model);
}

std::string ModelCompiler::where(std::size_t index, const std::string& key) const {
  return model_.source + ": " + path_of(model_.nodes[index], key);
}

void ModelCompiler::compile_node(std::size_t index) {
  builder_.locate(where(index));
  std::visit([&](const auto& kind) { compile_node(index, kind); }, model_.nodes[index].kind);
}

void ModelCompiler::compile_nodes(const std::vector<std::size_t>& order, bool generated) {
  for (const std::size_t index : order) {
    if (std::holds_alternative<ir::Generated>(model_.nodes[index].kind) == generated) compile_node(index);
  }
}

/// What was collected in the order of compilation.
void ModelCompiler::sort_by_node() {
  const auto by_node = [this](const auto& a, const auto& b) { return nodes_.at(a.name) < nodes_.at(b.name); };
  std::ranges::sort(observations_, by_node);
  std::ranges::sort(priors_, by_node);
  std::ranges::sort(observed_, by_node);
  std::ranges::sort(parameters_, by_node);
}

Program ModelCompiler::compile(const OutputSelection& selection) {
  const std::vector<std::size_t> order = order_nodes();
  for (const bool generated : {false, true}) {  // so that the density is the same whatever is generated
    compile_nodes(order, generated);
  }
  const auto shape_of = [this](std::size_t index) { return values_[index].shape; };
  require_axis_names(model_, shape_of);
  sort_by_node();
  Outputs outputs;
  add_saved(outputs);
  const std::map<OutputGroup, std::size_t> sizes = group_sizes();
  add_observed(selection, outputs);
  if (selection.log_prior > 0 && sizes.at(OutputGroup::log_prior) <= selection.log_prior) {
    add_log_densities(OutputGroup::log_prior, priors_, outputs);
  }
  add_terms(selection, outputs);
  Program program = builder_.finish(outputs.views(), learned_.inner_views());
  if (!learned_.plan().empty()) program.learnable = std::make_shared<const Learnable>(learned_.learnable());
  program.saved = outputs.variables();
  program.group_sizes = sizes;
  program.transforms = std::move(transforms_);
  program.observed = std::move(observed_);
  program.parameters = place_parameters();
  return program;
}

std::vector<FreeParameter> ModelCompiler::place_parameters() {
  std::size_t position = 0;
  for (FreeParameter& parameter : parameters_) parameter.offset = std::exchange(position, position + parameter.size);
  return std::move(parameters_);
}

Program ModelCompiler::compile_prior() {
  aim_ = Aim::prior;
  const std::vector<std::size_t> order = order_nodes();
  for (const bool generated : {false, true}) compile_nodes(order, generated);
  sort_by_node();
  Outputs outputs;
  add_saved(outputs);
  add_predictive(outputs);
  Program program = builder_.finish(outputs.views());
  program.saved = outputs.variables();
  return program;
}

Program ModelCompiler::compile_quantities(const OutputSelection& selection) {
  aim_ = Aim::quantities;
  compile_nodes(order_nodes(), false);
  sort_by_node();
  Outputs outputs;
  add_observed(selection, outputs);
  Program program = builder_.finish(outputs.views());
  program.saved = outputs.variables();
  program.parameters = place_parameters();
  return program;
}

/// Whether it has a log likelihood: it is observed, or the density of what has data in it.
bool ModelCompiler::is_seen(const ir::Node& node) const {
  const auto* const variable = std::get_if<ir::RandomVariable>(&node.kind);
  if (variable == nullptr || variable->is_free()) return false;
  return variable->observed != nullptr || has_data(variable->value);
}

std::vector<std::string> ModelCompiler::variables_behind_data() const {
  std::set<std::size_t> seen;
  std::vector<std::size_t> left;
  for (std::size_t index = 0; index < model_.nodes.size(); ++index) {
    if (is_seen(model_.nodes[index])) left.push_back(index);
  }
  while (!left.empty()) {
    const std::size_t index = left.back();
    left.pop_back();
    if (!seen.insert(index).second || is_parameter(model_.nodes[index])) continue;
    for (const std::size_t need : needs_of(model_.nodes[index])) left.push_back(need);
    const auto imputed = nodes_.find(ir::imputed_name(model_.nodes[index].name));
    if (imputed != nodes_.end()) left.push_back(imputed->second);
  }
  std::vector<std::string> names;
  for (const std::size_t index : seen) {
    if (is_parameter(model_.nodes[index])) names.push_back(model_.nodes[index].name);
  }
  return names;
}

View ModelCompiler::free_values(std::size_t index, const Law& law) {
  if (aim_ == Aim::prior) return draw_prior(index, law, index);
  if (law.support == nullptr || !law.never_free.empty()) throw InputError(where(index), law.never_free);
  if (learned_.plans(index)) return introduce_learned(index, law);
  const View values = introduce(index, *law.support, law.bounds, law.shape);
  parameters_.back().unnormalised = law.unnormalised;
  return values;
}

/// @param stream  the node whose random numbers it takes
View ModelCompiler::draw_prior(std::size_t index, const Law& law, std::size_t stream) {
  if (!law.draw) throw InputError(where(index), "has no prior that can be drawn from: " + law.never_drawn);
  builder_.locate(where(index));
  builder_.draw_from(Purpose::prior, stream);
  return law.draw();
}

/// As it stands in a draw: its distribution takes no part.
View ModelCompiler::take_parameter(std::size_t index, const Support& support, const Shape& shape) {
  builder_.locate(where(index));
  builder_.require_room(shape);
  parameters_.push_back({model_.nodes[index].name, shape, std::string(support.name), 0, element_count(shape)});
  return builder_.position_block(shape, index);
}

void ModelCompiler::add_saved(Outputs& outputs) {
  for (const ir::Node& node : model_.nodes) {
    if (!is_saved(node)) continue;
    for (const std::string& name : ir::value_names(node)) {
      outputs.add({name, {}, 0, OutputGroup::posterior, is_discrete(node)}, lookup(name));
    }
  }
}

std::map<OutputGroup, std::size_t> ModelCompiler::group_sizes() const {
  std::map<OutputGroup, std::size_t> sizes = {
      {OutputGroup::predictive, 0}, {OutputGroup::log_likelihood, 0}, {OutputGroup::log_prior, 0}};
  for (const NodeLaw& seen : observations_) {
    if (seen.law.draw) sizes[OutputGroup::predictive] += element_count(seen.law.shape);
    sizes[OutputGroup::log_likelihood] += count_of(seen);
  }
  for (const NodeLaw& prior : priors_) sizes[OutputGroup::log_prior] += count_of(prior);
  return sizes;
}

/// The groups of what is observed.
void ModelCompiler::add_observed(const OutputSelection& selection, Outputs& outputs) {
  const std::map<OutputGroup, std::size_t> sizes = group_sizes();
  const auto wanted = [&](OutputGroup group, std::size_t most) { return most > 0 && sizes.at(group) <= most; };
  if (wanted(OutputGroup::predictive, selection.predictive)) add_predictive(outputs);
  if (wanted(OutputGroup::log_likelihood, selection.log_likelihood)) {
    add_log_densities(OutputGroup::log_likelihood, observations_, outputs);
  }
}

void ModelCompiler::add_predictive(Outputs& outputs) {
  for (const NodeLaw& seen : observations_) {
    if (!seen.law.draw) continue;
    const std::size_t index = nodes_.at(seen.name);
    builder_.locate(where(index));
    builder_.draw_from(purpose_of_draws(Purpose::predictive), index);
    outputs.add({seen.name, {}, 0, OutputGroup::predictive, seen.law.discrete}, seen.law.draw());
  }
}

void ModelCompiler::add_log_densities(OutputGroup group, const std::vector<NodeLaw>& nodes, Outputs& outputs) {
  for (const NodeLaw& node : nodes) {
    const std::size_t index = nodes_.at(node.name);
    builder_.locate(where(index));
    const View& value = values_[node.only ? nodes_.at(node.only->node) : index];
    const View each = builder_.pointwise(node.law.batch(), [&] { node.law.lower(value); });
    outputs.add({node.name, {}, 0, group}, node.only ? elements_of(builder_, each, node.only->numbers) : each);
  }
}

View ModelCompiler::lookup(const std::string& name) {
  if (const auto output = outputs_.find(name); output != outputs_.end()) return output->second;
  if (const auto node = nodes_.find(name); node != nodes_.end()) return values_[node->second];
  if (const auto known = data_.find(name); known != data_.end()) return known->second;
  return data_[name] = builder_.constant(model_.data.at(name));
}

std::vector<View> ModelCompiler::hidden_states(const std::string& name) {
  const auto seen = std::ranges::find(observations_, name, &NodeLaw::name);
  if (!generating_ || seen == observations_.end() || !seen->law.hidden) return {};
  const HiddenMarkov of = seen->law.hidden(values_[nodes_.at(name)]);
  return {of.initial, of.transition, of.log_emissions, of.lengths};
}

void ModelCompiler::compile_node(std::size_t index, const ir::Derived& node) {
  const std::optional<View> known = learned_.derived(index);
  values_[index] = known ? *known : expressions_.compile(*node.value, where(index, "expr"));
}

void ModelCompiler::compile_node(std::size_t index, const ir::Potential& node) {
  if (aim_ == Aim::quantities) return;  // no quantity is made of it
  if (aim_ == Aim::prior) throw InputError(where(index), "a model with potentials has no prior that can be drawn from");
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
  if (aim_ == Aim::density) builder_.add_values(value);
}

void ModelCompiler::compile_node(std::size_t index, const ir::Generated& node) {
  generating_ = true;
  std::visit(Overloaded{[&](const ir::ExpressionPtr& value) {
                          values_[index] = expressions_.compile(*value, where(index, "generated"));
                        },
                        [&](const ir::RandomVariable& variable) { values_[index] = generate(index, variable); },
                        [&](const auto& arrays) { compile_arrays(index, arrays); }},
             node.value);
  generating_ = false;
}

void ModelCompiler::compile_node(std::size_t index, const ir::Recurrence& node) { compile_arrays(index, node.scan); }

void ModelCompiler::compile_node(std::size_t index, const ir::DifferentialEquation& node) {
  compile_arrays(index, node.ode);
}

void ModelCompiler::compile_arrays(std::size_t index, const ir::Scan& scan) {
  const auto outside = [this](const std::string& name) { return lookup(name); };
  name_outputs(index, compile_scan(builder_, outside, scan, where(index, "scan")));
}

void ModelCompiler::compile_arrays(std::size_t index, const ir::Ode& ode) {
  const auto outside = [this](const std::string& name) { return lookup(name); };
  name_outputs(index, compile_ode(builder_, outside, ode, where(index, "ode")));
}

/// @param arrays  by output; there may be more
void ModelCompiler::name_outputs(std::size_t index, const std::map<std::string, View>& arrays) {
  const std::vector<std::string>& outputs = *ir::outputs_of(model_.nodes[index]);
  if (outputs.size() == 1) {
    values_[index] = arrays.at(outputs.front());
  } else {
    for (const std::string& output : outputs) outputs_[model_.nodes[index].name + "." + output] = arrays.at(output);
  }
}

View ModelCompiler::generate(std::size_t index, const ir::RandomVariable& node) {
  const Law law = laws_.compile(node, shape_request(index, node), where(index));
  if (!law.draw) throw InputError(where(index), "nothing can be drawn from it: " + law.never_drawn);
  builder_.locate(where(index));
  builder_.draw_from(purpose_of_draws(Purpose::generated), index);
  return law.draw();
}

void ModelCompiler::compile_node(std::size_t index, const ir::RandomVariable& node) {
  if (node.value) return compile_value(index, node);
  if (node.missing != ir::Missing::refused) return compile_with_missing(index, node);
  if (node.observed) values_[index] = data_of(index, node);
  const Law law = laws_.compile(node, shape_request(index, node), where(index));
  if (node.observed) {
    observe(index, law, "observed");
  } else {
    values_[index] = free_values(index, law);
  }
  builder_.locate(where(index));
  surveyed_law_ = law;
  if (aim_ == Aim::density && !learned_.plans(index)) law.lower(values_[index]);
  (node.observed ? observations_ : priors_).push_back({model_.nodes[index].name, law});
}

ShapeRequest ModelCompiler::shape_request(std::size_t index, const ir::RandomVariable& node) {
  ShapeRequest request;
  if (node.observed) request.observed = values_[index].shape;
  request.labelled = labelled_shape(model_, model_.nodes[index]);
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

void ModelCompiler::observe(std::size_t index, const Law& law, const std::string& key) {
  Array value = builder_.evaluate(values_[index]);
  law.require_possible(value, where(index, key));
  observed_.push_back({model_.nodes[index].name, std::move(value), law.never_drawn});
}

View ModelCompiler::introduce_learned(std::size_t index, const Law& law) {
  builder_.locate(where(index));
  builder_.require_room(law.shape);
  parameters_.push_back(
      {model_.nodes[index].name, law.shape, std::string(law.support->name), 0, element_count(law.shape)});
  return learned_.introduce(index, law);
}

View ModelCompiler::introduce(std::size_t index, const Support& support, const Bounds& bounds, const Shape& shape) {
  if (aim_ == Aim::quantities) return take_parameter(index, support, shape);
  builder_.locate(where(index));
  builder_.require_room(shape);
  const Shape free = bounds.any() ? shape : unconstrained_shape(support, shape, where(index));
  const View unconstrained = learned_.logarithm_of(index, builder_.position_block(free, index));
  const std::string_view name = bounds.any() ? bounds.name() : support.name;
  parameters_.push_back({model_.nodes[index].name, shape, std::string(name), 0, element_count(free)});
  note_transform(index, free, support, bounds);
  if (bounds.any()) return constrain_between(builder_, unconstrained, bounds);
  const View value = support.constrain(builder_, unconstrained, shape);
  if (support.event_rank > 0) builder_.facts().remember_events(value, support.event_rank, support.domain->events);
  return value;
}

}  // namespace exmc::density
