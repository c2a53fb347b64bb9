#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "../program/builder.hpp"

namespace exmc::density {

/// The sum over some of an array's axes, which disappear. Its order is fixed.
[[nodiscard]] View reduce_sum(Builder& builder, const View& x, std::span<const std::size_t> axes);

/// x less the logarithm of the sum of its exponentials over some axes.
[[nodiscard]] View log_softmax(Builder& builder, const View& x, std::span<const std::size_t> axes);

[[nodiscard]] std::vector<std::size_t> all_axes(const View& x);

}  // namespace exmc::density
