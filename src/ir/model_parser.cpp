#include "model_parser.hpp"

#include <cstdint>
#include <map>
#include <unordered_set>
#include <utility>

#include "axis_names.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "labels.hpp"
#include "names.hpp"
#include "node_parser.hpp"

namespace exmc::ir {
namespace {

using json::Json;
using json::Object;
using json::Value;

constexpr std::uint64_t kVersion = 1;

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

bool imputes(const Node& node) {
  const auto* const variable = std::get_if<RandomVariable>(&node.kind);
  return variable != nullptr && variable->missing == Missing::imputed;
}

/// The node of what is missing from another one.
Node read_imputed(const Node& observed, const Value& node, const Json& nodes) {
  const std::string imputed = imputed_name(observed.name), where = node.where() + ".missing";
  check_name(imputed, where);
  if (nodes.contains(imputed)) {
    throw InputError(where, "the missing values would be called " + in_quotes(imputed) + ", as another node is");
  }
  return {imputed, Imputed{observed.name}, {}, observed.label.empty() ? "" : imputed_name(observed.label)};
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
    if (imputes(model.nodes.back())) model.nodes.push_back(read_imputed(model.nodes.back(), node, nodes.json()));
  }
  if (model.nodes.empty()) nodes.refuse("found no node, expected at least one");
  for (const Node& node : model.nodes) check_axis_names(model, node.dims, nodes.where() + "." + node.name + ".dims");
  if (dims) model.data_dims = read_data_axis_names(*dims);
  for (const auto& [data_name, names] : model.data_dims)
    check_axis_names(model, names, dims->where() + "." + data_name);
  inherit_axis_names(model);
  check_labels(model, nodes.where());
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
