#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "families.hpp"

namespace exmc::density {
namespace {

View length(Builder& builder, const Arguments& given) {
  const View& x = given[0];
  if (x.rank() == 0) given.refuse("takes an array, found a number");
  return builder.constant(static_cast<double>(x.shape[given.has(1) ? given.axis(1, x.rank()) : 0]));
}

View shape_of(Builder& builder, const Arguments& given) {
  const Shape& shape = given[0].shape;
  return builder.constant(Array{{shape.size()}, {shape.begin(), shape.end()}});
}

std::size_t count(const Builder& builder, const Arguments& given, std::size_t place) {
  const std::ptrdiff_t value = given.integer(place);
  if (value < 0) given.refuse("takes lengths from 0 on, found " + std::to_string(value));
  builder.require_room({static_cast<std::size_t>(value)});
  return static_cast<std::size_t>(value);
}

/// A number or a list of them, as numpy's `shape` is.
Shape lengths(const Builder& builder, const Arguments& given, std::size_t place) {
  Shape shape;
  for (const std::ptrdiff_t value : given.integers(place)) {
    if (value < 0) given.refuse("takes lengths from 0 on, found " + std::to_string(value));
    shape.push_back(static_cast<std::size_t>(value));
    builder.require_room(shape);
  }
  builder.require_axes(shape.size());
  return shape;
}

View zeros(Builder& builder, const Arguments& given) {
  return broadcast_to(builder.constant(0.0), lengths(builder, given, 0));
}

View ones(Builder& builder, const Arguments& given) {
  return broadcast_to(builder.constant(1.0), lengths(builder, given, 0));
}

View full(Builder& builder, const Arguments& given) {
  const Shape shape = lengths(builder, given, 0);
  if (!broadcasts_to(given[1].shape, shape)) {
    given.refuse("cannot broadcast shape " + to_string(given[1].shape) + " to " + to_string(shape));
  }
  return broadcast_to(given[1], shape);
}

View identity(Builder& builder, const Arguments& given) {
  const std::size_t rows = count(builder, given, 0), columns = given.has(1) ? count(builder, given, 1) : rows;
  const Shape shape{rows, columns};
  builder.require_room(shape);
  Array array{shape, std::vector<double>(rows * columns)};
  for (std::size_t i = 0; i < std::min(rows, columns); ++i) array.values[i * columns + i] = 1;
  return builder.constant(array);
}

double number(const Builder& builder, const Arguments& given, std::size_t place) {
  const View& x = given[place];
  if (!x.constant() || x.rank() > 0) given.refuse("takes single numbers that are data");
  return builder.evaluate(x).values.front();
}

/// From `start` on, `count` numbers `step` apart.
View evenly(Builder& builder, double start, double step, std::size_t count) {
  builder.require_room({count});
  Array array{{count}, std::vector<double>(count)};
  for (std::size_t i = 0; i < count; ++i) array.values[i] = start + static_cast<double>(i) * step;
  return builder.constant(array);
}

View range(Builder& builder, const Arguments& given) {
  const double first = given.has(1) ? number(builder, given, 0) : 0.0;
  const double end = number(builder, given, given.has(1) ? 1 : 0);
  const double step = given.has(2) ? number(builder, given, 2) : 1.0;
  if (step == 0) given.refuse("takes a step that is not 0");
  constexpr double most = 1e15;  // beyond, no array fits
  const double length = std::clamp(std::ceil((end - first) / step), 0.0, most);
  return evenly(builder, first, step, static_cast<std::size_t>(length));
}

View spaced(Builder& builder, const Arguments& given) {
  const double first = number(builder, given, 0), last = number(builder, given, 1);
  const std::size_t points = count(builder, given, 2);
  if (points < 2) return evenly(builder, first, 0, points);
  const double step = (last - first) / static_cast<double>(points - 1);
  Array array = builder.evaluate(evenly(builder, first, step, points));
  array.values.back() = last;
  return builder.constant(array);
}

constexpr auto kOptional = Argument::Kind::optional;

const std::vector<Function> kFunctions = {
    {"len", {{"x"}, {"axis", kOptional}}, length, "how long an axis is, the first unless another is named"},
    {"shape", {{"x"}}, shape_of, "the lengths of all axes"},
    {"zeros", {{"shape"}}, zeros, "`zeros(3)`, `zeros([2, 3])`"},
    {"ones", {{"shape"}}, ones},
    {"full", {{"shape"}, {"value"}}, full},
    {"eye", {{"n"}, {"m", kOptional}}, identity, "ones on the diagonal of n rows and m columns, n unless given"},
    {"arange",
     {{"start"}, {"stop", kOptional}, {"step", kOptional}},
     range,
     "up to but without `stop`; `arange(n)` begins at 0"},
    {"linspace", {{"start"}, {"stop"}, {"num"}}, spaced, "`num` numbers, both ends among them"},
};

}  // namespace

std::span<const Function> constructor_functions() { return kFunctions; }

}  // namespace exmc::density
