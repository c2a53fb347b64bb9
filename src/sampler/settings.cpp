#include "exmc/sampler/settings.hpp"

#include <string>

#include "exmc/core/error.hpp"

namespace exmc::sampler {

const Settings& checked(const Settings& settings) {
  constexpr int deepest = 30;
  if (!(settings.target_accept > 0 && settings.target_accept < 1)) {
    throw InputError("target_accept is " + std::to_string(settings.target_accept) + ", expected a number in (0, 1)");
  }
  if (settings.max_tree_depth < 1 || settings.max_tree_depth > deepest) {
    throw InputError("max_tree_depth is " + std::to_string(settings.max_tree_depth) + ", expected 1 to " +
                     std::to_string(deepest));
  }
  return settings;
}

std::uint64_t memory_needed(const Settings& settings, std::uint64_t dimension) {
  const std::uint64_t levels = static_cast<std::uint64_t>(settings.max_tree_depth) + 2;
  constexpr std::uint64_t vectors_of_level = 10;  // three points of three vectors, and the sum of momenta
  constexpr std::uint64_t matrices_of_dense = 5;  // metric, factor, tuning, moments, and one in between
  const std::uint64_t of_metric = settings.metric == MetricKind::dense ? matrices_of_dense * dimension : 0;
  return (vectors_of_level * levels + vectors_of_level + of_metric) * dimension * sizeof(double);
}

}  // namespace exmc::sampler
