#include "exmc/sampler/settings.hpp"

#include <string>

#include "exmc/core/error.hpp"
#include "exmc/sampler/coordinates.hpp"
#include "exmc/sampler/warmup_rules.hpp"

namespace exmc::sampler {

const Settings& checked(const Settings& settings) {
  constexpr int deepest = 30;
  const double target = settings.target_accept.value_or(0.5);
  if (!(target > 0 && target < 1)) {
    throw InputError("target_accept is " + std::to_string(target) + ", expected a number in (0, 1)");
  }
  if (settings.max_tree_depth < 1 || settings.max_tree_depth > deepest) {
    throw InputError("max_tree_depth is " + std::to_string(settings.max_tree_depth) + ", expected 1 to " +
                     std::to_string(deepest));
  }
  return settings;
}

std::uint64_t longest_warmup(const Settings& settings) {
  constexpr std::uint64_t most = 1000;
  return settings.warmup_iterations.value_or(most);
}

std::uint64_t memory_needed(const Settings& settings, std::uint64_t dimension) {
  const std::uint64_t levels = static_cast<std::uint64_t>(settings.max_tree_depth) + 2;
  constexpr std::uint64_t vectors_of_level = 10;  // three points of three vectors, and the sum of momenta
  constexpr std::uint64_t copies_of_metric = 4;   // metric, coordinates, and two in between
  constexpr std::uint64_t vectors_of_draw = 6;  // position and gradient, those scaled, and what directions are found in
  const auto length = static_cast<Eigen::Index>(dimension);
  const std::uint64_t of_dense = settings.metric == MetricKind::dense ? dimension * dimension * sizeof(double) : 0;
  const std::uint64_t of_metric = copies_of_metric * (of_dense + most_metric_bytes(settings.metric, length));
  const std::uint64_t of_window = vectors_of_draw * most_positions(settings, dimension);
  return of_metric + (vectors_of_level * levels + vectors_of_level + of_window) * dimension * sizeof(double);
}

}  // namespace exmc::sampler
