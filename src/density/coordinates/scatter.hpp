#pragma once

#include <cstdint>
#include <span>

#include "../program/builder.hpp"

namespace exmc::density {

/// An array of `shape` whose elements are sums of those of `values`: element i of these, row-major, is added to element
/// to[i], row-major. `values` broadcasts to an array of as many elements as `to`, of shape `from`. The order of the
/// sums is fixed.
[[nodiscard]] View scatter_sum(Builder& builder, const View& values, const Shape& from,
                               std::span<const std::int32_t> to, const Shape& shape);

}  // namespace exmc::density
