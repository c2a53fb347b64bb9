#include "hidden_markov_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "../numbers/simd.hpp"

namespace exmc::density::kernels {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Below, no state that could be reached is anywhere near the most likely one by its observation alone.
constexpr double kFarOff = 1e-200;

/// What is added to a state that cannot be reached may be anything; so that it stays a number:
constexpr double kGreatestLogarithm = 709, kGreatest = 1e300;

/// The greatest log emission of each step into `sums`, and the emissions relative to it. Returns the sum of the
/// former.
double scale_emissions(const HiddenChain& chain, const Filtered& to) {
  Pack total{};
  for (std::size_t t = 0; t < chain.length; t += kLanes) {
    Pack greatest = load(chain.log_emissions + t);
    for (std::size_t k = 1; k < chain.states; ++k) {
      const Pack other = load(chain.log_emissions + k * chain.steps + t);
      greatest = select(other > greatest, other, greatest);
    }
    greatest = select(greatest == -kInfinity, Pack{}, greatest);
    const std::size_t count = std::min(kLanes, chain.length - t);
    total += count < kLanes ? select(first_lanes(count), greatest, Pack{}) : greatest;
    for (std::size_t lane = 0; lane < count; ++lane) to.sums[t + lane] = greatest[lane];
    for (std::size_t k = 0; k < chain.states; ++k) {
      const Pack emission = exp(load(chain.log_emissions + k * chain.steps + t) - greatest);
      double* const at = to.emissions + t * chain.states + k;
      for (std::size_t lane = 0; lane < count; ++lane) at[lane * chain.states] = emission[lane];
    }
  }
  return sum(total);
}

double sum_of_logs(const double* x, std::size_t length) {
  Pack total{};
  for (std::size_t t = 0; t < length; t += kLanes) {
    const std::size_t count = std::min(kLanes, length - t);
    total += count < kLanes ? select(first_lanes(count), log(load(x + t)), Pack{}) : log(load(x + t));
  }
  return sum(total);
}

/// Emissions of one step relative to what is likeliest among the states that can be reached. Returns by how much the
/// logarithms moved; -inf where no state is possible.
double rescale(const HiddenChain& chain, const Filtered& to, std::size_t t, const double* reached) {
  double greatest = -kInfinity;
  const auto log_emission = [&](std::size_t k) { return chain.log_emissions[k * chain.steps + t]; };
  for (std::size_t k = 0; k < chain.states; ++k) {
    if (reached[k] > 0) greatest = std::max(greatest, std::log(reached[k]) + log_emission(k));
  }
  if (greatest == -kInfinity) return greatest;
  for (std::size_t k = 0; k < chain.states; ++k) {
    to.emissions[t * chain.states + k] = std::exp(std::min(log_emission(k) - greatest, kGreatestLogarithm));
  }
  return greatest - to.sums[t];
}

/// Probabilities of the states before they are observed, in place those after. Returns their sum before it is 1.
double observe(double* probabilities, double* emissions, std::size_t states) {
  double sum = 0;
  for (std::size_t k = 0; k < states; ++k) sum += probabilities[k] * emissions[k];
  if (!(sum > kFarOff)) return sum;
  const double inverse = 1 / sum;
  for (std::size_t k = 0; k < states; ++k) probabilities[k] *= emissions[k] *= inverse;
  return sum;
}

/// `Fixed` states, or as many as the chain says where it is 0.
template <std::size_t Fixed>
double filter_steps(const HiddenChain& chain, const Filtered& to) {
  const std::size_t states = Fixed == 0 ? chain.states : Fixed;
  double moved = 0;
  for (std::size_t t = 0; t < chain.length; ++t) {
    double* const here = to.probabilities + t * states;
    if (t == 0) {
      std::copy_n(chain.initial, states, here);
    } else {
      const double* const before = here - states;
      const double* row = chain.into(t);
      for (std::size_t k = 0; k < states; ++k) here[k] = before[0] * row[k];
      for (std::size_t i = 1; i < states; ++i) {
        row += states;
        for (std::size_t k = 0; k < states; ++k) here[k] += before[i] * row[k];
      }
    }
    double* const emissions = to.emissions + t * states;
    double sum = observe(here, emissions, states);
    if (!(sum > kFarOff)) {
      const double by = rescale(chain, to, t, here);
      if (by == -kInfinity) return by;
      moved += by;
      sum = observe(here, emissions, states);
    }
    to.sums[t] = sum;
  }
  return moved + sum_of_logs(to.sums, chain.length);
}

template <class Of>
auto with_states(std::size_t states, Of&& of) {
  switch (states) {
    case 2:
      return of(std::integral_constant<std::size_t, 2>{});
    case 3:
      return of(std::integral_constant<std::size_t, 3>{});
    case 4:
      return of(std::integral_constant<std::size_t, 4>{});
    default:
      return of(std::integral_constant<std::size_t, 0>{});
  }
}

/// Calls visit(step, later, observed) from the last step to the first: what is observed later says `later` of the
/// states, relative to their probabilities, and with this observation `observed`.
template <std::size_t Fixed, class Visit>
void backwards(const HiddenChain& chain, const Filtered& filtered, double* room, Visit&& visit) {
  const std::size_t states = Fixed == 0 ? chain.states : Fixed;
  double *const later = room, *const observed = room + states;
  std::fill_n(later, states, 1.0);
  for (std::size_t t = chain.length; t-- > 0;) {
    const double* const emissions = filtered.emissions + t * states;
    for (std::size_t k = 0; k < states; ++k) observed[k] = std::min(emissions[k] * later[k], kGreatest);
    visit(t, later, observed);
    if (t == 0) return;
    const double* row = chain.into(t);
    for (std::size_t i = 0; i < states; ++i, row += states) {
      double sum = 0;
      for (std::size_t k = 0; k < states; ++k) sum += row[k] * observed[k];
      later[i] = sum;
    }
  }
}

template <std::size_t Fixed>
void reverse_steps(const HiddenChain& chain, const Filtered& filtered, double seed, const HiddenChainAdjoints& to,
                   double* room) {
  const std::size_t states = Fixed == 0 ? chain.states : Fixed;
  backwards<Fixed>(chain, filtered, room, [&](std::size_t t, const double* later, const double* observed) {
    const double* const probabilities = filtered.probabilities + t * states;
    if (to.log_emissions != nullptr) {
      for (std::size_t k = 0; k < states; ++k) {
        to.log_emissions[k * chain.steps + t] += seed * probabilities[k] * later[k];
      }
    }
    if (t == 0) {
      for (std::size_t k = 0; to.initial != nullptr && k < states; ++k) to.initial[k] += seed * observed[k];
      return;
    }
    if (to.transition == nullptr) return;
    double* row = to.transition + (t - 1) * chain.next_transition;
    const double* const before = probabilities - states;
    for (std::size_t i = 0; i < states; ++i, row += states) {
      const double factor = seed * before[i];
      for (std::size_t k = 0; k < states; ++k) row[k] += factor * observed[k];
    }
  });
}

}  // namespace

