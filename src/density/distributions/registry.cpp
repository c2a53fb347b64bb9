#include <array>

#include "../distribution.hpp"

namespace exmc::density {
namespace {

std::array<std::span<const Distribution>, 7> families() {
  return {normal_family(),         positive_family(), student_t_family(),  bernoulli_family(),
          location_scale_family(), gamma_family(),    random_walk_family()};
}

}  // namespace

const Distribution* find_distribution(std::string_view name) {
  for (const std::span<const Distribution> family : families()) {
    for (const Distribution& distribution : family) {
      if (distribution.name == name) return &distribution;
    }
  }
  return nullptr;
}

std::vector<std::string> distribution_names() {
  std::vector<std::string> names;
  for (const std::span<const Distribution> family : families()) {
    for (const Distribution& distribution : family) names.emplace_back(distribution.name);
  }
  return names;
}

}  // namespace exmc::density
