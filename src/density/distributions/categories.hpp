#pragma once

#include "../program/builder.hpp"

namespace exmc::density {

/// Random categories for each element of `shape`, with weights along the last axis of `weights`: from 0 on, not all of
/// them 0, and of any sum.
[[nodiscard]] View draw_category(Builder& builder, const View& weights, const Shape& shape);

}  // namespace exmc::density
