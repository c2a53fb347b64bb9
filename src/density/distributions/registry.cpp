#include <algorithm>
#include <array>

#include "distribution.hpp"
#include "exmc/core/nearest.hpp"
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

struct ElsewhereKnown {
  std::string_view name;
  std::string_view written_here;
};

/// What other languages have under a name of its own, and this one writes otherwise.
constexpr std::array kElsewhere = {
    ElsewhereKnown{"truncated_normal", R"("normal" with "lower" and "upper")"},
    ElsewhereKnown{"truncated", R"(the distribution itself with "lower" and "upper")"},
    ElsewhereKnown{"gaussian", R"("normal")"},
    ElsewhereKnown{"multivariate_normal", R"("mv_normal")"},
    ElsewhereKnown{"lkj_cholesky_cov", R"("lkj_corr_cholesky" and a vector of scales)"},
    ElsewhereKnown{"dirichlet_multinomial", R"("multinomial" data whose "p" is a "dirichlet" parameter)"},
    ElsewhereKnown{"zero_sum_normal", R"("flat" with the support "sum_to_zero" and a potential)"},
};

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
  const auto* const elsewhere = std::ranges::find(kElsewhere, name, &ElsewhereKnown::name);
  if (elsewhere != kElsewhere.end()) return unknown + " (here it is " + std::string(elsewhere->written_here) + ")";
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
