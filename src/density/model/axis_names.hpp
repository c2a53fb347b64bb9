#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "exmc/core/array.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::density {

/// Whether there is a name for each axis, and all that bears one name is equally long.
/// @param shape_of  of the node with that index
/// @throws InputError where the names of axes and their coordinates do not fit the shapes.
void require_axis_names(const ir::Model& model, const std::function<Shape(std::size_t)>& shape_of);

/// The lengths of the labels along all axes of a node; nothing where an axis has none.
[[nodiscard]] std::optional<Shape> labelled_shape(const ir::Model& model, const ir::Node& node);

}  // namespace exmc::density
