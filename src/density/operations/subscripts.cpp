#include "subscripts.hpp"

#include <algorithm>

namespace exmc::density {

Range resolve_slice(const SliceBounds& bounds, std::size_t length) {
  const auto size = static_cast<std::ptrdiff_t>(length);
  const std::ptrdiff_t step = bounds.step.value_or(1);
  const std::ptrdiff_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1;
  const auto resolve = [&](std::optional<std::ptrdiff_t> bound, std::ptrdiff_t absent) {
    if (!bound) return absent;
    return std::clamp(*bound < 0 ? *bound + size : *bound, lowest, highest);
  };
  const std::ptrdiff_t start = resolve(bounds.start, step > 0 ? lowest : highest);
  const std::ptrdiff_t stop = resolve(bounds.stop, step > 0 ? highest : lowest);
  const std::ptrdiff_t distance = step > 0 ? stop - start : start - stop, stride = step > 0 ? step : -step;
  const std::ptrdiff_t count = distance > 0 ? (distance - 1) / stride + 1 : 0;
  return {start, step, static_cast<std::size_t>(count)};
}

}  // namespace exmc::density
