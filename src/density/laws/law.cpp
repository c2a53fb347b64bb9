#include "law.hpp"

#include <algorithm>

#include "../supports/partial_bounds.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "own_support.hpp"
#include "parametrisation.hpp"
#include "tail_probability.hpp"

namespace exmc::density {
namespace {

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

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
  if (is_own_support(distribution, node)) return;
  if (find_support(*node.support) == nullptr) {
    throw InputError(where, "unknown support " + quoted(*node.support) + did_you_mean(*node.support, support_names()));
  }
  if (node.lower || node.upper) throw InputError(where, "either a support or bounds, not both");
}

/// What the distribution's own parameters say the variable lies between.
Bounds own_bounds(const Distribution& distribution, const Variable& variable) {
  const auto bound = [&](std::string_view name) -> std::optional<View> {
    if (name.empty() || !variable.has(name)) return std::nullopt;
    return variable[name];
  };
  return {bound(distribution.lower_bound), bound(distribution.upper_bound)};
}

}  // namespace

Law LawCompiler::compile(const ir::RandomVariable& variable, const ShapeRequest& request, const std::string& where) {
  Law law = compile_part(variable, request, where);
  if (std::ranges::any_of(law.conditions, &Condition::of_density)) {
    law.lower = [this, conditions = law.conditions, batch = law.batch(), of_met = law.lower](const View& value) {
      add_where_met(builder_, conditions, batch, [&] { of_met(value); });
    };
  }
  if (law.log_probability && std::ranges::any_of(law.conditions, &Condition::of_density)) {
    law.log_probability = [this, conditions = law.conditions, batch = law.batch(), of_met = law.log_probability](
                              const View& point, Tail tail, const std::string& place) {
      const View probability = of_met(point, tail, place);
      return builder_.pointwise(
          batch, [&] { add_where_met(builder_, conditions, batch, [&] { builder_.add_values(probability); }); });
    };
  }
  if (law.draw && !law.conditions.empty()) {
    law.draw = [this, conditions = law.conditions, rank = law.event_rank, of_met = law.draw] {
      return drawn_where_met(builder_, conditions, of_met(), rank);
    };
  }
  return law;
}

Law LawCompiler::compile_part(const ir::RandomVariable& variable, const ShapeRequest& request,
                              const std::string& where) {
  if (variable.distribution == "mixture") return compile_mixture(variable, request, where);
  if (variable.distribution == "hmm") return compile_hmm(variable, request, where);
  if (variable.distribution == "censored") return compile_censored(variable, request, where);
  Law law = compile_distribution(variable, request, where);
  const Distribution& distribution = *law.distribution;
  if (variable.support && !distribution.any_support && !is_own_support(distribution, variable)) {
    constrain(law, variable, where);
  } else if ((variable.lower || variable.upper) && !takes_bounds(distribution)) {
    truncate(law, variable, where);
  }
  return law;
}

Law LawCompiler::compile_distribution(const ir::RandomVariable& variable, const ShapeRequest& request,
                                      const std::string& where) {
  const Distribution* const distribution = find_distribution(variable.distribution);
  if (distribution == nullptr) throw InputError(where + ".dist", advise_distribution(variable.distribution));
  if (selection_ && distribution->event_rank() > 0) {
    throw InputError(where, "components that are vectors must be a list");
  }
  if (variable.support) require_support(*distribution, variable, where + ".support");
  std::map<std::string, ir::ExpressionPtr> given = parameters_of(variable, *distribution);
  if (distribution->any_support) drop_infinite_bounds(given, where);
  const std::vector<Parameter>& parameters = choose_parametrisation(*distribution, given, where);
  Law law;
  law.distribution = distribution;
  law.discrete = distribution->discrete;
  law.event_rank = distribution->event_rank();
  law.domain = distribution->data;
  law.variable.parameters = compile_parameters(given, parameters, where);
  law.shape = infer_shape(builder_, *distribution, parameters, law.variable, request, where);
  for (const Parameter& parameter : parameters) {
    const std::string name(parameter.name);
    const bool is_bound = name == distribution->lower_bound || name == distribution->upper_bound;
    require_parameter(builder_, *parameter.domain, law.variable[name], parameter.axes.size(), is_bound,
                      where + "." + name, law.conditions);
  }
  law.support = distribution->any_support && variable.support ? find_support(*variable.support) : distribution->support;
  if (law.discrete) {
    law.never_free = variable.distribution +
                     " is discrete and the node is not observed: sampling needs gradients, so sum over its values "
                     "instead (marginalise it)";
  }
  law.bounds = own_bounds(*distribution, law.variable);
  require_ordered(builder_, law.bounds, law.discrete, where, law.conditions);
  require_relations(builder_, *distribution, law.variable, where, law.conditions);
  law.require_possible = [this, distribution, bounds = law.bounds](const Array& data, const std::string& place) {
    require_domain(*distribution->data, data, place, distribution->event_rank());
    require_between(builder_, bounds, data, place);
  };
  law.possible = [this, distribution, bounds = law.bounds](const Array& data) {
    return possible_numbers(builder_, *distribution->data, bounds, data);
  };
  if (law.event_rank == 0) {
    law.log_probability = [this, distribution, variable = law.variable, where](const View& point, Tail tail,
                                                                               const std::string& place) {
      require_tail_probability(*distribution, variable, "asked for a probability", place, where);
      return tail_probability(builder_, *distribution, variable, point, tail);
    };
  }
  law.lower = [this, distribution, parameters = law.variable.parameters](const View& value) {
    distribution->lower(builder_, {value, parameters});
  };
  if (distribution->generator) {
    law.draw = [this, distribution, variable = law.variable, shape = law.shape] {
      return draw(builder_, *distribution, variable, shape);
    };
  } else {
    law.never_drawn = variable.distribution + " is not a probability distribution";
  }
  return law;
}

