#pragma once

#include <cstddef>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace exmc {

/// Lengths of the axes, outermost first; empty for a scalar.
using Shape = std::vector<std::size_t>;

/// Number of elements of an array of that shape; 1 for a scalar.
[[nodiscard]] inline std::size_t element_count(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

/// "()" "(8)" "(2, 20)", as messages show it.
[[nodiscard]] inline std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (std::size_t axis = 0; axis < shape.size(); ++axis) text += (axis ? ", " : "") + std::to_string(shape[axis]);
  return text + ")";
}

/// A dense row-major array of doubles. Invariant: values.size() == element_count(shape).
struct Array {
  Shape shape;
  std::vector<double> values;

  [[nodiscard]] static Array scalar(double value) { return {{}, {value}}; }
  friend bool operator==(const Array&, const Array&) = default;
};

}  // namespace exmc
