#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "../kernels/instruction.hpp"
#include "view.hpp"

namespace exmc::density {

/// What an instruction reads or writes, with the strides of its loop.
[[nodiscard]] inline Operand make_operand(const View& view, std::span<const std::ptrdiff_t> strides) {
  Operand operand{view.offset, !view.constant(), {}};
  std::copy(strides.begin(), strides.end(), operand.strides.begin());
  return operand;
}

/// Requires that each broadcasts to `shape`.
[[nodiscard]] inline std::vector<View> all_broadcast(std::span<const View> operands, const Shape& shape) {
  std::vector<View> views;
  for (const View& operand : operands) views.push_back(broadcast_to(operand, shape));
  return views;
}

/// @throws std::logic_error where they do not broadcast with each other.
[[nodiscard]] inline Shape common_shape(std::span<const View> operands) {
  Shape shape;
  for (const View& operand : operands) {
    const std::optional<Shape> both = broadcast(shape, operand.shape);
    if (!both) throw std::logic_error("operands do not broadcast");
    shape = *both;
  }
  return shape;
}

[[nodiscard]] inline bool all_constant(std::span<const View> views) {
  return std::all_of(views.begin(), views.end(), [](const View& view) { return view.constant(); });
}

}  // namespace exmc::density
