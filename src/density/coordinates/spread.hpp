#pragma once

#include <vector>

#include "../program/program.hpp"
#include "learnable.hpp"

/// How far a learned variable is spread at the position in the arena, and the log-Jacobian of its map.
namespace exmc::density {

[[nodiscard]] std::vector<double> read_view(const Program& program, const Arena& arena, std::size_t index);

/// By element of x, given its location: the logarithm of its prior's scale.
[[nodiscard]] std::vector<double> log_prior_scales(const LearnedVariable& variable, const Program& program,
                                                   const Arena& arena);
/// By element of x, given its location and its message: its variance.
[[nodiscard]] std::vector<double> conditional_variances(const LearnedVariable& variable, const Program& program,
                                                        const Arena& arena);
/// log |d x / d eta|, or of z where the model's variable is that.
[[nodiscard]] double log_jacobian_of(const LearnedVariable& variable, const Program& program, const Arena& arena);

}  // namespace exmc::density
