#include "reshape.hpp"

#include <vector>

namespace exmc::density {

View dense(Builder& builder, const View& view) {
  if (is_dense(view)) return dense_view(view.space, static_cast<std::size_t>(view.offset), view.shape);
  const Builder::Part whole{view, dense_view(Space::constant, 0, view.shape)};
  return builder.assemble(view.shape, std::span(&whole, 1));
}

/// The axes of the view, neighbours that it steps through evenly made one, are split again from the last; an axis of
/// the shape may not span two of them.
std::optional<View> reshaped_view(const View& view, const Shape& shape) {
  if (element_count(view.shape) == 0) return dense_view(view.space, static_cast<std::size_t>(view.offset), shape);
  const Axes axes = collapse(view.shape, std::span(&view, 1));
  View result{view.space, view.offset, shape, std::vector<std::ptrdiff_t>(shape.size(), 0)};
  std::size_t from = axes.extents.size(), left = 1;
  std::ptrdiff_t step = 0;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    if (shape[axis] == 1) continue;
    if (left == 1) {
      --from;
      left = axes.extents[from];
      step = axes.strides[0][from];
    }
    if (left % shape[axis] != 0) return std::nullopt;
    result.strides[axis] = step;
    step *= static_cast<std::ptrdiff_t>(shape[axis]);
    left /= shape[axis];
  }
  return result;
}

View reshaped(Builder& builder, const View& view, const Shape& shape) {
  const std::optional<View> seen = reshaped_view(view, shape);
  return seen ? *seen : *reshaped_view(dense(builder, view), shape);
}

}  // namespace exmc::density
