#include "join.hpp"

#include <vector>

namespace exmc::density {

View concatenated(Builder& builder, std::span<const View> arrays, std::size_t axis) {
  if (arrays.size() == 1) return arrays.front();
  Shape shape = arrays.front().shape;
  shape[axis] = 0;
  for (const View& array : arrays) shape[axis] += array.shape[axis];
  const View whole = dense_view(Space::constant, 0, shape);
  std::vector<Builder::Part> parts;
  std::size_t start = 0;
  for (const View& array : arrays) {
    const std::size_t length = array.shape[axis];
    parts.push_back({array, sliced(whole, axis, {static_cast<std::ptrdiff_t>(start), 1, length})});
    start += length;
  }
  return builder.assemble(shape, parts);
}

View stacked(Builder& builder, std::span<const View> arrays, std::size_t axis) {
  std::vector<View> layers;
  for (const View& array : arrays) layers.push_back(with_new_axis(array, axis));
  return concatenated(builder, layers, axis);
}

}  // namespace exmc::density
