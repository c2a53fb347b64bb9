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

}  // namespace exmc::sampler
