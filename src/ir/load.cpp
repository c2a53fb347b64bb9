#include "exmc/ir/load.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <variant>

#include "data_loader.hpp"
#include "exmc/core/file.hpp"
#include "exmc/core/text.hpp"
#include "exmc/ir/collect_names.hpp"
#include "factors.hpp"
#include "keys.hpp"
#include "model_parser.hpp"

namespace exmc::ir {
namespace {

using json::Json;
using json::Value;

/// Notes the data that a bound is, or is an element of.
void collect_bounds(const RandomVariable& variable, std::set<std::string>& names) {
  for (const ExpressionPtr& bound : {variable.lower, variable.upper}) {
    const Expression* expression = bound.get();
    while (expression != nullptr && std::holds_alternative<Index>(expression->node)) {
      expression = std::get<Index>(expression->node).base.get();
    }
    const auto* const name = expression == nullptr ? nullptr : std::get_if<Name>(&expression->node);
    if (name != nullptr) names.insert(name->name);
  }
  for (const RandomVariable& component : variable.components) collect_bounds(component, names);
}

std::set<std::string> names_of_bounds(const Model& model) {
  std::set<std::string> names;
  for (const Node& node : model.nodes) {
    if (const auto* variable = std::get_if<RandomVariable>(&node.kind)) collect_bounds(*variable, names);
    const auto* const generated = std::get_if<Generated>(&node.kind);
    const auto* const variable = generated == nullptr ? nullptr : std::get_if<RandomVariable>(&generated->value);
    if (variable != nullptr) collect_bounds(*variable, names);
  }
  return names;
}

/// Notes the data that may have missing values: what a node observes that says what becomes of them.
std::set<std::string> names_with_missing(const Model& model) {
  std::set<std::string> names;
  for (const Node& node : model.nodes) {
    const auto* const variable = std::get_if<RandomVariable>(&node.kind);
    if (variable == nullptr || variable->missing == Missing::refused) continue;
    collect_names(*variable->observed, model.source, names);
  }
  return names;
}

bool is_among(const std::vector<Factor>& factors, const std::string& name) {
  return std::ranges::find(factors, name, &Factor::name) != factors.end();
}

/// Entries that are there already stay. @return how many of `room` bytes are left.
std::uint64_t read_entries(const std::vector<DataEntry>& entries, const DataLoader& loader, std::uint64_t room,
                           Model& model, std::vector<Factor>& factors) {
  const std::set<std::string> bounds = names_of_bounds(model), incomplete = names_with_missing(model);
  for (const auto& [name, entry] : entries) {
    if (model.data.contains(name) || is_among(factors, name)) continue;
    if (std::optional<Factor> factor = loader.read_factor(name, entry, room)) {
      room -= std::min<std::uint64_t>(room, factor->words.size() * sizeof(std::string));
      factors.push_back(std::move(*factor));
      continue;
    }
    const json::Numbers kinds{bounds.contains(name), incomplete.contains(name), kMissingAdvice};
    const Array& array = model.data.emplace(name, loader.read(entry, room, kinds)).first->second;
    room -= std::min<std::uint64_t>(room, array.values.size() * sizeof(double));
  }
  return room;
}

}  // namespace

Model load_model(const ModelSource& source, const DatasetReader& read_dataset) {
  const std::string label = source.label.empty() ? "model" : source.label;
  Model model;
  model.source = source.file ? printable(source.file->string(), kLongestPathShown) : label;
  const Json json = json::parse(source.file ? read_text_file(*source.file, label) : source.text, model.source);
  const Json given = json::parse(source.data_text, source.data_label);

  const std::string default_name = source.file ? source.file->stem().string() : "model";
  const std::vector<DataEntry> own = parse_model(Value(json, model.source), default_name, model);
  const std::vector<DataEntry> replacing =
      Value(given, source.data_label, "data").object("an object of data entries").members();
  check_data_names(replacing, model);

  const auto folder = source.file ? source.file->parent_path() : source.folder;
  std::vector<Factor> factors;
  const std::uint64_t room =
      read_entries(replacing, DataLoader({}, false, read_dataset), source.memory_limit, model, factors);
  read_entries(own, DataLoader(folder, true, read_dataset), room, model, factors);
  code_factors(factors, model);
  label_with_levels(model);
  return model;
}

std::vector<std::string> node_names(const std::string& text) {
  const Json model = json::parse(text, "the model");
  std::vector<std::string> names;
  for (const auto& [name, node] : Value(model, "the model").object().at("nodes", "nodes").object().members()) {
    names.push_back(name);
    const auto missing = node.json().find("missing");
    if (missing != node.json().end() && *missing == "impute") names.push_back(imputed_name(name));
  }
  return names;
}

std::vector<std::string> unsaved_variables(const std::string& text) {
  const Json model = json::parse(text, "the model");
  std::vector<std::string> names;
  for (const auto& [name, node] : model.at("nodes").items()) {
    if (node.contains("dist") && !node.value("save", true)) names.push_back(name);
  }
  return names;
}

}  // namespace exmc::ir
