#include "model_parser.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "keys.hpp"
#include "names.hpp"

namespace exmc::ir {
namespace {

using json::Json;
using json::Object;
using json::Value;

constexpr std::uint64_t kVersion = 1;
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

std::vector<ExpressionPtr> read_shape(const Value& value) {
  constexpr auto expected = "a list of lengths, e.g. [8] or [\"N\", 3]";
  std::vector<ExpressionPtr> shape;
  for (const Value& length : value.list(expected)) {
    const Json& json = length.json();
    if (!json.is_string()) (void)length.integer(1, kLongestAxis, "a positive integer or an expression of data");
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

RandomVariable read_random_variable(Object& node) {
  RandomVariable variable;
  variable.distribution = node.at("dist", "the name of a distribution").string("the name of a distribution");
  if (const auto shape = node.find("shape")) variable.shape = read_shape(*shape);
  if (const auto support = node.find("support")) variable.support = support->string("the name of a support");
  variable.observed = read_optional_expression(node, "observed");
  variable.lower = read_optional_expression(node, "lower");
  variable.upper = read_optional_expression(node, "upper");
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
  for (const char* other : {"shape", "observed", "support", "dims"}) {
    if (const auto found = object.find(other)) {
      found->refuse("\"" + std::string(other) + "\" belongs to the whole, not to what it is made of");
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
    for (const char* key : {"observed", "support"}) {
      if (const auto found = inner.find(key))
        found->refuse("a generated variable is drawn from its distribution as it is");
    }
    if (const auto dims = inner.find("dims")) dims->refuse("\"dims\" belongs to the node, beside \"generated\"");
    generated.value = read_random_variable(inner);
  } else {
    generated.value = read_expression(value);
  }
  if (const auto save = node.find("save")) generated.save = save->boolean();
  node.refuse_unknown();
  return generated;
}

std::vector<std::string> read_dims(const Value& value) {
  std::vector<std::string> dims;
  for (const Value& item : value.list("a list of names, one for each axis")) {
    std::string name = item.string("the name of a dimension");
    check_name(name, item.where());
    if (std::find(dims.begin(), dims.end(), name) != dims.end()) {
      item.refuse("found " + in_quotes(name) + " twice, expected another name for each axis");
    }
    dims.push_back(std::move(name));
  }
  if (dims.empty()) value.refuse("found an empty list, expected a name for each axis");
  return dims;
}

Coordinate read_coordinate(const Value& value) {
  constexpr auto expected = "a list of strings, or of numbers";
  const std::vector<Value> list = value.list(expected);
  if (list.empty()) value.refuse(std::string("found an empty list, expected ") + expected);
  if (!list.front().json().is_string()) {
    std::vector<double> numbers;
    numbers.reserve(list.size());
    for (const Value& item : list) numbers.push_back(item.number("a number, as the first is"));
    return numbers;
  }
  std::vector<std::string> words;
  for (const Value& item : list) {
    words.push_back(item.string("a string, as the first is"));
    if (words.back().find('\0') != std::string::npos) item.refuse("found a string with a zero character");
  }
  return words;
}

/// Dimensions must not be called like what has them.
void check_dims(const Model& model, const std::vector<std::string>& dims, const std::string& where) {
  for (const std::string& name : dims) {
    const auto taken =
        std::find_if(model.nodes.begin(), model.nodes.end(), [&](const Node& other) { return other.name == name; });
    if (taken == model.nodes.end()) continue;
    throw InputError(where, "the name " + in_quotes(name) + " is taken by the node of that name");
  }
}

std::map<std::string, std::vector<std::string>> read_data_dims(const Value& value) {
  std::map<std::string, std::vector<std::string>> dims;
  for (const auto& [name, names] : value.object("an object of lists of names, by entry of \"data\"").members()) {
    dims.emplace(name, read_dims(names));
  }
  return dims;
}

/// The names of an observed node's axes are those of its data, where it has none of its own.
void inherit_dims(Model& model) {
  for (Node& node : model.nodes) {
    const auto* variable = std::get_if<RandomVariable>(&node.kind);
    if (!variable || !variable->observed || !node.dims.empty()) continue;
    const auto* data = std::get_if<Name>(&variable->observed->node);
    const auto found = data ? model.data_dims.find(data->name) : model.data_dims.end();
    if (found != model.data_dims.end()) node.dims = found->second;
  }
}

std::map<std::string, Coordinate> read_coords(const Value& value, const Model& model) {
  std::vector<std::string> dims;
  for (const Node& node : model.nodes) dims.insert(dims.end(), node.dims.begin(), node.dims.end());
  for (const auto& [data, names] : model.data_dims) dims.insert(dims.end(), names.begin(), names.end());
  std::map<std::string, Coordinate> coords;
  for (const auto& [name, list] : value.object("an object of lists, by dimension").members()) {
    if (std::find(dims.begin(), dims.end(), name) == dims.end()) {
      list.refuse("nothing has the dimension " + in_quotes(name) + " among its \"dims\"" + did_you_mean(name, dims));
    }
    coords.emplace(name, read_coordinate(list));
  }
  return coords;
}

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
  std::vector<std::string> dims;
  if (const auto names = node.find("dims")) dims = read_dims(*names);
  if (found[0] == "dist") return {name, read_random_variable(node), std::move(dims)};
  if (found[0] == "expr") return {name, read_derived(node), std::move(dims)};
  return {name, read_generated(node), std::move(dims)};
}

void check_version(const Value& version) {
  const Json& json = version.json();
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() != kVersion) {
    version.refuse("unknown version of the IR: found " + json::describe(json) + ", expected 1");
  }
}

/// Keys within a node are sorted, since their order means nothing; that of the nodes stays.
Json canonical(const Json& json) {
  if (json.is_array()) {
    Json result = Json::array();
    for (const Json& item : json) result.push_back(canonical(item));
    return result;
  }
  if (!json.is_object()) return json;
  std::map<std::string, const Json*> sorted;
  for (const auto& [key, value] : json.items()) sorted.emplace(key, &value);
  Json result = Json::object();
  for (const auto& [key, value] : sorted) result.get_ref<Json::object_t&>().emplace_back(key, canonical(*value));
  return result;
}

std::string canonical_text(const Value& root) {
  Json nodes = Json::object();
  for (const auto& [name, node] : root.json().at("nodes").items()) {
    nodes.get_ref<Json::object_t&>().emplace_back(name, canonical(node));
  }
  Json result = {{"exmc_ir", kVersion}};
  if (root.json().contains("name")) result["name"] = root.json().at("name");
  result["nodes"] = std::move(nodes);
  for (const char* key : {"dims", "coords"}) {
    if (root.json().contains(key)) result[key] = canonical(root.json().at(key));
  }
  return result.dump();
}

}  // namespace

std::vector<DataEntry> parse_model(const Value& root, const std::string& default_name, Model& model) {
  Object object = root.object("a model: an object with \"exmc_ir\" and \"nodes\"");
  check_version(object.at("exmc_ir", "the version of the IR, 1"));
  (void)object.find("$schema");
  const auto name = object.find("name");
  model.name = name ? name->string("the model's name") : default_name;
  const auto data = object.find("data");
  const Value nodes = object.at("nodes", "an object of random variables and expressions");
  const auto dims = object.find("dims"), coords = object.find("coords");
  object.refuse_unknown();

  for (const auto& [node_name, node] : nodes.object().members()) {
    check_name(node_name, node.where());
    model.nodes.push_back(read_node(node_name, node));
  }
  if (model.nodes.empty()) nodes.refuse("found no node, expected at least one");
  for (const Node& node : model.nodes) check_dims(model, node.dims, nodes.where() + "." + node.name + ".dims");
  if (dims) model.data_dims = read_data_dims(*dims);
  for (const auto& [data_name, names] : model.data_dims) check_dims(model, names, dims->where() + "." + data_name);
  inherit_dims(model);
  if (coords) model.coords = read_coords(*coords, model);
  model.text = canonical_text(root);

  std::vector<DataEntry> entries;
  if (data) entries = data->object("an object of data entries").members();
  check_data_names(entries, model);
  return entries;
}

void check_data_names(const std::vector<DataEntry>& entries, const Model& model) {
  std::unordered_set<std::string> nodes;
  for (const Node& node : model.nodes) nodes.insert(node.name);
  for (const auto& [name, value] : entries) {
    check_name(name, value.where());
    if (nodes.contains(name)) value.refuse("the name " + in_quotes(name) + " is taken by the node of that name");
  }
}

}  // namespace exmc::ir
