#pragma once

#include "support.hpp"

namespace exmc::density {

/// Covariances that may be singular: symmetric matrices without a negative number on the diagonal. That no other
/// variance is negative is not asked.
extern const Domain kCovariance;

}  // namespace exmc::density
