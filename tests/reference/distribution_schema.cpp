#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "density/distributions/distribution.hpp"
#include "density/laws/own_support.hpp"
#include "schema.hpp"
#include "value_schema.hpp"

namespace exmc::reference {
namespace {

using density::Distribution;
using density::Parameter;
using json::Json;

constexpr const char* kMixture = "mixture";
constexpr const char* kCensored = "censored";
constexpr const char* kHmm = "hmm";

std::string definition_of(const std::string& distribution) { return "dist_" + distribution; }

std::vector<const Distribution*> all_distributions() {
  std::vector<const Distribution*> all;
  for (const std::string& name : density::distribution_names()) all.push_back(density::find_distribution(name));
  return all;
}

/// The names of the distributions that `wanted` says yes to, and of others.
template <class Wanted>
Json names_where(Wanted wanted, const std::vector<const char*>& others = {}) {
  Json names = Json::array();
  for (const Distribution* distribution : all_distributions()) {
    if (wanted(*distribution)) names.push_back(distribution->name);
  }
  for (const char* other : others) names.push_back(other);
  return names;
}

bool is_discrete(const Distribution& distribution) { return distribution.discrete; }

Json one_of_distributions(const Json& names) { return {{"properties", {{"dist", {{"enum", names}}}}}}; }

Json when_named(const Json& names, Json then) {
  return {{"if", one_of_distributions(names)}, {"then", std::move(then)}};
}

/// One way to give the parameters: those that must be there, and no others of the distribution's.
Json parametrisation(const std::vector<Parameter>& parameters, const Json& all) {
  Json required = Json::array(), others = all;
  for (const Parameter& parameter : parameters) {
    if (!parameter.default_value) required.push_back(parameter.name);
    others.erase(std::string(parameter.name));
  }
  for (auto& [name, value] : others.items()) value = false;
  Json schema = Json::object();
  if (!required.empty()) schema["required"] = required;
  if (!others.empty()) schema["properties"] = others;
  return schema;
}

Json value_of(const Parameter& parameter) {
  const bool is_bound = parameter.name == "lower" || parameter.name == "upper";
  if (is_bound && parameter.domain == &density::kExtendedReal) return reference_to("bound");
  return parameter.axes.size() == 2 ? reference_to("matrix") : expression_in(*parameter.domain);
}

Json parameters_of(const Distribution& distribution) {
  Json properties = Json::object(), ways = Json::array();
  for (const auto& parameters : distribution.parametrisations) {
    for (const Parameter& parameter : parameters) properties[std::string(parameter.name)] = value_of(parameter);
  }
  for (const auto& parameters : distribution.parametrisations) ways.push_back(parametrisation(parameters, properties));
  if (distribution.cdf) {
    for (const char* bound : {"lower", "upper"}) {
      properties[bound] = reference_to(distribution.discrete ? "bound_integer" : "bound");
    }
  }
  const std::vector<std::string> supports = density::possible_supports(distribution);
  if (!supports.empty()) properties["support"] = {{"enum", supports}};
  return {{"properties", properties}, {"anyOf", ways}};
}

Json in_any_order(const Json& component) {
  return {{"if", {{"type", "array"}}}, {"then", {{"items", component}}}, {"else", component}};
}

/// Several distributions, or one that stands for all: all are numbers, or vectors, or matrices, and either discrete or
/// not.
Json components() {
  Json alike = Json::array();
  std::set<std::pair<bool, std::size_t>> kinds;
  for (const Distribution* distribution : all_distributions()) {
    kinds.emplace(distribution->discrete, distribution->event_rank());
  }
  for (const auto& [discrete, rank] : kinds) {
    const auto is_alike = [discrete = discrete, rank = rank](const Distribution& d) {
      return d.discrete == discrete && d.event_rank() == rank;
    };
    alike.push_back(in_any_order(one_of_distributions(names_where(is_alike, {kMixture, kCensored, kHmm}))));
  }
  return {{"anyOf",
           {reference_to("component"), {{"type", "array"}, {"minItems", 1}, {"items", reference_to("component")}}}},
          {"allOf", {{{"anyOf", alike}}}}};
}

Json mixture() {
  return {{"required", {"w", "components"}},
          {"properties", {{"w", reference_to("expression_unit_interval")}, {"components", components()}}}};
}

Json hmm() {
  return {{"required", {"initial", "transition", "emissions"}},
          {"properties",
           {{"initial", reference_to("expression_unit_interval")},
            {"transition", reference_to("expression_unit_interval")},
            {"emissions", components()},
            {"lengths", expression_in(density::kCount)},
            {"lower", false},
            {"upper", false}}}};
}

/// What is censored has a distribution function, and is neither truncated, mixed nor censored.
Json censored() {
  const Json discrete = names_where(is_discrete);
  const Json truncatable =
      names_where([](const Distribution& d) { return d.cdf && d.lower_bound != "lower" && d.upper_bound != "upper"; });
  const Json untruncated = {{"properties", {{"lower", false}, {"upper", false}}}};
  const Json base = {reference_to("component"),
                     one_of_distributions(names_where([](const Distribution& d) { return bool(d.cdf); })),
                     when_named(truncatable, untruncated)};
  const Json whole = {
      {"properties", {{"lower", reference_to("bound_integer")}, {"upper", reference_to("bound_integer")}}}};
  return {
      {"required", {"base"}},
      {"anyOf", {{{"required", {"lower"}}}, {{"required", {"upper"}}}}},
      {"properties", {{"base", {{"allOf", base}}}, {"lower", reference_to("bound")}, {"upper", reference_to("bound")}}},
      {"if", {{"properties", {{"base", one_of_distributions(discrete)}}}}},
      {"then", whole}};
}

/// An object with "dist" and the parameters of the distribution that it names.
Json any_distribution() {
  const Json names = names_where([](const Distribution&) { return true; }, {kMixture, kCensored, kHmm});
  Json choices = Json::array();
  for (const Json& name : names) {
    choices.push_back({{"if", {{"properties", {{"dist", {{"const", name}}}}}}},
                       {"then", reference_to(definition_of(name.get<std::string>()))}});
  }
  return {
      {"type", "object"}, {"required", {"dist"}}, {"properties", {{"dist", {{"enum", names}}}}}, {"allOf", choices}};
}

/// Parameters that tell the length of an axis: a vector or a matrix, or its length itself.
Json tells_length(const Distribution& distribution, char axis) {
  Json ways = Json::array({{{"required", {"shape"}}}, {{"required", {"observed"}}}, {{"required", {"value"}}}});
  std::set<std::string> told;
  for (const auto& parameters : distribution.parametrisations) {
    for (const Parameter& parameter : parameters) {
      const bool has_axis = parameter.axes.find(axis) != std::string_view::npos;
      if (!(has_axis || parameter.gives_axis == axis) || !told.emplace(parameter.name).second) continue;
      Json way = {{"required", {parameter.name}}};
      if (has_axis) way["properties"] = {{parameter.name, {{"not", {{"type", "number"}}}}}};
      ways.push_back(way);
    }
  }
  return {{"anyOf", ways}};
}

/// What a support of vectors or matrices wants of the shape.
void append_supports(Json& rules) {
  for (const std::string& name : density::support_names()) {
    const std::size_t rank = density::find_support(name)->event_rank;
    if (rank == 0) continue;
    rules.push_back({{"if", {{"required", {"support"}}, {"properties", {{"support", {{"const", name}}}}}}},
                     {"then",
                      {{"properties", {{"shape", {{"minItems", rank}}}}},
                       {"if", one_of_distributions({"flat"})},
                       {"then", {{"required", {"shape"}}}}}}});
  }
}

/// The components of a free mixture live on one support, without bounds.
Json free_mixture() {
  std::set<const density::Support*> supports;
  for (const Distribution* distribution : all_distributions()) supports.insert(distribution->support);
  Json ways = Json::array();
  for (const std::string& name : density::support_names()) {
    const density::Support* support = density::find_support(name);
    const Json names = names_where([&](const Distribution& d) {
      return d.support == support && !d.discrete && d.lower_bound.empty() && d.upper_bound.empty();
    });
    if (names.empty()) continue;
    Json component = one_of_distributions(names);
    component["properties"]["dist"]["enum"].push_back(kMixture);
    component["properties"]["lower"] = component["properties"]["upper"] = false;
    ways.push_back(in_any_order(component));
  }
  return {{"properties", {{"components", {{"anyOf", ways}}}}}};
}

/// Only of data values can be missing; they cannot become parameters where these could not be sampled.
Json missing_values() {
  const Json of_data = {{"required", {"observed"}}};
  const Json imputed =
      when_named(names_where(is_discrete, {kCensored}), {{"properties", {{"missing", {{"const", "drop"}}}}}});
  return {{"if", {{"required", {"missing"}}}}, {"then", {{"allOf", {of_data, imputed}}}}};
}

/// What belongs to a variable does not stand beside a value that a density is taken of.
Json density_of_value() {
  Json none = Json::object();
  for (const char* key : {"observed", "shape", "support", "coordinates"}) none[key] = false;
  return {{"if", {{"required", {"value"}}}}, {"then", {{"properties", none}}}};
}

}  // namespace

Json distribution_definitions() {
  Json all = {
      {"distribution", any_distribution()},
      {"component",
       {{"$ref", "#/$defs/distribution"}, {"properties", {{"support", false}}}, {"unevaluatedProperties", false}}},
      {definition_of(kMixture), mixture()},
      {definition_of(kCensored), censored()},
      {definition_of(kHmm), hmm()}};
  for (const Distribution* entry : all_distributions()) {
    all[definition_of(std::string(entry->name))] = parameters_of(*entry);
  }
  return all;
}

Json shape_rules() {
  Json rules = Json::array();
  for (const Distribution* distribution : all_distributions()) {
    const std::set<char> axes(distribution->axes.begin(), distribution->axes.end());
    for (const char axis : axes) rules.push_back(when_named({distribution->name}, tells_length(*distribution, axis)));
  }
  append_supports(rules);
  return rules;
}

Json variable_rules() {
  Json rules = shape_rules();
  const Json observed_only = names_where(is_discrete, {kCensored, kHmm});
  const Json not_free = {{"anyOf", {{{"required", {"observed"}}}, {{"required", {"value"}}}}}};
  rules.push_back(when_named(observed_only, not_free));
  rules.push_back(density_of_value());
  rules.push_back(missing_values());
  Json free = one_of_distributions({kMixture});
  free["not"] = not_free;
  rules.push_back({{"if", free}, {"then", free_mixture()}});
  for (const Distribution* distribution : all_distributions()) {
    const Json values = expression_in(*distribution->data);
    if (values == reference_to("expression")) continue;
    rules.push_back(when_named({distribution->name}, {{"properties", {{"observed", values}}}}));
  }
  return rules;
}

Json drawable_names() {
  return names_where([](const Distribution& d) { return bool(d.generator); }, {kMixture, kCensored, kHmm});
}

}  // namespace exmc::reference
