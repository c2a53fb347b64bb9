#include "shape_inference.hpp"

#include <algorithm>
#include <map>

#include "exmc/core/error.hpp"
#include "parametrisation.hpp"

namespace exmc::density {
namespace {

/// The last `count` lengths, and those before.
Shape last_axes(const Shape& shape, std::size_t count) {
  return {shape.end() - static_cast<std::ptrdiff_t>(count), shape.end()};
}
Shape without_last_axes(const Shape& shape, std::size_t count) {
  return {shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(std::min(count, shape.size()))};
}

/// The lengths that the letters of own axes stand for, and who said so.
class AxisLengths {
 public:
  AxisLengths(const Distribution& distribution, std::string where)
      : distribution_(distribution), where_(std::move(where)) {}

  void bind(char axis, std::size_t length, const std::string& key) {
    const auto [entry, added] = lengths_.try_emplace(axis, Known{length, key});
    if (added || entry->second.length == length) return;
    throw InputError(where_ + "." + key, "an axis of length " + std::to_string(length) + ", but " + entry->second.key +
                                             " has " + std::to_string(entry->second.length));
  }

  void bind_matrix(const Parameter& parameter, const Shape& shape) {
    const std::string key(parameter.name);
    if (shape.size() < 2) throw InputError(where_ + "." + key, "expected a matrix, found shape " + to_string(shape));
    const Shape own = last_axes(shape, 2);
    if (parameter.axes[0] == parameter.axes[1] && own[0] != own[1]) {
      throw InputError(where_ + "." + key, "expected a square matrix, found shape " + to_string(shape));
    }
    for (std::size_t i = 0; i < 2; ++i) bind(parameter.axes[i], own[i], key);
  }

  [[nodiscard]] bool knows(char axis) const { return lengths_.contains(axis); }

  /// Lengths of the variable's own axes.
  [[nodiscard]] Shape event() const { return resolve(distribution_.axes); }
  [[nodiscard]] Shape resolve(std::string_view axes) const {
    Shape shape;
    for (const char axis : axes) shape.push_back(lengths_.at(axis).length);
    return shape;
  }

 private:
  struct Known {
    std::size_t length;
    std::string key;
  };
  const Distribution& distribution_;
  std::string where_;
  std::map<char, Known> lengths_;
};

void require_own_axes(const Distribution& distribution, const Shape& shape, const std::string& where) {
  if (shape.size() >= distribution.event_rank()) return;
  const std::string axes = distribution.event_rank() == 1 ? " axis of its own" : " axes of its own";
  throw InputError(where, "found " + to_string(shape) + ", but a " + std::string(distribution.name) + " has " +
                              std::to_string(distribution.event_rank()) + axes);
}

void bind_parameters(const Builder& builder, const std::vector<Parameter>& parameters, const Variable& variable,
                     AxisLengths& lengths, const std::string& where) {
  for (const Parameter& parameter : parameters) {
    const View& view = variable[parameter.name];
    const std::string key(parameter.name);
    if (parameter.axes.size() == 2) lengths.bind_matrix(parameter, view.shape);
    if (parameter.axes.size() == 1 && view.rank() > 0 && view.shape.back() != 1) {
      lengths.bind(parameter.axes[0], view.shape.back(), key);
    }
    if (parameter.gives_axis != '\0')
      lengths.bind(parameter.gives_axis, axis_length(builder, view, where + "." + key), key);
  }
}

/// Vectors of one element are as long as others have them, or as they are.
void bind_single_elements(const std::vector<Parameter>& parameters, AxisLengths& lengths) {
  for (const Parameter& parameter : parameters) {
    if (parameter.axes.size() != 1 || lengths.knows(parameter.axes[0])) continue;
    lengths.bind(parameter.axes[0], 1, std::string(parameter.name));
  }
}

void lengthen_vectors(const std::vector<Parameter>& parameters, Variable& variable, const AxisLengths& lengths) {
  for (const Parameter& parameter : parameters) {
    if (parameter.axes.size() != 1) continue;
    View& view = variable.parameters.find(parameter.name)->second;
    Shape shape = without_last_axes(view.shape, 1);
    shape.push_back(lengths.resolve(parameter.axes)[0]);
    view = broadcast_to(view, shape);
  }
}

Shape batch_of_parameters(const std::vector<Parameter>& parameters, const Variable& variable,
                          const std::string& where) {
  Shape batch;
  for (const Parameter& parameter : parameters) {
    const Shape own = without_last_axes(variable[parameter.name].shape, parameter.axes.size());
    const std::optional<Shape> both = broadcast(batch, own);
    if (!both) {
      throw InputError(
          where + "." + std::string(parameter.name),
          "shape " + to_string(own) + " does not broadcast with " + to_string(batch) + " of the other parameters");
    }
    batch = *both;
  }
  return batch;
}

/// What a model may still say of the variable's own axes.
void bind_request(const Distribution& distribution, const ShapeRequest& request, AxisLengths& lengths,
                  const std::string& where) {
  const std::size_t rank = distribution.event_rank();
  const auto bind_all = [&](const Shape& shape, const std::string& key) {
    const Shape own = last_axes(shape, rank);
    for (std::size_t i = 0; i < rank; ++i) lengths.bind(distribution.axes[i], own[i], key);
  };
  if (request.given) {
    require_own_axes(distribution, *request.given, where + "." + request.key);
    return bind_all(*request.given, request.key);
  }
  const bool known =
      std::all_of(distribution.axes.begin(), distribution.axes.end(), [&](char axis) { return lengths.knows(axis); });
  if (known) return;
  const std::optional<Shape>& otherwise = request.otherwise();
  if (!otherwise || otherwise->size() < rank) {
    throw InputError(where, "a " + std::string(distribution.name) + " needs \"shape\", whose last " +
                                (rank == 1 ? "entry is its length" : std::to_string(rank) + " entries are its own"));
  }
  bind_all(*otherwise, request.observed ? "observed" : "dims");
}

}  // namespace

Shape infer_shape(const Builder& builder, const Distribution& distribution, const std::vector<Parameter>& parameters,
                  Variable& variable, const ShapeRequest& request, const std::string& where) {
  AxisLengths lengths(distribution, where);
  bind_parameters(builder, parameters, variable, lengths, where);
  bind_request(distribution, request, lengths, where);
  bind_single_elements(parameters, lengths);
  lengthen_vectors(parameters, variable, lengths);
  const Shape from_parameters = batch_of_parameters(parameters, variable, where);
  Shape shape = from_parameters;
  if (request.given) {
    shape = without_last_axes(*request.given, distribution.event_rank());
    if (!broadcasts_to(from_parameters, shape)) {
      throw InputError(where + "." + request.key, "the parameters have shape " + to_string(from_parameters) +
                                                      ", which does not broadcast to " + to_string(shape));
    }
  } else if (shape.empty() && request.otherwise()) {
    shape = without_last_axes(*request.otherwise(), distribution.event_rank());
  }
  const Shape event = lengths.event();
  shape.insert(shape.end(), event.begin(), event.end());
  require_observed_shape(request, shape, where);
  return shape;
}

void require_observed_shape(const ShapeRequest& request, const Shape& shape, const std::string& where) {
  if (!request.observed || *request.observed == shape) return;
  const std::string data = to_string(*request.observed);
  const bool repeats = !request.given && broadcasts_to(shape, *request.observed);
  const std::string cure = repeats ? " (to repeat it, give \"shape\": [" + data.substr(1, data.size() - 2) + "])" : "";
  throw InputError(where + ".observed", "the data has shape " + data + ", the variable " + to_string(shape) + cure);
}

}  // namespace exmc::density
