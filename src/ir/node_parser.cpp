#include "node_parser.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include "axis_names.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "keys.hpp"
#include "labels.hpp"

namespace exmc::ir {
namespace {

using json::Json;
using json::Object;
using json::Value;

constexpr std::uint64_t kLongestAxis = std::uint64_t{1} << 53U;  // exact as a double

/// A string is parsed, a number or (nested) list of numbers stands for itself.
ExpressionPtr read_expression(const Value& value) {
  const Json& json = value.json();
  if (json.is_string()) return parse_expression(json.get_ref<const std::string&>(), value.where());
  if (!json.is_number() && !json.is_array())
    value.refuse_as_not("an expression: a string, a number or a list of numbers");
  return std::make_shared<const Expression>(Expression{Literal{value.numbers()}, 0});
}

ExpressionPtr read_optional_expression(Object& object, const char* key) {
  const std::optional<Value> value = object.find(key);
  return value ? read_expression(*value) : nullptr;
}

/// The same, where infinite numbers say that there is no bound.
ExpressionPtr read_bound(Object& object, const char* key) {
  const std::optional<Value> value = object.find(key);
  if (!value) return nullptr;
  if (!value->json().is_array() && !json::read_infinity(value->json())) return read_expression(*value);
  return std::make_shared<const Expression>(Expression{Literal{value->numbers({.infinite = true})}, 0});
}

std::vector<ExpressionPtr> read_shape(const Value& value) {
  constexpr auto expected = "a list of lengths, e.g. [8] or [\"N\", 3]";
  std::vector<ExpressionPtr> shape;
  for (const Value& length : value.list(expected)) {
    const Json& json = length.json();
    if (!json.is_string()) (void)length.integer(0, kLongestAxis, "a whole number or an expression of data");
    shape.push_back(read_expression(length));
  }
  return shape;
}

RandomVariable read_component(const Value& value, const std::string& key);

/// The random variables that one is made of: `components` of a mixture, the `base` of what is censored.
std::vector<RandomVariable> read_components(Object& node, const std::string& distribution) {
  std::vector<RandomVariable> components;
  if (distribution == "mixture") {
    const std::optional<Value> value = node.find("components");
    if (!value) return {};
    if (value->json().is_object()) return {read_component(*value, "components")};
    const std::vector<Value> list = value->list("a list of distributions, or one with one more axis at the end");
    for (std::size_t k = 0; k < list.size(); ++k) {
      components.push_back(read_component(list[k], "components[" + std::to_string(k) + "]"));
    }
  } else if (distribution == "censored") {
    if (const std::optional<Value> base = node.find("base")) components.push_back(read_component(*base, "base"));
  }
  return components;
}

/// Keys of a random variable that are made of others and are no fields, refused here: their values are no expressions.
void require_known(const RandomVariable& variable, const std::string& key, const Value& value) {
  const bool mixture = variable.distribution == "mixture";
  if ((!mixture && variable.distribution != "censored") || (mixture && key == "w")) return;
  const std::vector<std::string> own =
      mixture ? std::vector<std::string>{"w", "components"} : std::vector<std::string>{"base", "lower", "upper"};
  std::string takes;
  for (const std::string& name : own) takes += (takes.empty() ? "" : ", ") + name;
  value.refuse("unknown key" + did_you_mean(key, own) + "; " + variable.distribution + " takes " + takes);
}

/// Keys of a random variable that are no parameters.
bool is_field(const RandomVariable& variable, const std::string& key) {
  if (has_key(kVariableKeys, key)) return true;
  return (variable.distribution == "mixture" && key == "components") ||
         (variable.distribution == "censored" && key == "base");
}

bool read_as_written(const Value& value) {
  const std::string choice = value.string("\"auto\" or \"model\"");
  if (choice != "auto" && choice != "model") {
    value.refuse("found \"" + choice + "\", expected \"auto\" or \"model\"");
  }
  return choice == "model";
}

/// What a density is taken of, which has no shape, support or coordinates of its own.
ExpressionPtr read_value(Object& node) {
  ExpressionPtr value = read_optional_expression(node, "value");
  if (!value) return value;
  if (const auto observed = node.find("observed")) observed->refuse("found beside \"value\", expected one of them");
  for (const char* key : {"shape", "support", "coordinates"}) {
    if (const auto found = node.find(key)) {
      found->refuse("belongs to a variable; the density of a \"value\" is taken where the value is");
    }
  }
  return value;
}

/// A list may have missing values where the node says what becomes of them.
ExpressionPtr read_observed(Object& node) {
  const std::optional<Value> value = node.find("observed");
  if (!value) return nullptr;
  if (!value->json().is_array()) return read_expression(*value);
  const bool missing = node.value().json().contains("missing");
  const Array list = value->numbers({.missing = missing, .advice = kMissingAdvice});
  return std::make_shared<const Expression>(Expression{Literal{list}, 0});
}

Missing read_missing(const Value& value, const RandomVariable& variable) {
  const std::string choice = value.string("\"impute\" or \"drop\"");
  if (choice != "impute" && choice != "drop") value.refuse("found \"" + choice + "\", expected \"impute\" or \"drop\"");
  if (!variable.observed) value.refuse("belongs to a node with \"observed\": only of data values can be missing");
  return choice == "impute" ? Missing::imputed : Missing::dropped;
}

RandomVariable read_random_variable(Object& node) {
  RandomVariable variable;
  variable.distribution = node.at("dist", "the name of a distribution").string("the name of a distribution");
  if (const auto shape = node.find("shape")) variable.shape = read_shape(*shape);
  if (const auto support = node.find("support")) variable.support = support->string("the name of a support");
  variable.observed = read_observed(node);
  variable.value = read_value(node);
  if (const auto missing = node.find("missing")) variable.missing = read_missing(*missing, variable);
  variable.lower = read_bound(node, "lower");
  variable.upper = read_bound(node, "upper");
  if (const auto coordinates = node.find("coordinates")) variable.as_written = read_as_written(*coordinates);
  node.not_available_yet("initial");
  if (const auto save = node.find("save")) {
    save->refuse("only an \"expr\" node may have \"save\": free variables are always saved, observed ones are data");
  }
  variable.components = read_components(node, variable.distribution);
  for (const auto& [key, value] : node.members()) {
    if (is_field(variable, key)) continue;
    require_known(variable, key, value);
    variable.parameters.emplace(key, read_expression(value));
  }
  return variable;
}

RandomVariable read_component(const Value& value, const std::string& key) {
  Object object = value.object("a distribution: an object with \"dist\"");
  for (const char* other : {"shape", "observed", "value", "missing", "support", "dims", "label", "coordinates"}) {
    if (const auto found = object.find(other)) {
      found->refuse(in_quotes(other) + " belongs to the whole, not to what it is made of");
    }
  }
  RandomVariable variable = read_random_variable(object);
  variable.key = key;
  return variable;
}

Derived read_derived(Object& node) {
  Derived derived;
  derived.value = read_expression(node.at("expr", "an expression"));
  if (const auto save = node.find("save")) derived.save = save->boolean();
  node.refuse_unknown();
  return derived;
}

Potential read_potential(Object& node) {
  Potential potential{read_expression(node.at("potential", "an expression"))};
  node.refuse_unknown();
  return potential;
}

Generated read_generated(Object& node) {
  const Value value = node.at("generated", "an expression, or an object with \"dist\"");
  Generated generated;
  if (value.json().is_object()) {
    Object inner = value.object();
    for (const char* key : {"observed", "value", "missing", "support", "coordinates"}) {
      if (const auto found = inner.find(key))
        found->refuse("a generated variable is drawn from its distribution as it is");
    }
    for (const char* key : {"dims", "label"}) {
      if (const auto found = inner.find(key))
        found->refuse(in_quotes(key) + " belongs to the node, beside \"generated\"");
    }
    generated.value = read_random_variable(inner);
  } else {
    generated.value = read_expression(value);
  }
  if (const auto save = node.find("save")) generated.save = save->boolean();
  node.refuse_unknown();
  return generated;
}

}  // namespace

Node read_node(const std::string& name, const Value& value) {
  const std::string one_of_them = "\"dist\", \"expr\", \"potential\" or \"generated\"";
  Object node = value.object("an object with " + one_of_them);
  node.not_available_yet("scan");
  std::vector<std::string> found;
  for (const std::string_view kind : kNodeKinds) {
    if (value.json().contains(kind)) found.emplace_back(kind);
  }
  if (found.empty()) value.refuse("found none of " + one_of_them + ", expected one of them");
  if (found.size() > 1) {
    value.refuse("found both \"" + found[0] + "\" and \"" + found[1] + "\", expected one of them");
  }
  if (found[0] == "potential") return {name, read_potential(node)};
  Node result{name, Potential{}};
  if (const auto names = node.find("dims")) result.dims = read_axis_names(*names);
  if (const auto label = node.find("label")) result.label = read_label(*label);
  if (found[0] == "dist") result.kind = read_random_variable(node);
  if (found[0] == "expr") result.kind = read_derived(node);
  if (found[0] == "generated") result.kind = read_generated(node);
  return result;
}

}  // namespace exmc::ir
