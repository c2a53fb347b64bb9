#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
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

/// What distinguishes an operation on some operands from all others.
[[nodiscard]] inline std::vector<std::intptr_t> make_key(std::intptr_t operation, std::span<const View> operands) {
  std::vector<std::intptr_t> key{operation};
  for (const View& view : operands) {
    key.push_back(static_cast<std::intptr_t>(view.space));
    key.push_back(view.offset);
    for (std::size_t axis = 0; axis < view.rank(); ++axis) {
      key.push_back(static_cast<std::intptr_t>(view.shape[axis]));
      key.push_back(view.strides[axis]);
    }
    key.push_back(-1);
  }
  return key;
}

[[nodiscard]] inline bool all_constant(std::span<const View> views) {
  return std::all_of(views.begin(), views.end(), [](const View& view) { return view.constant(); });
}

}  // namespace exmc::density
