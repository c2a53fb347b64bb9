#pragma once

#include <cstddef>
#include <span>

#include "../program/builder.hpp"

namespace exmc::density {

/// Arrays one after the other along an axis; their other lengths must be equal.
[[nodiscard]] View concatenated(Builder& builder, std::span<const View> arrays, std::size_t axis);
/// Arrays of equal shape side by side along a new axis.
[[nodiscard]] View stacked(Builder& builder, std::span<const View> arrays, std::size_t axis);

}  // namespace exmc::density
