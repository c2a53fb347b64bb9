#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace exmc::sampler {

/// automatic: which of the others is decided by what the warm-up finds.
enum class MetricKind { diag, low_rank, dense, unit, automatic };

/// Where a chain begins, in the model's unconstrained space.
struct Start {
  double radius = 2;                ///< uniform on (-radius, radius) in each coordinate
  std::uint64_t first_attempt = 0;  ///< number of the first try; others where a chain failed before
  /// Puts values that were given in place. @return what is outside of its support with the rest as it is, in words;
  /// else nothing. Null: none are given.
  std::function<std::string(Eigen::VectorXd& position)> place{};
  /// Another point to try, a pure function of the attempt's number; false: there is none. May be null.
  std::function<bool(std::uint64_t attempt, Eigen::VectorXd& position)> propose{};
};

/// What the draws of a chain depend on besides density, seed and chain number. Defaults are the documented ones.
struct Settings {
  std::optional<std::uint64_t> warmup_iterations{};  ///< absent: until nothing changes any more, at most 1000
  std::uint64_t settle_iterations = 100;
  std::uint64_t draws = 1000;
  std::optional<double> target_accept{};  ///< in (0, 1); absent: 0.8, raised where the warm-up still diverges
  int max_tree_depth = 10;
  MetricKind metric = MetricKind::automatic;
  Start start{};
};

/// A chain that has not arrived settles again at most so often, less one; then it warms itself up.
inline constexpr std::uint64_t kSettlingRounds = 3;

/// Iterations that a warm-up has at most.
[[nodiscard]] std::uint64_t longest_warmup(const Settings& settings);

/// `settings` itself. @throws InputError when target_accept is outside (0, 1) or max_tree_depth outside 1 ... 30.
[[nodiscard]] const Settings& checked(const Settings& settings);

/// Bytes that a chain over `dimension` parameters allocates at most: the points and trees of a trajectory, and the
/// metric with what it is estimated from.
[[nodiscard]] std::uint64_t memory_needed(const Settings& settings, std::uint64_t dimension);

/// Why a trajectory was given up.
enum class Divergence : std::uint8_t {
  none = 0,
  energy = 1,    ///< the integrator's error in the energy was beyond kMaxEnergyError
  density = 2,   ///< the log density was not finite
  gradient = 3,  ///< it was, but its gradient was not
  outside = 4,   ///< data or parameters of a distribution were outside of their domain; told apart by the density
  unsolved = 5,  ///< a differential equation of the model could not be solved; told apart by the density
};

/// What one transition reports (names as ArviZ has them in sample_stats).
struct TransitionStats {
  double lp = 0;                ///< log density at the new position
  double energy = 0;            ///< Hamiltonian at the new position
  double step_size = 0;         ///< used in this transition
  double acceptance_rate = 0;   ///< mean Metropolis acceptance over the trajectory
  double energy_error = 0;      ///< Hamiltonian of the new position less that of the old
  double max_energy_error = 0;  ///< largest over the trajectory, by absolute value
  std::int64_t tree_depth = 0;
  std::int64_t n_steps = 0;  ///< leapfrog steps, each one gradient
  bool diverging = false;
  Divergence reason = Divergence::none;
  bool reached_max_treedepth = false;
};

}  // namespace exmc::sampler
