#pragma once

#include <span>

#include "distribution.hpp"

namespace exmc::density {

[[nodiscard]] std::span<const Distribution> state_space_family();

}  // namespace exmc::density
