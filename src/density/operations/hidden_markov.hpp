#pragma once

#include "../program/builder.hpp"

/// Sequences of observations whose distributions depend on hidden states, which are a Markov chain.
namespace exmc::density {

/// Axes before those named broadcast: sequences of their own. There is at least one step.
struct HiddenMarkov {
  View initial;        ///< (states): probabilities in the first step
  View transition;     ///< (steps - 1 or 1, states, states): probabilities from a row to a column
  View log_emissions;  ///< (states, steps): of the observation of a step, given the state
  View lengths;        ///< (): how many steps count; data
};

/// The log density of each sequence, -inf where no path of states is possible.
[[nodiscard]] View hidden_markov_log_density(Builder& builder, const HiddenMarkov& of);
/// The probabilities of the states (steps, states) given all observations of a sequence; NaN beyond its length.
/// Without derivatives.
[[nodiscard]] View hidden_markov_smoothed(Builder& builder, const HiddenMarkov& of);
/// The most likely path of states (steps), counted from 0; NaN beyond a sequence's length. Without derivatives.
[[nodiscard]] View hidden_markov_path(Builder& builder, const HiddenMarkov& of);

/// A random path of states (batch, steps).
[[nodiscard]] View draw_hidden_path(Builder& builder, const View& initial, const View& transition, const Shape& shape);

}  // namespace exmc::density
