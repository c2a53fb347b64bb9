#pragma once

#include <cstddef>

/// The Kalman filter and its reverse. Symmetric matrices are given in full.
namespace exmc::density::kernels {

/// States x_1 ~ N(initial), x_t = F x_{t-1} + N(0, Q), and outputs y_t = H x_t + N(0, R), some of which are missing.
/// The matrices stand one after the other: F (states, states), Q (states, states), H (outputs, states), R (outputs,
/// outputs), the mean (states) and covariance (states, states) of x_1.
struct StateSpace {
  std::size_t states, outputs, steps;
  const double* matrices;
  const double* y;        ///< (steps, outputs)
  const double* present;  ///< (steps, outputs): 0 where y is missing

  [[nodiscard]] static std::size_t size(std::size_t states, std::size_t outputs) {
    return 3 * states * states + outputs * states + outputs * outputs + states;
  }
};

/// In the room of how many doubles the filter leaves what its reverse needs.
[[nodiscard]] std::size_t kalman_room(std::size_t states, std::size_t outputs, std::size_t steps);

/// The log density of what is not missing; NaN where a covariance is not positive definite.
double kalman_filter(const StateSpace& of, double* room);

/// Adds `seed` times the derivatives of the log density to those of the matrices, each of whose elements counts for
/// itself, and of y; either may be null. @param work as large as the room, overwritten
void reverse_kalman_filter(const StateSpace& of, const double* room, double seed, double* matrices, double* y,
                           double* work);

}  // namespace exmc::density::kernels