void LawCompiler::drop_infinite_bounds(std::map<std::string, ir::ExpressionPtr>& given, const std::string& where) {
  for (const char* key : {"lower", "upper"}) {
    const auto found = given.find(key);
    if (found == given.end()) continue;
    const std::string place = where + "." + key;
    const View bound = operand(found->second, place);
    require_end(builder_, bound, std::string_view(key) == "upper", place);
    if (is_no_bound(builder_, bound)) given.erase(found);
  }
}

View LawCompiler::operand(const ir::ExpressionPtr& expression, const std::string& where) {
  const View view = expressions_.compile(*expression, where);
  if (!selection_ || view.rank() == 0) return view;
  const std::size_t last = view.rank() - 1, length = view.shape[last];
  if (length != 1 && length != selection_->of.count) {
    throw InputError(where, "the last axis has length " + std::to_string(length) + ", but there are " +
                                std::to_string(selection_->of.count) + " " + selection_->of.name);
  }
  return at(view, last, length == 1 ? 0 : selection_->index);
}

std::map<std::string, View, std::less<>> LawCompiler::compile_parameters(
    const std::map<std::string, ir::ExpressionPtr>& given, const std::vector<Parameter>& parameters,
    const std::string& where) {
  std::map<std::string, View, std::less<>> views;
  for (const Parameter& parameter : parameters) {
    const std::string name(parameter.name), place = where + "." + name;
    const auto entry = given.find(name);
    if (entry == given.end()) {
      views[name] = builder_.constant(*parameter.default_value);
      continue;
    }
    const View view = operand(entry->second, place);
    if (parameter.data && !view.constant()) throw InputError(place, "must be data, not depend on parameters");
    if (view.constant()) require_domain(*parameter.domain, builder_.evaluate(view), place, parameter.axes.size());
    views[name] = view;
  }
  return views;
}

Bounds LawCompiler::compile_bounds(const ir::RandomVariable& variable, Law& law, const std::string& where) {
  const Shape shape = law.batch();
  const auto compile_bound = [&](const ir::ExpressionPtr& expression, const std::string& key) -> std::optional<View> {
    if (!expression) return std::nullopt;
    const std::string place = where + "." + key;
    View bound = operand(expression, place);
    if (!broadcasts_to(bound.shape, shape)) {
      throw InputError(
          place, "shape " + to_string(bound.shape) + " does not broadcast to " + to_string(shape) + " of the variable");
    }
    require_end(builder_, bound, key == "upper", place);
    return is_no_bound(builder_, bound) ? std::nullopt : std::optional(bound);
  };
  Bounds bounds{compile_bound(variable.lower, "lower"), compile_bound(variable.upper, "upper")};
  require_ordered(builder_, bounds, law.discrete, where, law.conditions);
  return bounds;
}

View with_stand_ins(Builder& builder, const Array& data, const std::vector<bool>& possible, const Domain& domain) {
  const double stand_in = domain.contains(0.5) ? 0.5 : 1.0;
  Array replaced = data;
  for (std::size_t i = 0; i < possible.size(); ++i) {
    if (!possible[i]) replaced.values[i] = stand_in;
  }
  return builder.constant(replaced);
}

}  // namespace exmc::density
