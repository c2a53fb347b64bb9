#pragma once

#include "../program/builder.hpp"

namespace exmc::density {

/// Adds the terms of x ~ normal(mu, sigma), which broadcast with each other.
void add_normal(Builder& builder, const View& x, const View& mu, const View& sigma);

}  // namespace exmc::density
