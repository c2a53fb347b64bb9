#pragma once

#include "../functions/arguments.hpp"

namespace exmc::density {

/// numpy's `cumsum(x, axis)`; without an axis that of the elements one after the other.
[[nodiscard]] View cumulative_sum(Builder& builder, const Arguments& given);

}  // namespace exmc::density
