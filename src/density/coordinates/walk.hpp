#pragma once

#include "../program/builder.hpp"

namespace exmc::density {

/// A walk x_t = m_t + u z_t with m_t = rho x_{t-1} + d along its last axis, and m_0, u_0 for the first element, in
/// coordinates: z_t = c (eta_t + c u (H_t - K m_t)). Each element's likelihood is exp(-k x^2 / 2 + h_t x) with one k
/// for all; K = k + rho^2 c^2 K, what a message would be after many steps, and H_t = h_t + rho c^2 (H_{t+1} - K d). So
/// K, c = (1 + K u^2)^(-1/2) and c_0 = (1 + K u_0^2)^(-1/2) are numbers, and all else is filters of first order.
struct Walk {
  View eta;                                                        ///< of the walk's shape
  View h;                                                          ///< broadcasts to it
  View k, scale, first_scale, first_location, drift, coefficient;  ///< broadcast to its batch axes
};
struct WalkViews {
  View x, z;                   ///< of the walk's shape
  View c, first_c, precision;  ///< of its batch axes
};
/// Adds the density of z and the log-Jacobian, as far as the scales do not cancel them: sum of ln c - z^2 / 2.
[[nodiscard]] WalkViews emit_walk(Builder& builder, const Walk& walk);

}  // namespace exmc::density
