#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "exmc/ir/load.hpp"
#include "ir/keys.hpp"
#include "reference.hpp"
#include "schema.hpp"

namespace exmc::reference {
namespace {

using json::Json;

std::string meaning_of(const std::string& key) {
  return std::string(std::ranges::find(ir::kVariableKeys, key, &ir::KeyEntry::name)->meaning);
}

Json described(Json schema, const std::string& text) {
  schema["description"] = text;
  return schema;
}

Json random_variable() {
  return {{"$ref", "#/$defs/distribution"},
          {"properties",
           {{"shape", described(reference_to("shape"), meaning_of("shape"))},
            {"observed", described(reference_to("expression"), meaning_of("observed"))},
            {"value", described(reference_to("expression"), meaning_of("value"))},
            {"missing", described({{"enum", {"impute", "drop"}}}, meaning_of("missing"))},
            {"label", described(reference_to("label"), meaning_of("label"))},
            {"coordinates", described({{"enum", {"auto", "model"}}}, meaning_of("coordinates"))},
            {"save", described({{"type", "boolean"}}, meaning_of("save"))},
            {"dims", described(reference_to("dims"), meaning_of("dims"))}}},
          {"allOf", variable_rules()},
          {"unevaluatedProperties", false}};
}

/// A node that is an expression, saved unless it says otherwise.
Json computed(const char* kind, Json value) {
  return {{"type", "object"},
          {"required", {kind}},
          {"additionalProperties", false},
          {"properties",
           {{kind, std::move(value)},
            {"save", {{"type", "boolean"}}},
            {"dims", reference_to("dims")},
            {"label", reference_to("label")}}}};
}

Json potential() {
  return {{"type", "object"},
          {"required", {"potential"}},
          {"additionalProperties", false},
          {"properties", {{"potential", reference_to("expression")}}}};
}

Json scan() {
  const Json expressions = {{"type", "object"},
                            {"propertyNames", reference_to("name")},
                            {"additionalProperties", reference_to("expression")}};
  Json some = expressions;
  some["minProperties"] = 1;
  const std::map<std::string, Json> kinds = {
      {"carry", some},
      {"over", expressions},
      {"step", some},
      {"length", reference_to("length")},
      {"output",
       {{"anyOf",
         {{{"type", "string"}},
          {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", {{"type", "string"}}}}}}}},
      {"initial", {{"type", "boolean"}}}};
  Json properties = Json::object();
  for (const ir::KeyEntry& key : ir::kScanKeys) {
    const std::string name(key.name);
    properties[name] = described(kinds.at(name), std::string(key.meaning));
  }
  return {{"type", "object"},
          {"required", {"carry", "step"}},
          {"anyOf",
           {{{"required", {"length"}}}, {{"required", {"over"}}, {"properties", {{"over", {{"minProperties", 1}}}}}}}},
          {"additionalProperties", false},
          {"properties", properties}};
}

Json ode() {
  const Json some = {{"type", "object"},
                     {"propertyNames", reference_to("name")},
                     {"additionalProperties", reference_to("expression")},
                     {"minProperties", 1}};
  const Json tolerance = {{"type", "number"}, {"exclusiveMinimum", 0}};
  Json methods = Json::array();
  for (const std::string_view method : ir::kOdeMethods) methods.push_back(std::string(method));
  const std::map<std::string, Json> kinds = {
      {"initial", some},
      {"rhs", some},
      {"times", reference_to("expression")},
      {"start", reference_to("expression")},
      {"time", {{"type", "string"}, {"$ref", "#/$defs/name"}}},
      {"output",
       {{"anyOf",
         {{{"type", "string"}},
          {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", {{"type", "string"}}}}}}}},
      {"method", {{"enum", methods}}},
      {"rtol", tolerance},
      {"atol", tolerance},
      {"max_steps", {{"type", "integer"}, {"minimum", 1}, {"maximum", 1000000000}}}};
  Json properties = Json::object();
  for (const ir::KeyEntry& key : ir::kOdeKeys) {
    const std::string name(key.name);
    properties[name] = described(kinds.at(name), std::string(key.meaning));
  }
  return {{"type", "object"},
          {"required", {"initial", "rhs", "times"}},
          {"additionalProperties", false},
          {"properties", properties}};
}

Json generated() {
  const Json drawn = {
      {"$ref", "#/$defs/distribution"},
      {"properties", {{"dist", {{"enum", drawable_names()}}}, {"shape", reference_to("shape")}, {"support", false}}},
      {"allOf", shape_rules()},
      {"unevaluatedProperties", false}};
  const Json recurrence = {{"type", "object"},
                           {"required", {"scan"}},
                           {"additionalProperties", false},
                           {"properties", {{"scan", reference_to("scan")}}}};
  const Json equation = {{"type", "object"},
                         {"required", {"ode"}},
                         {"additionalProperties", false},
                         {"properties", {{"ode", reference_to("ode")}}}};
  return computed("generated", {{"anyOf", {reference_to("expression"), drawn, recurrence, equation}}});
}

Json name() {
  Json taken = ir::reserved_function_names();
  for (const char* word : {"chain", "draw", "None", "inf"}) taken.push_back(word);
  return {{"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"},
          {"maxLength", 240},
          {"not", {{"anyOf", {{{"enum", taken}}, {{"pattern", "_dim_"}}}}}}};
}

Json label() {
  return {{"type", "string"},
          {"minLength", 1},
          {"maxLength", 240},
          {"pattern", R"(^[^/\x00-\x1f\x7f]*$)"},
          {"not", {{"anyOf", {{{"enum", {"chain", "draw", ".", ".."}}}, {{"pattern", "_dim_|^ | $"}}}}}}};
}

/// @param path of a file.
Json data_entry(const Json& path) {
  Json selections = Json::array();
  for (const std::string_view key : ir::kFileSelections) selections.push_back({{"required", {key}}});
  const Json text = {{"type", "string"}};
  const Json columns = {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", text}};
  const Json file = {{"type", "object"},
                     {"required", {"file"}},
                     {"oneOf", selections},
                     {"additionalProperties", false},
                     {"properties",
                      {{"file", path},
                       {"column", text},
                       {"columns", columns},
                       {"factor", text},
                       {"dataset", {{"type", "string"}, {"minLength", 1}}},
                       {"base", {{"type", "integer"}, {"minimum", 0}}},
                       {"separator", {{"enum", {",", ";", "|", "\t"}}}},
                       {"decimal", {{"enum", {".", ","}}}}}}};
  return {{"anyOf",
           {{{"type", {"number", "boolean"}}},
            reference_to("numbers"),
            reference_to("bounds"),
            reference_to("numbers_or_missing"),
            {{"enum", {"inf", "+inf", "-inf"}}},
            file}}};
}

Json data_entries(const char* entry) {
  return {{"type", "object"}, {"propertyNames", reference_to("name")}, {"additionalProperties", reference_to(entry)}};
}

Json list_of(const Json& items) { return {{"type", "array"}, {"minItems", 1}, {"items", items}}; }

Json node() {
  Json kinds = Json::array();
  for (const char* kind :
       {"random_variable", "derived", "potential", "generated", "recurrence", "differential_equation"}) {
    kinds.push_back(reference_to(kind));
  }
  return {{"type", "object"}, {"oneOf", kinds}};
}

Json definitions() {
  const Json dimension = {{"type", "string"}, {"$ref", "#/$defs/name"}};
  const Json length = {{"anyOf", {{{"type", "integer"}, {"minimum", 0}}, reference_to("text")}}};
  const Json path = {{"type", "string"}, {"minLength", 1}, {"not", {{"pattern", R"((^|/)\.{0,2}$)"}}}};
  Json inside = path;  // what a model names is in its own folder
  inside["pattern"] = R"(^(?!/|(\./+)*\.\.(/|$)))";
  Json all = {{"length", length},
              {"shape", {{"type", "array"}, {"items", reference_to("length")}}},
              {"dims", {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", dimension}}},
              {"coordinate", {{"anyOf", {list_of({{"type", "string"}}), list_of({{"type", "number"}})}}}},
              {"name", name()},
              {"label", label()},
              {"path", path},
              {"data_entry", data_entry(inside)},
              {"data", data_entries("data_entry")},
              {"config_data_entry", data_entry(reference_to("path"))},
              {"config_data", data_entries("config_data_entry")},
              {"random_variable", random_variable()},
              {"derived", computed("expr", reference_to("expression"))},
              {"potential", potential()},
              {"generated", generated()},
              {"scan", scan()},
              {"recurrence", computed("scan", reference_to("scan"))},
              {"ode", ode()},
              {"differential_equation", computed("ode", reference_to("ode"))},
              {"node", node()}};
  all.update(value_definitions());
  all.update(distribution_definitions());
  return all;
}

Json top_level(const std::string& key) {
  if (key == "exmc_ir") return {{"const", 1}};
  if (key == "data") return reference_to("data");
  if (key == "dims") return {{"type", "object"}, {"additionalProperties", reference_to("dims")}};
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
  Json properties = Json::object();
  for (const ir::KeyEntry& key : ir::kModelKeys) {
    properties[std::string(key.name)] = described(top_level(std::string(key.name)), std::string(key.meaning));
  }
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "A model of exmc_mpi: its intermediate representation"},
          {"type", "object"},
          {"required", {"exmc_ir", "nodes"}},
          {"additionalProperties", false},
          {"properties", properties},
          {"$defs", definitions()}};
}

}  // namespace exmc::reference
