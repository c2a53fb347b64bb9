#pragma once

#include <cstddef>
#include <string>

#include "exmc/core/array.hpp"

namespace exmc {

/// "[3][0]": the place of an element, given its number in row-major order; "" in a scalar.
[[nodiscard]] inline std::string element_index(const Shape& shape, std::size_t element) {
  std::string text;
  for (std::size_t axis = shape.size(); axis-- > 0; element /= shape[axis]) {
    text = "[" + std::to_string(element % shape[axis]) + "]" + text;
  }
  return text;
}

/// "element [3][0]", as messages name it; "the number" of a scalar.
[[nodiscard]] inline std::string element_place(const Shape& shape, std::size_t element) {
  return shape.empty() ? "the number" : "element " + element_index(shape, element);
}

}  // namespace exmc
