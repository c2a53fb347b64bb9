#pragma once

#include <span>

#include "functions.hpp"

/// Families of functions that belong to a kind of model.
namespace exmc::density {

[[nodiscard]] std::span<const Function> hidden_markov_functions();
[[nodiscard]] std::span<const Function> covariance_functions();
[[nodiscard]] std::span<const Function> basis_functions();

/// Whether the argument of a function is the name of an observed node with hidden states, of which it is then given
/// what HiddenMarkov has.
[[nodiscard]] bool asks_hidden_states(const Function& function);

}  // namespace exmc::density
