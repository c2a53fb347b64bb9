#pragma once

#include "exmc/ir/model.hpp"

namespace exmc::density {

/// Whether -1 is among the values of a random node whose draws are whole numbers.
[[nodiscard]] bool may_be_negative(const ir::Node& node);

}  // namespace exmc::density
