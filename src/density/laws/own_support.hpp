#pragma once

#include <string>
#include <vector>

#include "../distributions/distribution.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::density {

/// Whether a variable says that it lives where its distribution does, or nothing about it.
[[nodiscard]] bool is_own_support(const Distribution& distribution, const ir::RandomVariable& variable);

/// The names of the supports that variables of a distribution can have: of `flat` any, else those whose points are
/// within the distribution's own, its own among them where it has a name.
[[nodiscard]] std::vector<std::string> possible_supports(const Distribution& distribution);

}  // namespace exmc::density
