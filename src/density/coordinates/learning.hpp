#pragma once

#include <span>
#include <vector>

#include "../program/program.hpp"

namespace exmc::density {

/// Runs the density at the position in the arena. The adjoints of all arrays are what the reverse sweep leaves.
double run_density(const Program& program, const Arena& arena);
/// The same without the adjoints, for what the forward sweep computes.
void run_forward(const Program& program, const Arena& arena);
/// Given the model's position in place of the sampled one: leaves the sampled one, and all arrays as at it.
void run_inverse(const Program& program, const Arena& arena);

/// A sampled position to the model's, in place, and back.
void model_position(const Program& program, const Arena& arena, std::span<double> position);
void sampled_position(const Program& program, const Arena& arena, std::span<double> position);

/// log |d model position / d sampled position| at the sampled position in the arena.
[[nodiscard]] double log_jacobian_of_map(const Program& program, const Arena& arena);

/// Fits the slots to positions that were sampled in the present coordinates, and expresses the positions in the new
/// ones: messages by the Fisher divergence of the sampled block, scales by that of each alone (docs/decisions/0013).
void learn_coordinates(const Program& program, const Arena& arena, std::span<const std::span<double>> window);

}  // namespace exmc::density