double filter(const HiddenChain& chain, const Filtered& filtered) {
  const double scale = scale_emissions(chain, filtered);
  return scale + with_states(chain.states, [&](auto fixed) { return filter_steps<fixed>(chain, filtered); });
}

void reverse_filter(const HiddenChain& chain, const Filtered& filtered, double seed, const HiddenChainAdjoints& to,
                    double* room) {
  with_states(chain.states, [&](auto fixed) { reverse_steps<fixed>(chain, filtered, seed, to, room); });
}

void smooth(const HiddenChain& chain, const Filtered& filtered, double* room) {
  backwards<0>(chain, filtered, room, [&](std::size_t t, const double* later, const double*) {
    double* const probabilities = filtered.probabilities + t * chain.states;
    for (std::size_t k = 0; k < chain.states; ++k) probabilities[k] *= later[k];
  });
}

void most_likely_path(const HiddenChain& chain, double* path, double* room) {
  const std::size_t states = chain.states;
  double *const best = room, *const from = room + states;  // from: (steps - 1, states)
  const auto log_emission = [&](std::size_t k, std::size_t t) { return chain.log_emissions[k * chain.steps + t]; };
  for (std::size_t k = 0; k < states; ++k) best[k] = std::log(chain.initial[k]) + log_emission(k, 0);
  for (std::size_t t = 1; t < chain.length; ++t) {
    double* const next = from + (chain.steps - 1) * states;  // behind them
    for (std::size_t k = 0; k < states; ++k) {
      std::size_t likeliest = 0;
      double greatest = -kInfinity;
      for (std::size_t i = 0; i < states; ++i) {
        const double value = best[i] + std::log(chain.into(t)[i * states + k]);
        if (value > greatest) {
          greatest = value;
          likeliest = i;
        }
      }
      from[(t - 1) * states + k] = static_cast<double>(likeliest);
      next[k] = greatest + log_emission(k, t);
    }
    std::copy_n(next, states, best);
  }
  if (chain.length == 0) return;
  auto state = static_cast<std::size_t>(std::max_element(best, best + states) - best);
  for (std::size_t t = chain.length; t-- > 0;) {
    path[t] = static_cast<double>(state);
    if (t > 0) state = static_cast<std::size_t>(from[(t - 1) * states + state]);
  }
}

}  // namespace exmc::density::kernels
