#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "exmc/core/array.hpp"

namespace exmc::density {

/// Axes an array may have.
inline constexpr std::size_t kMaxRank = 16;

/// The memory a view looks into.
enum class Space : unsigned char {
  constant,  ///< computed at load, shared by all users of a program
  variable,  ///< depends on the position; every element has an adjoint at the same offset of the adjoint arena
};

/// An array as offset and strides into a space. Slices, new axes, transposes and broadcasts of it are views again: they
/// cost no instruction, and the adjoint of a view is the same view of the adjoint arena.
struct View {
  Space space = Space::constant;
  std::ptrdiff_t offset = 0;
  Shape shape;
  std::vector<std::ptrdiff_t> strides;  ///< in elements, one per axis

  [[nodiscard]] bool constant() const { return space == Space::constant; }
  [[nodiscard]] std::size_t rank() const { return shape.size(); }
  friend bool operator==(const View&, const View&) = default;
};

/// The row-major view of `shape` at `offset`.
[[nodiscard]] View dense_view(Space space, std::size_t offset, Shape shape);
/// Whether the elements stand row-major without gaps.
[[nodiscard]] bool is_dense(const View& view);

/// Copies the elements, row-major, into `to`. `arena` is where the view's space begins.
void copy_elements(const double* arena, const View& view, double* to);

/// numpy's rule: shapes are aligned at the last axis, and lengths are equal or one of them 1. Empty when they do not
/// fit.
[[nodiscard]] std::optional<Shape> broadcast(const Shape& a, const Shape& b);
/// Whether an array of shape `from` broadcasts to exactly `to`.
[[nodiscard]] bool broadcasts_to(const Shape& from, const Shape& to);
/// Requires broadcasts_to(view.shape, shape).
[[nodiscard]] View broadcast_to(const View& view, const Shape& shape);

[[nodiscard]] View with_new_axis(View view, std::size_t axis);
[[nodiscard]] View transposed(View view);
/// Axis k of the result is axis order[k].
[[nodiscard]] View permuted(const View& view, std::span<const std::size_t> order);
/// Elements start, start + step, ... of an axis, `count` of them; all must exist.
struct Range {
  std::ptrdiff_t start = 0, step = 1;
  std::size_t count = 0;
};
[[nodiscard]] View sliced(View view, std::size_t axis, const Range& range);
/// One element of an axis, which disappears.
[[nodiscard]] View at(View view, std::size_t axis, std::size_t index);

/// The axes of one loop over several views of equal shape: those of length 1 left out, neighbours that every view steps
/// through evenly made one.
struct Axes {
  Shape extents;
  std::vector<std::vector<std::ptrdiff_t>> strides;  ///< per view
};
[[nodiscard]] Axes collapse(const Shape& shape, std::span<const View> views);

}  // namespace exmc::density
