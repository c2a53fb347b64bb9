#include <algorithm>
#include <array>

#include "distribution.hpp"
#include "exmc/core/nearest.hpp"
#include "known_elsewhere.hpp"
#include "state_space.hpp"

namespace exmc::density {
namespace {

std::array<std::span<const Distribution>, 20> families() {
  return {normal_family(),
          positive_family(),
          student_t_family(),
          location_scale_family(),
          skewed_family(),
          gamma_family(),
          beta_family(),
          bounded_family(),
          von_mises_family(),
          bernoulli_family(),
          unbounded_count_family(),
          bounded_count_family(),
          zero_inflated_family(),
          category_family(),
          composition_family(),
          multivariate_family(),
          lkj_family(),
          random_walk_family(),
          autoregression_family(),
          state_space_family()};
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

View draw(Builder& builder, const Distribution& distribution, const Variable& variable, const Shape& shape) {
  const Generator& generator = distribution.generator;
  if (generator.array != nullptr) return generator.array(builder, variable, shape);
  return builder.draw(generator.element, generator.operands(builder, variable), shape);
}

std::string advise_distribution(std::string_view name) {
  const std::string unknown = "unknown distribution \"" + std::string(name) + "\"";
  const std::string_view here = distribution_known_elsewhere(name);
  if (!here.empty()) return unknown + " (here it is " + std::string(here) + ")";
  std::vector<std::string> known = distribution_names();
  known.insert(known.end(), {"mixture", "censored", "hmm"});
  return unknown + did_you_mean(std::string(name), known);
}

std::vector<std::string> distribution_names() {
  std::vector<std::string> names;
  for (const std::span<const Distribution> family : families()) {
    for (const Distribution& distribution : family) names.emplace_back(distribution.name);
  }
  return names;
}

}  // namespace exmc::density
