#pragma once

#include <string>

#include "exmc/ir/model.hpp"

namespace exmc::density {

/// What an expression says of a distribution by calling it: `normal(mu, sigma)`, `gamma(mu=2, sigma=s, lower=1)`,
/// `mixture(w, [normal(0, 1), cauchy(0, 1)])`, `censored(normal(mu, sigma), upper=3)`. Parameters without a name are
/// those of the first parametrisation, in its order.
/// @throws InputError with `where`
[[nodiscard]] ir::RandomVariable written_law(const ir::Expression& expression, const std::string& where);

}  // namespace exmc::density
