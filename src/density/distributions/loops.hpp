#pragma once

#include "../numbers/simd.hpp"

namespace exmc::density {

/// The number that all lanes hold: how often a formula repeats a step.
[[nodiscard]] inline double first_lane(double x) { return x; }
[[nodiscard]] inline double first_lane(Pack x) { return x[0]; }

}  // namespace exmc::density
