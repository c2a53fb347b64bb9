#include "value_schema.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "schema.hpp"

namespace exmc::reference {
namespace {

using density::Domain;
using json::Json;

constexpr int kMostAxes = 16;

/// What a number of a set of domains is, as far as a schema can tell.
struct NumberSet {
  const char* name;
  std::vector<const Domain*> domains;
  Json number;
};

/// Of vectors these are the elements.
const std::vector<NumberSet>& number_sets() {
  using namespace density;
  static const std::vector<NumberSet> sets = {
      {"positive", {&kPositive}, {{"type", "number"}, {"exclusiveMinimum", 0}}},
      {"non_negative", {&kNonNegative}, {{"type", "number"}, {"minimum", 0}}},
      {"unit_interval", {&kUnitInterval, &kSimplex}, {{"type", "number"}, {"minimum", 0}, {"maximum", 1}}},
      {"open_unit_interval",
       {&kOpenUnitInterval},
       {{"type", "number"}, {"exclusiveMinimum", 0}, {"exclusiveMaximum", 1}}},
      {"share", {&kOpenSimplex, &kPositiveShare}, {{"type", "number"}, {"exclusiveMinimum", 0}, {"maximum", 1}}},
      {"binary", {&kBinary}, {{"enum", {0, 1}}}},
      {"integer", {&kInteger}, {{"type", "integer"}}},
      {"count", {&kCount}, {{"type", "integer"}, {"minimum", 0}}},
      {"positive_count", {&kPositiveCount}, {{"type", "integer"}, {"minimum", 1}}}};
  return sets;
}

Json list_of(const Json& items) { return {{"type", "array"}, {"items", items}}; }

/// true is 1 and false 0.
Json or_boolean(const Json& number) { return {{"anyOf", {number, {{"type", "boolean"}}}}}; }
const Json kNumber = {{"type", {"number", "boolean"}}};

/// Lists that are equally deep everywhere, "<kind>_1", ... and all of them as `kind`; that they are equally long a
/// schema cannot see. @return references to them, by depth
Json append_lists(Json& definitions, const std::string& kind, const Json& number) {
  Json any = Json::array();
  for (int axes = 1; axes <= kMostAxes; ++axes) {
    const std::string list = kind + "_" + std::to_string(axes);
    definitions[list] = list_of(axes == 1 ? number : any.back());
    any.push_back(reference_to(list));
  }
  definitions[kind] = {{"anyOf", any}};
  return any;
}

/// Numbers that may be infinite, and bounds, of which those are none.
void append_bounds(Json& definitions) {
  const Json infinity = {{"enum", {"inf", "+inf", "-inf"}}}, integer = or_boolean({{"type", "integer"}});
  append_lists(definitions, "bounds", {{"anyOf", {kNumber, infinity}}});
  definitions["bounds_integer"] = list_of({{"anyOf", {integer, infinity, reference_to("bounds_integer")}}});
  definitions["bound"] = {{"anyOf", {reference_to("expression"), reference_to("bounds")}}};
  const Json integers = {{"allOf", {reference_to("bounds"), reference_to("bounds_integer")}}};
  definitions["bound_integer"] = {{"anyOf", {reference_to("expression_integer"), integers}}};
}

}  // namespace

Json expression_in(const Domain& domain) {
  for (const NumberSet& set : number_sets()) {
    if (std::find(set.domains.begin(), set.domains.end(), &domain) != set.domains.end()) {
      return reference_to(std::string("expression_") + set.name);
    }
  }
  return reference_to("expression");
}

Json value_definitions() {
  Json definitions = {
      {"text", expression_text()},
      {"expression", {{"anyOf", {reference_to("text"), {{"type", "number"}}, reference_to("numbers")}}}}};
  Json matrices = append_lists(definitions, "numbers", kNumber);
  matrices.erase(0);
  definitions["matrix"] = {{"anyOf", {reference_to("text"), {{"anyOf", matrices}}}}};
  append_bounds(definitions);
  const Json missing = {{"enum", {nullptr, "NA", "NaN", "nan"}}};
  append_lists(definitions, "numbers_or_missing", {{"anyOf", {kNumber, missing}}});
  for (const NumberSet& set : number_sets()) {
    const std::string lists = std::string("numbers_") + set.name;
    definitions[lists] = list_of({{"anyOf", {or_boolean(set.number), reference_to(lists)}}});
    definitions[std::string("expression_") + set.name] = {
        {"anyOf", {reference_to("text"), set.number, {{"allOf", {reference_to("numbers"), reference_to(lists)}}}}}};
  }
  return definitions;
}

}  // namespace exmc::reference
