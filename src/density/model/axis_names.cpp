#include "axis_names.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "exmc/core/coordinate.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"

namespace exmc::density {

void require_axis_names(const ir::Model& model, const std::function<Shape(std::size_t)>& shape_of) {
  std::map<std::string, std::pair<std::size_t, std::string>> lengths;  // of a dimension, and of what has it
  const auto require = [&](const std::string& owner, const std::string& place, const std::vector<std::string>& dims,
                           const Shape& shape) {
    if (!dims.empty() && dims.size() != shape.size()) {
      throw InputError(place, "found " + std::to_string(dims.size()) + " names, expected one for each axis of " +
                                  in_quotes(owner) + ", which has shape " + to_string(shape));
    }
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      const std::string found = "axis " + std::to_string(axis) + " has length " + std::to_string(shape[axis]) +
                                ", but " + in_quotes(dims[axis]) + " has length ";
      const auto coordinate = model.coords.find(dims[axis]);
      if (coordinate != model.coords.end() && length_of(coordinate->second) != shape[axis]) {
        throw InputError(place, found + std::to_string(length_of(coordinate->second)) + " in \"coords\"");
      }
      const auto& [length, other] = lengths.try_emplace(dims[axis], shape[axis], owner).first->second;
      if (length != shape[axis]) throw InputError(place, found + std::to_string(length) + " in " + in_quotes(other));
    }
  };
  for (const auto& [name, dims] : model.data_dims) {
    const std::string place = model.source + ": dims." + name;
    const auto data = model.data.find(name);
    if (data == model.data.end()) throw InputError(place, "there is no data of that name");
    // The output has such data and its dimensions in one group.
    for (const std::string& dimension : dims) {
      if (model.data.contains(dimension)) {
        throw InputError(place, "the name " + in_quotes(dimension) + " is taken by the data of that name");
      }
    }
    require(name, place, dims, data->second.shape);
  }
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    const ir::Node& node = model.nodes[i];
    require(node.name, model.source + ": nodes." + node.name + ".dims", node.dims, shape_of(i));
  }
}

std::optional<Shape> labelled_shape(const ir::Model& model, const ir::Node& node) {
  Shape shape;
  for (const std::string& dimension : node.dims) {
    const auto labels = model.coords.find(dimension);
    if (labels == model.coords.end()) return std::nullopt;
    shape.push_back(length_of(labels->second));
  }
  return node.dims.empty() ? std::nullopt : std::optional(shape);
}

}  // namespace exmc::density
