#include "axis_names.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "names.hpp"

namespace exmc::ir {
namespace {

using json::Value;

/// Labels say which element is meant: each must be there once.
template <class Label>
void require_different(const std::vector<Label>& labels, const std::vector<Value>& items) {
  std::map<Label, std::size_t> first;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const auto [place, is_new] = first.emplace(labels[i], i);
    if (is_new) continue;
    items[i].refuse("found " + json::describe(items[i].json()) + " again, which is [" + std::to_string(place->second) +
                    "] too, expected another label for each");
  }
}

Coordinate read_coordinate(const Value& value) {
  constexpr auto expected = "a list of strings, or of numbers";
  const std::vector<Value> list = value.list(expected);
  if (list.empty()) value.refuse(std::string("found an empty list, expected ") + expected);
  if (!list.front().json().is_string()) {
    std::vector<double> numbers;
    numbers.reserve(list.size());
    for (const Value& item : list) numbers.push_back(item.number("a number, as the first is"));
    require_different(numbers, list);
    return numbers;
  }
  std::vector<std::string> words;
  for (const Value& item : list) {
    words.push_back(item.string("a string, as the first is"));
    if (words.back().find('\0') != std::string::npos) item.refuse("found a string with a zero character");
  }
  require_different(words, list);
  return words;
}

}  // namespace

std::vector<std::string> read_axis_names(const Value& value) {
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

void check_axis_names(const Model& model, const std::vector<std::string>& dims, const std::string& where) {
  for (const std::string& name : dims) {
    const auto taken =
        std::find_if(model.nodes.begin(), model.nodes.end(), [&](const Node& other) { return other.name == name; });
    if (taken == model.nodes.end()) continue;
    throw InputError(where, "the name " + in_quotes(name) + " is taken by the node of that name");
  }
}

std::map<std::string, std::vector<std::string>> read_data_axis_names(const Value& value) {
  std::map<std::string, std::vector<std::string>> dims;
  for (const auto& [name, names] : value.object("an object of lists of names, by entry of \"data\"").members()) {
    dims.emplace(name, read_axis_names(names));
  }
  return dims;
}

void inherit_axis_names(Model& model) {
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

}  // namespace exmc::ir
