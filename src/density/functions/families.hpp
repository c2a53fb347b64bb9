#pragma once

#include <span>

#include "functions.hpp"

/// Families of functions beyond those of arrays.
namespace exmc::density {

/// Shapes of arrays, and arrays made of them: constants, whatever is asked.
[[nodiscard]] std::span<const Function> constructor_functions();
[[nodiscard]] std::span<const Function> hidden_markov_functions();
[[nodiscard]] std::span<const Function> covariance_functions();
[[nodiscard]] std::span<const Function> basis_functions();

/// Whether the argument of a function is the name of an observed node with hidden states, of which it is then given
/// what HiddenMarkov has.
[[nodiscard]] bool asks_hidden_states(const Function& function);

}  // namespace exmc::density
