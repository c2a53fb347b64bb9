#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exmc/density/model_density.hpp"

namespace exmc::density {

/// Compiles what of a draw is computed from its parameters alone: the groups predictive and log_likelihood of the
/// selection. The program's position is the parameters on the constrained scale, as a draw has them, each row-major, in
/// the order of the model's text (ModelDensity::parameters()). So the numbers are the same whenever they are computed,
/// while the draw is made or afterwards, whatever coordinates were sampled in.
/// @throws InputError as compile(), of a model that compiles.
[[nodiscard]] std::shared_ptr<const Program> compile_quantities(const ir::Model& model, std::uint64_t memory_limit,
                                                                const OutputSelection& selection);

/// The free variables on which they depend, in the order of the model's text.
[[nodiscard]] std::vector<std::string> variables_behind_data(const ir::Model& model);

/// Memory of a program's constants, which its densities share: the data above all.
[[nodiscard]] std::uint64_t constant_bytes(const Program& program);

}  // namespace exmc::density
