#include "arguments.hpp"

#include <algorithm>
#include <cmath>

#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"
#include "functions.hpp"

namespace exmc::density {
namespace {

/// Whole numbers beyond this are not all doubles.
constexpr double kLargestInteger = 0x1p53;

std::size_t required_count(const Function& function) {
  return static_cast<std::size_t>(
      std::count_if(function.arguments.begin(), function.arguments.end(),
                    [](const Argument& argument) { return argument.kind != Argument::Kind::optional; }));
}

std::string count_of(const Function& function) {
  const std::size_t least = required_count(function), most = function.arguments.size();
  const std::string range = least == most ? "" : std::to_string(least) + " to ";
  return range + std::to_string(most) + " argument" + (most == 1 ? "" : "s");
}

}  // namespace

void Arguments::refuse(const std::string& message) const {
  throw InputError(where_, "function " + in_quotes(function_.name) + " " + message);
}

std::string Arguments::name_of(std::size_t place) const { return in_quotes(function_.arguments[place].name); }

std::vector<ir::ExpressionPtr> Arguments::sort(const ir::Call& call) const {
  const std::vector<Argument>& arguments = function_.arguments;
  if (call.arguments.size() > arguments.size()) {
    refuse("takes " + count_of(function_) + ", found " + std::to_string(call.arguments.size()));
  }
  std::vector<ir::ExpressionPtr> sorted = call.arguments;
  sorted.resize(arguments.size());
  for (const auto& [name, value] : call.keywords) {
    const auto found = std::find_if(arguments.begin(), arguments.end(),
                                    [&name = name](const Argument& argument) { return argument.name == name; });
    if (found == arguments.end()) {
      std::vector<std::string> names;
      names.reserve(arguments.size());
      for (const Argument& argument : arguments) names.emplace_back(argument.name);
      refuse("has no argument \"" + name + "\"" + did_you_mean(name, names));
    }
    ir::ExpressionPtr& place = sorted[static_cast<std::size_t>(found - arguments.begin())];
    if (place) refuse("is given \"" + name + "\" twice");
    place = value;
  }
  for (std::size_t place = 0; place < arguments.size(); ++place) {
    if (!sorted[place] && arguments[place].kind != Argument::Kind::optional) {
      refuse("takes " + count_of(function_) + ", lacks " + name_of(place));
    }
  }
  return sorted;
}

std::vector<View> Arguments::all() const {
  std::vector<View> views;
  for (const std::vector<View>& value : values_) views.push_back(value.front());
  return views;
}

std::ptrdiff_t Arguments::integer(std::size_t place) const {
  if ((*this)[place].rank() != 0) {
    refuse("takes one whole number as " + name_of(place) + ", found shape " + to_string((*this)[place].shape));
  }
  return integers(place).front();
}

std::vector<std::ptrdiff_t> Arguments::integers(std::size_t place) const {
  const View& view = (*this)[place];
  if (!view.constant()) refuse("takes only data as " + name_of(place) + ", not what depends on parameters");
  if (view.rank() > 1) refuse("takes whole numbers as " + name_of(place) + ", found shape " + to_string(view.shape));
  std::vector<std::ptrdiff_t> integers;
  for (const double value : builder_.evaluate(view).values) {
    if (value != std::floor(value) || std::abs(value) > kLargestInteger) {
      refuse("takes whole numbers as " + name_of(place) + ", found " + shortest(value));
    }
    integers.push_back(static_cast<std::ptrdiff_t>(value));
  }
  return integers;
}

std::size_t Arguments::resolve_axis(std::ptrdiff_t axis, std::size_t rank) const {
  const auto axes = static_cast<std::ptrdiff_t>(rank);
  if (axis < -axes || axis >= axes) {
    refuse("has no axis " + std::to_string(axis) + " in an array of " + std::to_string(rank) +
           (rank == 1 ? " dimension" : " dimensions"));
  }
  return static_cast<std::size_t>(axis < 0 ? axis + axes : axis);
}

std::size_t Arguments::axis(std::size_t place, std::size_t rank) const { return resolve_axis(integer(place), rank); }

std::vector<std::size_t> Arguments::axes(std::size_t place, std::size_t rank) const {
  std::vector<std::size_t> axes;
  for (const std::ptrdiff_t axis : integers(place)) {
    const std::size_t resolved = resolve_axis(axis, rank);
    if (std::find(axes.begin(), axes.end(), resolved) != axes.end()) {
      refuse("is given the axis " + std::to_string(resolved) + " twice");
    }
    axes.push_back(resolved);
  }
  return axes;
}

void Arguments::require_broadcast(std::span<const View> views) const {
  Shape shape;
  for (const View& view : views) {
    const auto both = broadcast(shape, view.shape);
    if (!both) {
      throw InputError(where_, "shapes " + to_string(shape) + " and " + to_string(view.shape) + " do not broadcast");
    }
    shape = *both;
  }
}

}  // namespace exmc::density
