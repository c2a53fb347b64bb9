#include <algorithm>
#include <array>

#include "../distribution.hpp"
#include "exmc/core/nearest.hpp"

namespace exmc::density {
namespace {

std::array<std::span<const Distribution>, 10> families() {
  return {normal_family(), positive_family(), student_t_family(), location_scale_family(), gamma_family(),
          beta_family(),   bounded_family(),  von_mises_family(), bernoulli_family(),      random_walk_family()};
}

/// Names of the language that have no distribution yet, so that using one is not called a typing mistake.
constexpr std::array<std::string_view, 24> kPlanned = {"skew_normal",
                                                       "ex_gaussian",
                                                       "binomial",
                                                       "beta_binomial",
                                                       "poisson",
                                                       "negative_binomial",
                                                       "geometric",
                                                       "hyper_geometric",
                                                       "discrete_uniform",
                                                       "categorical",
                                                       "ordered_logistic",
                                                       "zero_inflated_poisson",
                                                       "zero_inflated_binomial",
                                                       "zero_inflated_negative_binomial",
                                                       "mv_normal",
                                                       "mv_student_t",
                                                       "dirichlet",
                                                       "multinomial",
                                                       "lkj_corr_cholesky",
                                                       "ar",
                                                       "mixture",
                                                       "censored",
                                                       "hmm",
                                                       "lkj_corr"};

}  // namespace

const Distribution* find_distribution(std::string_view name) {
  for (const std::span<const Distribution> family : families()) {
    for (const Distribution& distribution : family) {
      if (distribution.name == name) return &distribution;
    }
  }
  return nullptr;
}

std::string advise_distribution(std::string_view name) {
  if (std::find(kPlanned.begin(), kPlanned.end(), name) != kPlanned.end()) {
    return "distribution \"" + std::string(name) + "\" is not available yet";
  }
  return "unknown distribution \"" + std::string(name) + "\"" + did_you_mean(std::string(name), distribution_names());
}

std::vector<std::string> distribution_names() {
  std::vector<std::string> names;
  for (const std::span<const Distribution> family : families()) {
    for (const Distribution& distribution : family) names.emplace_back(distribution.name);
  }
  return names;
}

}  // namespace exmc::density
