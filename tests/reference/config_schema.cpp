#include <regex>
#include <string>
#include <string_view>

#include "config/keys.hpp"
#include "reference.hpp"

namespace exmc::reference {
namespace {

using json::Json;

/// What a value of a kind is, as JSON Schema says it.
struct Fragment {
  Json operator()(const config::IntegerRange& range) const {
    return {{"type", "integer"}, {"minimum", range.least}, {"maximum", range.most}};
  }
  Json operator()(const config::Seconds& range) const {
    return {{"type", "number"}, {"minimum", range.least}, {"maximum", range.most}};
  }
  Json operator()(const config::NumberAbove& range) const {
    return {{"type", "number"}, {"exclusiveMinimum", range.bound}, {"maximum", 1e15}};
  }
  Json operator()(const config::AutomaticInteger& range) const {
    return {{"anyOf", {{{"const", "auto"}}, (*this)(range.range)}}};
  }
  Json operator()(config::AutomaticUnitInterval) const {
    return {{"anyOf", {{{"const", "auto"}}, {{"type", "number"}, {"exclusiveMinimum", 0}, {"exclusiveMaximum", 1}}}}};
  }
  Json operator()(const config::OneOf& choice) const { return {{"enum", choice.words}}; }
  Json operator()(config::Flag) const { return {{"type", "boolean"}}; }
  Json operator()(config::AutomaticFlag) const { return {{"enum", {"auto", true, false}}}; }
  Json operator()(config::FilePath) const { return {{"type", "string"}, {"minLength", 1}}; }
  Json operator()(config::ModelOrPath) const {
    return {{"anyOf", {{{"$ref", "ir.schema.json#/$defs/path"}}, {{"$ref", "ir.schema.json"}}}}};
  }
  Json operator()(config::DataEntries) const { return {{"$ref", "ir.schema.json#/$defs/config_data"}}; }
  Json operator()(config::MemorySize) const {
    const Json text = {{"type", "string"}, {"pattern", "^(auto|[0-9.]+ *(kB|MB|GB|TB))$"}};
    return {{"anyOf", {text, {{"type", "integer"}, {"minimum", 1}, {"maximum", std::uint64_t{1} << 60U}}}}};
  }
  Json operator()(config::StartingPoints) const {
    const Json one = {{"anyOf", {{{"type", "number"}, {"minimum", 0}}, {{"type", "object"}}}}};
    return {{"anyOf", {one, {{"type", "array"}, {"items", one}, {"minItems", 1}}}}};
  }
  Json operator()(config::TimeLimit) const {
    return {{"type", "string"}, {"pattern", "^(slurm|([0-9]{1,4}-)?[0-9]{1,4}:[0-5][0-9]:[0-5][0-9])$"}};
  }
  Json operator()(config::Variables) const {
    return {{"anyOf", {{{"type", "string"}}, {{"type", "array"}, {"items", {{"type", "string"}}}, {"minItems", 1}}}}};
  }
  Json operator()(config::AnyText) const { return {{"type", "string"}}; }
};

/// Without the links of Markdown.
std::string plain(std::string_view text) {
  return std::regex_replace(std::string(text), std::regex(R"(\[([^\]]*)\]\([^)]*\))"), "$1");
}

}  // namespace

Json config_schema() {
  Json properties = Json::object();
  for (const config::Key& key : config::keys()) {
    Json value = std::visit(Fragment{}, key.kind);
    value["description"] = plain(key.meaning);
    if (key.section.empty()) {
      properties[std::string(key.name)] = value;
      continue;
    }
    Json& section = properties[std::string(key.section)];
    if (section.is_null()) {
      section = {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
    }
    section["properties"][std::string(key.name)] = value;
  }
  return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
          {"title", "A config of exmc_mpi"},
          {"type", "object"},
          {"required", {"model"}},
          {"additionalProperties", false},
          {"properties", properties}};
}

}  // namespace exmc::reference
