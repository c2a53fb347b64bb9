#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>

#include "exmc/sampler/chain_state.hpp"
#include "exmc/sampler/coordinates.hpp"
#include "exmc/sampler/settings.hpp"

namespace exmc::sampler {

/// Where a warm-up with these settings begins.
[[nodiscard]] Coordinates initial_coordinates(const Settings& settings, Eigen::Index dimension);

/// Positions that a window of such a warm-up keeps at most.
[[nodiscard]] std::size_t most_positions(const Settings& settings, std::size_t dimension);

/// The target acceptance after one at which transitions diverged: half way to one, up to 0.99.
[[nodiscard]] double raised_target(double target);

/// Takes in an iteration of the warm-up: its log density, and whether it diverged with a step size that adaptation has
/// found rather than one it tries.
void note(const TransitionStats& stats, const DualAveraging& step, WarmupState& warmup);

/// What the end of a warm-up window decides.
struct WindowEnd {
  bool closes = false;        ///< nothing changes any more: what is left is the step size
  bool raise_target = false;  ///< transitions still diverge
};

/// Where the number of iterations is open, a warm-up closes when, between this window and the one before, the mean log
/// density has moved by less than half its standard deviation and the step size by less than a third, and the target
/// needs not be raised: from the window that ends at 190 on.
/// @param step_size   that the window ended with
/// @param iterations  of the warm-up so far
[[nodiscard]] WindowEnd judge_window(const WarmupState& warmup, double step_size, std::uint64_t iterations,
                                     const Settings& settings);

/// Ends a window as decided, and begins the next, or the closing iterations: half as many as there were, 100 to 150.
void begin_window(const WindowEnd& what, std::uint64_t iterations, double step_size, WarmupState& warmup);

/// Where a settling round ended, seen from the coordinates it was made with.
enum class Arrival {
  there,
  below,      ///< mean log density below lp_floor(); where that is not known, mean acceptance below 0.1
  elsewhere,  ///< not where the warm-up was: above lp_mean by more than three standard deviations, or at its height
              ///< with less than half of the acceptance that the step size was adapted to
};
[[nodiscard]] Arrival arrival_of(const Coordinates& coordinates, double mean_acceptance, double mean_lp);

/// Three standard deviations below the warm-up's mean log density; -inf where nothing is known of it.
[[nodiscard]] double lp_floor(const Coordinates& coordinates);

}  // namespace exmc::sampler
