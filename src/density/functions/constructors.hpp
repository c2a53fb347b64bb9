#pragma once

#include <span>

#include "functions.hpp"

namespace exmc::density {

/// Functions that tell shapes and make arrays of them: constants, whatever is made of data or parameters.
[[nodiscard]] std::span<const Function> constructor_functions();

}  // namespace exmc::density
