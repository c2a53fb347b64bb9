#pragma once

#include <optional>

#include "../program/view.hpp"

namespace exmc::density {

/// The parts of `start:stop:step`, as far as they were given.
struct SliceBounds {
  std::optional<std::ptrdiff_t> start, stop, step;
};

/// numpy's rule for slices: negative bounds count from the end, bounds beyond the ends are cut. Step must not be 0.
[[nodiscard]] Range resolve_slice(const SliceBounds& bounds, std::size_t length);

}  // namespace exmc::density
