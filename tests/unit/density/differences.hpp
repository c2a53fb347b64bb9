#pragma once

#include <Eigen/Core>
#include <cmath>

#include "exmc/density/model_density.hpp"

namespace exmc::density::testing {

/// The partial derivative along one axis from central differences with steps h, h/2, h/4 and Richardson's extrapolation
/// twice: an error of order h^6.
inline double extrapolated_difference(ModelDensity& density, const Eigen::VectorXd& position, Eigen::Index axis,
                                      double h = 0.02) {
  Eigen::VectorXd unused(position.size());
  const auto central = [&](double step) {
    Eigen::VectorXd moved = position;
    moved[axis] = position[axis] + step;
    const double above = density.log_density(moved, unused);
    moved[axis] = position[axis] - step;
    return (above - density.log_density(moved, unused)) / (2 * step);
  };
  const double d1 = central(h), d2 = central(h / 2), d4 = central(h / 4);
  const double e1 = (4 * d2 - d1) / 3, e2 = (4 * d4 - d2) / 3;
  return (16 * e2 - e1) / 15;
}

}  // namespace exmc::density::testing
