// Posteriors that end where a parameter of a distribution leaves its domain, against quadrature.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "draws.hpp"
#include "exmc/density/model_density.hpp"
#include "unit/density/models.hpp"

namespace exmc::sampler {
namespace {

constexpr double kLimit = 4;  ///< Monte Carlo standard errors

density::ModelDensity load(const std::string& name) {
  ir::ModelSource source;
  source.file = std::string(EXMC_SOURCE_DIR) + "/tests/data/domains/" + name + ".json";
  return density::ModelDensity(density::compile(
      ir::load_model(source, [](const auto&...) -> Array { throw std::logic_error("no HDF5 here"); })));
}

Sample draws_of(const std::string& name) {
  return sample(load(name), Settings{.draws = 2000}, 20261130, 4, 1, kCoordinates);
}

/// Five zeros of a Poisson distribution whose mean, normal(0, 1), is its parameter: a normal(-5, 1) above 0.
TEST(Domains, EndThePosteriorOfAMeanOfCounts) {
  const Sample drawn = draws_of("all_zero_counts");
  EXPECT_LT(moment_distance(drawn.draws, 0, 0.18650396712584, 0.06748016437079), kLimit);
  EXPECT_GT(moment_distance(drawn.draws, 0, -5, 26), kLimit) << "without the end of the domain";
}

/// A mode that is a parameter, normal(0.5, 1).
TEST(Domains, EndThePosteriorOfAMode) {
  const Sample drawn = draws_of("triangular_mode_free");
  EXPECT_LT(moment_distance(drawn.draws, 0, 0.43000881107736, 0.24154164693488), kLimit);
  EXPECT_GT(moment_distance(drawn.draws, 0, 0.38, 0.24154164693488), kLimit) << "without the end of the domain";
}

}  // namespace
}  // namespace exmc::sampler
