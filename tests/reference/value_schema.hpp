#pragma once

#include "density/supports/support.hpp"
#include "json/parse.hpp"

namespace exmc::reference {

/// An expression; where it is a number or a list, of numbers in the domain.
[[nodiscard]] json::Json expression_in(const density::Domain& domain);

}  // namespace exmc::reference
