#include "view.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace exmc::density {

View dense_view(Space space, std::size_t offset, Shape shape) {
  std::vector<std::ptrdiff_t> strides(shape.size());
  std::ptrdiff_t stride = 1;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= static_cast<std::ptrdiff_t>(shape[axis]);
  }
  return {space, static_cast<std::ptrdiff_t>(offset), std::move(shape), std::move(strides)};
}

bool is_dense(const View& view) {
  std::ptrdiff_t stride = 1;
  for (std::size_t axis = view.rank(); axis-- > 0;) {
    if (view.shape[axis] == 1) continue;
    if (view.strides[axis] != stride) return false;
    stride *= static_cast<std::ptrdiff_t>(view.shape[axis]);
  }
  return true;
}

void copy_elements(const double* arena, const View& view, double* to) {
  const double* const from = arena + view.offset;
  const std::size_t count = element_count(view.shape);
  if (is_dense(view)) {
    std::copy(from, from + count, to);
    return;
  }
  std::array<std::size_t, kMaxRank> index{};
  std::ptrdiff_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    to[i] = from[at];
    for (std::size_t axis = view.rank(); axis-- > 0;) {
      at += view.strides[axis];
      if (++index[axis] < view.shape[axis]) break;
      at -= view.strides[axis] * static_cast<std::ptrdiff_t>(view.shape[axis]);
      index[axis] = 0;
    }
  }
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()));
  for (std::size_t back = 1; back <= result.size(); ++back) {
    const std::size_t of_a = back <= a.size() ? a[a.size() - back] : 1;
    const std::size_t of_b = back <= b.size() ? b[b.size() - back] : 1;
    if (of_a != of_b && of_a != 1 && of_b != 1) return std::nullopt;
    result[result.size() - back] = of_a == 1 ? of_b : of_a;
  }
  return result;
}

bool broadcasts_to(const Shape& from, const Shape& to) { return broadcast(from, to) == to; }

View broadcast_to(const View& view, const Shape& shape) {
  View result{view.space, view.offset, shape, std::vector<std::ptrdiff_t>(shape.size(), 0)};
  const std::size_t added = shape.size() - view.rank();
  for (std::size_t axis = 0; axis < view.rank(); ++axis) {
    if (view.shape[axis] != 1) result.strides[axis + added] = view.strides[axis];
  }
  return result;
}

View with_new_axis(View view, std::size_t axis) {
  view.shape.insert(view.shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  view.strides.insert(view.strides.begin() + static_cast<std::ptrdiff_t>(axis), 0);
  return view;
}

View transposed(View view) {
  std::reverse(view.shape.begin(), view.shape.end());
  std::reverse(view.strides.begin(), view.strides.end());
  return view;
}

View permuted(const View& view, std::span<const std::size_t> order) {
  View result{view.space, view.offset, {}, {}};
  for (const std::size_t axis : order) {
    result.shape.push_back(view.shape[axis]);
    result.strides.push_back(view.strides[axis]);
  }
  return result;
}

View sliced(View view, std::size_t axis, const Range& range) {
  if (range.count > 0) view.offset += range.start * view.strides[axis];
  view.shape[axis] = range.count;
  view.strides[axis] *= range.step;
  return view;
}

View at(View view, std::size_t axis, std::size_t index) {
  view.offset += static_cast<std::ptrdiff_t>(index) * view.strides[axis];
  view.shape.erase(view.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  view.strides.erase(view.strides.begin() + static_cast<std::ptrdiff_t>(axis));
  return view;
}

Axes collapse(const Shape& shape, std::span<const View> views) {
  Axes axes{{}, std::vector<std::vector<std::ptrdiff_t>>(views.size())};
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == 1) continue;
    const auto extent = static_cast<std::ptrdiff_t>(shape[axis]);
    bool even = !axes.extents.empty();
    for (std::size_t v = 0; even && v < views.size(); ++v) {
      even = axes.strides[v].back() == views[v].strides[axis] * extent;
    }
    if (even) {
      axes.extents.back() *= shape[axis];
    } else {
      axes.extents.push_back(shape[axis]);
    }
    for (std::size_t v = 0; v < views.size(); ++v) {
      if (even) axes.strides[v].pop_back();
      axes.strides[v].push_back(views[v].strides[axis]);
    }
  }
  return axes;
}

}  // namespace exmc::density
