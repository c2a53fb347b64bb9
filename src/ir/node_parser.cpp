#include "node_parser.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "axis_names.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "keys.hpp"
#include "labels.hpp"
#include "ode_parser.hpp"
#include "read_expression.hpp"
#include "scan_parser.hpp"

namespace exmc::ir {
namespace {

using json::Object;
using json::Value;

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
  for (const Value& length : value.list(expected)) shape.push_back(read_length(length));
  return shape;
}

RandomVariable read_component(const Value& value, const std::string& key);

/// A random variable that is made of others.
struct Composite {
  std::string_view distribution;
  std::string_view parts;  ///< the key under which the others are
  bool list;               ///< of them, or one that stands for all
  std::vector<std::string> takes;
};

const Composite* find_composite(const std::string& distribution) {
  static const std::array composites{
      Composite{"mixture", "components", true, {"w", "components"}},
      Composite{"censored", "base", false, {"base", "lower", "upper"}},
      Composite{"hmm", "emissions", true, {"initial", "transition", "emissions", "lengths"}},
  };
  const auto* const found = std::ranges::find(composites, distribution, &Composite::distribution);
  return found == composites.end() ? nullptr : found;
}

/// The random variables that one is made of.
std::vector<RandomVariable> read_components(Object& node, const std::string& distribution) {
  const Composite* const composite = find_composite(distribution);
  if (composite == nullptr) return {};
  const std::string key(composite->parts);
  const std::optional<Value> value = node.find(key.c_str());
  if (!value) return {};
  if (!composite->list || value->json().is_object()) return {read_component(*value, key)};
  std::vector<RandomVariable> components;
  const std::vector<Value> list = value->list("a list of distributions, or one with one more axis at the end");
  for (std::size_t k = 0; k < list.size(); ++k) {
    components.push_back(read_component(list[k], key + "[" + std::to_string(k) + "]"));
  }
  return components;
}

/// Whether a random variable is made of others and has a parameter of that name.
bool takes(const RandomVariable& variable, const std::string& key) {
  const Composite* const composite = find_composite(variable.distribution);
  return composite != nullptr && std::ranges::count(composite->takes, key) > 0;
}

/// Keys of a random variable that is made of others and are none of its own, refused here: their values may be no
/// expressions.
void require_known(const RandomVariable& variable, const std::string& key, const Value& value) {
  const Composite* const composite = find_composite(variable.distribution);
  if (composite == nullptr || takes(variable, key)) return;
  std::string known;
  for (const std::string& name : composite->takes) known += (known.empty() ? "" : ", ") + name;
  value.refuse("unknown key" + did_you_mean(key, composite->takes) + "; " + variable.distribution + " takes " + known);
}

/// Keys of a random variable that are no parameters.
bool is_field(const RandomVariable& variable, const std::string& key) {
  if (has_key(kVariableKeys, key)) return true;
  const Composite* const composite = find_composite(variable.distribution);
  return composite != nullptr && key == composite->parts;
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
  if (!takes(variable, "initial")) node.not_available_yet("initial");
  if (const auto save = node.find("save")) {
    static_cast<void>(save->boolean());  // unsaved_variables() tells
    if (variable.observed) save->refuse("an observed node is data, of which no draws are saved");
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
  for (const char* other :
       {"shape", "observed", "value", "missing", "support", "dims", "label", "coordinates", "save"}) {
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

Recurrence read_recurrence(Object& node) {
  Recurrence recurrence{read_scan(node.at("scan", kExpectedScan))};
  if (const auto save = node.find("save")) recurrence.save = save->boolean();
  node.refuse_unknown();
  return recurrence;
}

DifferentialEquation read_differential_equation(Object& node) {
  DifferentialEquation equation{read_ode(node.at("ode", kExpectedOde))};
  if (const auto save = node.find("save")) equation.save = save->boolean();
  node.refuse_unknown();
  return equation;
}

Potential read_potential(Object& node) {
  Potential potential{read_expression(node.at("potential", "an expression"))};
  node.refuse_unknown();
  return potential;
}

Generated read_generated(Object& node) {
  const Value value = node.at("generated", "an expression, or an object with \"dist\", \"scan\" or \"ode\"");
  Generated generated;
  if (value.json().is_object() && value.json().contains("scan")) {
    Object inner = value.object();
    generated.value = read_scan(inner.at("scan", kExpectedScan));
    inner.refuse_unknown();
  } else if (value.json().is_object() && value.json().contains("ode")) {
    Object inner = value.object();
    generated.value = read_ode(inner.at("ode", kExpectedOde));
    inner.refuse_unknown();
  } else if (value.json().is_object()) {
    Object inner = value.object();
    for (const char* key : {"observed", "value", "missing", "support", "coordinates"}) {
      if (const auto found = inner.find(key))
        found->refuse("a generated variable is drawn from its distribution as it is");
    }
    for (const char* key : {"dims", "label", "save"}) {
      if (const auto found = inner.find(key)) {
        found->refuse(in_quotes(key) + " belongs to the node, beside \"generated\"");
      }
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
  const std::string one_of_them = "\"dist\", \"expr\", \"potential\", \"generated\", \"scan\" or \"ode\"";
  Object node = value.object("an object with " + one_of_them);
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
  if (found[0] == "scan") result.kind = read_recurrence(node);
  if (found[0] == "ode") result.kind = read_differential_equation(node);
  if (found[0] == "generated") result.kind = read_generated(node);
  if (value_names(result).size() > 1) {
    for (const char* key : {"dims", "label"}) {
      if (const auto given = node.find(key)) {
        given->refuse("expected none where there are several outputs; give each a node of its own, {\"expr\": " +
                      in_quotes(value_names(result).front()) + "}");
      }
    }
  }
  return result;
}

}  // namespace exmc::ir
