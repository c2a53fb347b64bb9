#pragma once

#include <optional>

#include "../program/builder.hpp"

namespace exmc::density {

/// The same elements, row-major, in another shape with as many.
[[nodiscard]] View reshaped(Builder& builder, const View& view, const Shape& shape);
/// As a view, where steps allow it.
[[nodiscard]] std::optional<View> reshaped_view(const View& view, const Shape& shape);
/// The array itself where its elements stand row-major without gaps, else a copy of it where they do.
[[nodiscard]] View dense(Builder& builder, const View& view);

}  // namespace exmc::density
