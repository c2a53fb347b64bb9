#pragma once

#include <algorithm>
#include <array>

#include "../program/builder.hpp"

namespace exmc::density {

/// Whether all elements are the same number of the arena.
[[nodiscard]] inline bool is_one_number(const View& view) {
  return std::all_of(view.strides.begin(), view.strides.end(), [](std::ptrdiff_t stride) { return stride == 0; });
}

/// `view`, which broadcasts to `shape`, as an array of one axis with a stride of 1, or of 0 where it is one number.
/// Only what is neither is copied.
[[nodiscard]] inline View flattened(Builder& builder, const View& view, const Shape& shape) {
  View all = broadcast_to(view, shape);
  const bool one_number = is_one_number(all);
  if (!one_number && !is_dense(all)) {
    const std::array parts{Builder::Part{all, dense_view(all.space, 0, shape)}};
    all = builder.assemble(shape, parts);
  }
  all.shape = {element_count(shape)};
  all.strides = {one_number ? 0 : 1};
  return all;
}

}  // namespace exmc::density
