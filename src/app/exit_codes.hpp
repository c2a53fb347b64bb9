#pragma once

#include "exmc/core/error.hpp"

namespace exmc::app {

/// Of --strict alone: a warning says that the draws are not to be used. The layers below have no warnings.
inline constexpr ExitCode kNotToBeUsed{7};

}  // namespace exmc::app
