#pragma once

#include <span>
#include <string>
#include <string_view>

namespace exmc::density {

/// What a distribution of Stan, PyMC, SciPy, R or BUGS is written as here; "" where it is not known.
[[nodiscard]] std::string_view distribution_known_elsewhere(std::string_view name);

/// What of `known` a parameter is called here that others call `name`; "" where nothing is.
[[nodiscard]] std::string parameter_known_elsewhere(std::string_view name, std::span<const std::string> known);

}  // namespace exmc::density
