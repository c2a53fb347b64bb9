#include <algorithm>
#include <string>
#include <vector>

#include "density/distributions/distribution.hpp"
#include "exmc/ir/load.hpp"
#include "ir/keys.hpp"
#include "reference.hpp"

namespace exmc::reference {
namespace {

using density::Distribution;
using density::Parameter;
using json::Json;

Json reference_to(const std::string& name) { return {{"$ref", "#/$defs/" + name}}; }

std::string definition_of(const std::string& distribution) { return "dist_" + distribution; }

std::vector<const Distribution*> all_distributions() {
  std::vector<const Distribution*> all;
  for (const std::string& name : density::distribution_names()) all.push_back(density::find_distribution(name));
  return all;
}

/// The names of the distributions that `wanted` says yes to.
template <class Wanted>
Json names_where(Wanted wanted) {
  Json names = Json::array();
  for (const Distribution* distribution : all_distributions()) {
    if (wanted(*distribution)) names.push_back(distribution->name);
  }
  return names;
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

/// What a number in the domain is, as far as a schema can tell.
Json number_in(const density::Domain& domain) {
  Json number = {{"type", "number"}};
  if (&domain == &density::kPositive || &domain == &density::kOpenUnitInterval) number["exclusiveMinimum"] = 0;
  if (&domain == &density::kNonNegative || &domain == &density::kUnitInterval) number["minimum"] = 0;
  if (&domain == &density::kOpenUnitInterval) number["exclusiveMaximum"] = 1;
  if (&domain == &density::kUnitInterval) number["maximum"] = 1;
  if (&domain == &density::kInteger) number["type"] = "integer";
  if (&domain == &density::kCount) number = {{"type", "integer"}, {"minimum", 0}};
  if (&domain == &density::kPositiveCount) number = {{"type", "integer"}, {"minimum", 1}};
  return number;
}

Json value_of(const Parameter& parameter) {
  const Json number = number_in(*parameter.domain);
  if (number.size() == 1 && number["type"] == "number") return reference_to("expression");
  return {{"anyOf", {{{"type", "string"}, {"minLength", 1}}, number, reference_to("numbers")}}};
}

Json parameters_of(const Distribution& distribution) {
  Json properties = Json::object(), ways = Json::array();
  for (const auto& parameters : distribution.parametrisations) {
    for (const Parameter& parameter : parameters) properties[std::string(parameter.name)] = value_of(parameter);
  }
  for (const auto& parameters : distribution.parametrisations) ways.push_back(parametrisation(parameters, properties));
  if (distribution.cdf) {
    for (const char* bound : {"lower", "upper"}) properties[bound] = reference_to("expression");
  }
  if (distribution.any_support) properties["support"] = {{"enum", density::support_names()}};
  Json schema = {{"properties", properties}};
  schema["anyOf"] = ways;
  return schema;
}

Json mixture() {
  return {{"required", {"w", "components"}},
          {"properties",
           {{"w", reference_to("expression")},
            {"components",
             {{"anyOf",
               {reference_to("component"),
                {{"type", "array"}, {"minItems", 1}, {"items", reference_to("component")}}}}}}}}};
}

Json censored() {
  return {{"required", {"base"}},
          {"anyOf", {{{"required", {"lower"}}}, {{"required", {"upper"}}}}},
          {"properties",
           {{"base", reference_to("component")},
            {"lower", reference_to("expression")},
            {"upper", reference_to("expression")}}}};
}

/// An object with "dist" and the parameters of the distribution that it names.
Json distribution(Json names) {
  Json choices = Json::array();
  for (const Json& name : names) {
    choices.push_back({{"if", {{"properties", {{"dist", {{"const", name}}}}}}},
                       {"then", reference_to(definition_of(name.get<std::string>()))}});
  }
  return {{"type", "object"},
          {"required", {"dist"}},
          {"properties", {{"dist", {{"enum", std::move(names)}}}}},
          {"allOf", choices}};
}

std::string meaning_of(const std::string& key) {
  const auto found = std::find_if(ir::kVariableKeys.begin(), ir::kVariableKeys.end(),
                                  [&](const ir::KeyEntry& entry) { return entry.name == key; });
  return std::string(found->meaning);
}

Json described(Json schema, const std::string& text) {
  schema["description"] = text;
  return schema;
}

Json random_variable() {
  Json observed_only = names_where([](const Distribution& d) { return d.discrete; });
  observed_only.push_back("censored");
  return {{"$ref", "#/$defs/distribution"},
          {"properties",
           {{"shape", described(reference_to("shape"), meaning_of("shape"))},
            {"observed", described(reference_to("expression"), meaning_of("observed"))},
            {"dims", described(reference_to("dims"), meaning_of("dims"))}}},
          {"if", {{"properties", {{"dist", {{"enum", observed_only}}}}}}},
          {"then", {{"required", {"observed"}}}},
          {"unevaluatedProperties", false}};
}

/// A node that is an expression, saved unless it says otherwise.
Json computed(const char* kind, Json value) {
  return {{"type", "object"},
          {"required", {kind}},
          {"additionalProperties", false},
          {"properties", {{kind, std::move(value)}, {"save", {{"type", "boolean"}}}, {"dims", reference_to("dims")}}}};
}

Json potential() {
  return {{"type", "object"},
          {"required", {"potential"}},
          {"additionalProperties", false},
          {"properties", {{"potential", reference_to("expression")}}}};
}

Json generated() {
  Json names = names_where([](const Distribution& d) { return bool(d.generator); });
  for (const char* composed : {"mixture", "censored"}) names.push_back(composed);
  const Json drawn = {
      {"$ref", "#/$defs/distribution"},
      {"properties", {{"dist", {{"enum", names}}}, {"shape", reference_to("shape")}, {"support", false}}},
      {"unevaluatedProperties", false}};
  return computed("generated", {{"anyOf", {reference_to("expression"), drawn}}});
}

Json name() {
  Json taken = ir::reserved_function_names();
  for (const char* word : {"chain", "draw", "None"}) taken.push_back(word);
  return {{"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"},
          {"maxLength", 240},
          {"not", {{"anyOf", {{{"enum", taken}}, {{"pattern", "_dim_"}}}}}}};
}

Json data_entry() {
  Json selections = Json::array();
  for (const std::string_view key : ir::kFileSelections) selections.push_back({{"required", {key}}});
  const Json text = {{"type", "string"}};
  const Json path = {{"type", "string"}, {"minLength", 1}};
  const Json file = {{"type", "object"},
                     {"required", {"file"}},
                     {"oneOf", selections},
                     {"additionalProperties", false},
                     {"properties",
                      {{"file", path},
                       {"column", text},
                       {"columns", {{"type", "array"}, {"minItems", 1}, {"items", text}}},
                       {"dataset", text}}}};
  return {{"anyOf", {{{"type", "number"}}, reference_to("numbers"), file}}};
}

Json list_of(const Json& items) { return {{"type", "array"}, {"minItems", 1}, {"items", items}}; }

Json definitions() {
  const Json number = {{"type", "number"}}, text = {{"type", "string"}, {"minLength", 1}};
  const Json dimension = {{"type", "string"}, {"$ref", "#/$defs/name"}};
  const Json length = {{"anyOf", {{{"type", "integer"}, {"minimum", 1}}, text}}};
  Json names = density::distribution_names();
  for (const char* composed : {"mixture", "censored"}) names.push_back(composed);
  Json all = {
      {"numbers", {{"type", "array"}, {"minItems", 1}, {"items", {{"anyOf", {number, reference_to("numbers")}}}}}},
      {"expression", {{"anyOf", {text, number, reference_to("numbers")}}}},
      {"shape", {{"type", "array"}, {"items", length}}},
      {"dims", {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", dimension}}},
      {"coordinate", {{"anyOf", {list_of({{"type", "string"}}), list_of(number)}}}},
      {"name", name()},
      {"data_entry", data_entry()},
      {"data",
       {{"type", "object"},
        {"propertyNames", reference_to("name")},
        {"additionalProperties", reference_to("data_entry")}}},
      {"random_variable", random_variable()},
      {"derived", computed("expr", reference_to("expression"))},
      {"potential", potential()},
      {"generated", generated()},
      {"component",
       {{"$ref", "#/$defs/distribution"}, {"properties", {{"support", false}}}, {"unevaluatedProperties", false}}},
      {"distribution", distribution(names)},
      {definition_of("mixture"), mixture()},
      {definition_of("censored"), censored()}};
  for (const Distribution* entry : all_distributions()) {
    all[definition_of(std::string(entry->name))] = parameters_of(*entry);
  }
  return all;
}

Json node() {
  Json kinds = Json::array();
  for (const char* kind : {"random_variable", "derived", "potential", "generated"}) {
    kinds.push_back(reference_to(kind));
  }
  return {{"type", "object"}, {"oneOf", kinds}};
}

Json top_level(const std::string& key) {
  if (key == "exmc_ir") return {{"const", 1}};
  if (key == "data") return reference_to("data");
  if (key == "coords") {
    return {{"type", "object"},
            {"propertyNames", reference_to("name")},
            {"additionalProperties", reference_to("coordinate")}};
  }
  if (key == "nodes") {
    return {{"type", "object"},
            {"minProperties", 1},
            {"propertyNames", reference_to("name")},
            {"additionalProperties", reference_to("node")}};
  }
  return {{"type", "string"}};
}

}  // namespace

Json model_schema() {
  Json properties = Json::object(), defined = definitions();
  for (const ir::KeyEntry& key : ir::kModelKeys) {
    properties[std::string(key.name)] = described(top_level(std::string(key.name)), std::string(key.meaning));
  }
  defined["node"] = node();
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "A model of exmc_mpi: its intermediate representation"},
          {"type", "object"},
          {"required", {"exmc_ir", "nodes"}},
          {"additionalProperties", false},
          {"properties", properties},
          {"$defs", defined}};
}

}  // namespace exmc::reference
