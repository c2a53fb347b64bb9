#pragma once

#include <cstdint>

namespace exmc::sampler {

/// Adapts the step size towards a mean acceptance by Nesterov's dual averaging (Hoffman & Gelman 2014, section 3.2,
/// with their gamma = 0.05, t0 = 10, kappa = 0.75). Plain values: part of a chain's state.
struct DualAveraging {
  double log_step = 0;           ///< x: the step size to explore with
  double log_averaged_step = 0;  ///< x-bar: the step size to end with
  double mean_shortfall = 0;     ///< H-bar: running mean of target less acceptance
  double log_attractor = 0;      ///< mu: what the exploration is drawn to
  std::uint64_t count = 0;       ///< updates since the start

  /// Starts at `step_size`, drawn to `attractor`.
  [[nodiscard]] static DualAveraging start(double step_size, double attractor);
  /// Takes in the acceptance statistic, in [0, 1], of a transition made with step_size().
  void update(double acceptance, double target);

  [[nodiscard]] double step_size() const;
  /// The weighted mean of the steps explored; the starting one when there were none.
  [[nodiscard]] double averaged_step_size() const;

  friend bool operator==(const DualAveraging&, const DualAveraging&) = default;
};

/// What exploration after a step-size search is drawn to: ten times the step found, since errors on the large side are
/// cheap (Hoffman & Gelman 2014, section 3.2.1).
inline constexpr double kSearchedStepAttraction = 10;

}  // namespace exmc::sampler
