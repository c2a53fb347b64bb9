#pragma once

#include <string_view>

namespace exmc::density {

/// What a function of Stan, numpy, SciPy, R or PyMC is written as here: `"sigmoid"`, `"x ** y"`; "" where it is not
/// known.
[[nodiscard]] std::string_view function_known_elsewhere(std::string_view name);

}  // namespace exmc::density
