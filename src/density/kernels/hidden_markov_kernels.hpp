#pragma once

#include <cstddef>

/// The forward filter over hidden states, and what follows from it. Probabilities are scaled at every step, so that
/// those of the states given the past sum to 1 and nothing underflows with the length of a sequence.
namespace exmc::density::kernels {

/// A sequence of `steps` observations, of which the first `length` count, and `states` hidden states.
struct HiddenChain {
  std::size_t states, steps, length;
  const double* initial;        ///< (states)
  const double* transition;     ///< (states, states), rows are from; one after the other, or one for all
  std::size_t next_transition;  ///< from the transition into one step to that into the next: 0, or states^2
  const double* log_emissions;  ///< (states, steps)

  [[nodiscard]] const double* into(std::size_t step) const { return transition + (step - 1) * next_transition; }
};

/// What the forward filter leaves behind.
struct Filtered {
  double* probabilities;  ///< (steps, states): of the states given observations up to here
  double* emissions;      ///< (steps, states): relative to the sum over states, each times its probability before
  double* sums;           ///< (steps), for the filter's own use
};
/// In the room of how many doubles it stands.
[[nodiscard]] inline std::size_t filtered_size(std::size_t states, std::size_t steps) {
  return steps * (2 * states + 1);
}
[[nodiscard]] inline Filtered filtered_at(double* room, std::size_t states, std::size_t steps) {
  return {room, room + steps * states, room + 2 * steps * states};
}

/// The logarithm of the density of all observations. Where it is not finite `filtered` is good for nothing.
double filter(const HiddenChain& chain, const Filtered& filtered);

/// Where the derivatives of the log density go; each may be null.
struct HiddenChainAdjoints {
  double *initial, *transition, *log_emissions;
};
/// Adds `seed` times the derivatives of the log density, by the backward recursion (Baum et al. 1970; that the
/// derivatives are its expected counts: Salakhutdinov, Roweis and Ghahramani 2003).
/// @param room for 2 * states doubles
void reverse_filter(const HiddenChain& chain, const Filtered& filtered, double seed, const HiddenChainAdjoints& to,
                    double* room);

/// The probabilities of the states given all observations (steps, states), in place of those given the past.
/// @param room for 2 * states doubles
void smooth(const HiddenChain& chain, const Filtered& filtered, double* room);

/// The most likely path of states (Viterbi), `path` (steps). @param room for (steps + 1) * states doubles
void most_likely_path(const HiddenChain& chain, double* path, double* room);

}  // namespace exmc::density::kernels
