#include "exmc/sampler/warmup_rules.hpp"

#include <algorithm>
#include <cmath>

#include "exmc/sampler/warmup_schedule.hpp"
#include "exmc/sampler/window.hpp"

namespace exmc::sampler {
namespace {

constexpr double kDefaultTarget = 0.8;
constexpr double kDistance = 3;  ///< standard deviations of the log density that count as far

/// Of lp_mean: all that a density without parameters varies by.
double rounding(const Coordinates& coordinates) { return 1e-9 * std::abs(coordinates.lp_mean); }

bool unchanged(const WarmupState& warmup, double step_size) {
  constexpr double lp_moves = 0.5, step_changes = 4.0 / 3;
  if (!(warmup.last_step_size > 0)) return false;
  const double sd = std::max(warmup.lp.sd(), warmup.last_lp.sd());
  const double change = step_size / warmup.last_step_size;
  return std::abs(warmup.lp.mean - warmup.last_lp.mean) <= lp_moves * sd && change < step_changes &&
         change > 1 / step_changes;
}

}  // namespace

Coordinates initial_coordinates(const Settings& settings, Eigen::Index dimension) {
  Coordinates coordinates = Coordinates::initial(settings.metric, dimension);
  coordinates.target_accept = settings.target_accept.value_or(kDefaultTarget);
  return coordinates;
}

std::size_t most_positions(const Settings& settings, std::size_t dimension) {
  const WarmupSchedule schedule(longest_warmup(settings));
  std::uint64_t longest = 0, begin = schedule.first();
  for (const std::uint64_t end : schedule.window_ends()) {
    longest = std::max(longest, end + 1 - begin);
    begin = end + 1;
  }
  return std::min<std::size_t>(longest, Window::most(dimension));
}

double raised_target(double target) {
  constexpr double highest = 0.99;
  return std::max(target, std::min(highest, 1 - (1 - target) / 2));
}

void note(const TransitionStats& stats, const DualAveraging& step, WarmupState& warmup) {
  constexpr std::uint64_t updates = 20;  // after which the averaged step is of the right size
  constexpr double tried = 1.5;
  warmup.lp.add(stats.lp);
  const bool found = step.count > updates && stats.step_size < tried * step.averaged_step_size();
  if (stats.diverging && found) ++warmup.divergences;
}

WindowEnd judge_window(const WarmupState& warmup, double step_size, std::uint64_t iterations,
                       const Settings& settings) {
  constexpr std::uint64_t fewest = 190;
  WindowEnd what;
  if (iterations < fewest) return what;
  what.raise_target = !settings.target_accept && warmup.divergences > 0;
  what.closes = !settings.warmup_iterations && !what.raise_target && unchanged(warmup, step_size);
  return what;
}

void begin_window(const WindowEnd& what, std::uint64_t iterations, double step_size, WarmupState& warmup) {
  constexpr std::uint64_t fewest = 100, most = 150;
  warmup.last_step_size = step_size;
  warmup.last_lp = warmup.lp;
  warmup.lp = {};
  warmup.divergences = 0;
  warmup.window = {};
  if (!what.closes) return;
  warmup.closing = true;
  warmup.iterations = iterations + std::clamp(iterations / 2, fewest, most);
}

Arrival arrival_of(const Coordinates& coordinates, double mean_acceptance, double mean_lp) {
  constexpr double least_share = 0.5;  // of the target; settled chains are within a few hundredths of it or above
  constexpr double on_its_way = 0.1;   // where it is not known how high the log density should be
  const bool known = std::isfinite(coordinates.lp_sd);
  if (mean_lp < lp_floor(coordinates) || (!known && mean_acceptance < on_its_way)) return Arrival::below;
  const bool above = mean_lp > coordinates.lp_mean + kDistance * coordinates.lp_sd + rounding(coordinates);
  const bool fits = mean_acceptance >= least_share * coordinates.target_accept;
  return above || !fits ? Arrival::elsewhere : Arrival::there;
}

double lp_floor(const Coordinates& coordinates) {
  return coordinates.lp_mean - kDistance * coordinates.lp_sd - rounding(coordinates);
}

}  // namespace exmc::sampler
