// Posteriors where some probability is 0 or 1 to within rounding, against quadrature.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "draws.hpp"
#include "exmc/density/model_density.hpp"
#include "unit/density/models.hpp"

namespace exmc::sampler {
namespace {

constexpr double kLimit = 4;  ///< Monte Carlo standard errors

density::ModelDensity load(const std::string& name) {
  ir::ModelSource source;
  source.file = std::string(EXMC_SOURCE_DIR) + "/tests/data/saturation/" + name + ".json";
  return density::ModelDensity(
      density::compile(ir::load_model(source, [](const std::string&, const std::string&, std::uint64_t) -> Array {
        throw std::logic_error("no HDF5 here");
      })));
}

Sample draw(const density::ModelDensity& density, std::uint64_t draws) {
  std::vector<double> row(density.saved_size());
  density::ModelDensity writer = density;
  return sample(density, Settings{.draws = draws}, 4, 4, row.size(), [&](const Eigen::VectorXd& at, const auto& write) {
    writer.write_saved(at, row);
    for (std::size_t i = 0; i < row.size(); ++i) write(i, row[i]);
  });
}

/// Of the mean and the standard deviation, whichever is farther from what it should be.
double worst_distance(const Draws& draws, double mean, double sd) {
  const double of_sd = std::abs(diagnostics::sd(draws.view(0)) - sd) / diagnostics::mcse_sd(draws.view(0));
  return std::max(distance(draws, mean), of_sd);
}

struct Posterior {
  std::string model;
  std::size_t quantity;
  double mean, sd;  ///< by quadrature
};

class Saturation : public testing::TestWithParam<Posterior> {};
INSTANTIATE_TEST_SUITE_P(Models, Saturation,
                         testing::Values(Posterior{"probit", 1, 1.276672, 0.386094},
                                         Posterior{"closed_trap", 0, -0.181788, 0.427478},
                                         Posterior{"beta", 0, 0.5, 0.476731}),
                         [](const auto& posterior) { return posterior.param.model; });

TEST_P(Saturation, HasTheMomentsOfQuadrature) {
  const Posterior& expected = GetParam();
  const Sample drawn = draw(load(expected.model), 4000);
  const Draws draws = drawn.draws.map(expected.quantity, [](double x) { return x; });
  EXPECT_EQ(drawn.not_finite, 0U);  // probit's wall, a thirtieth of the posterior wide, costs some steps their energy
  EXPECT_TRUE(drawn.all_settled);
  EXPECT_LT(worst_distance(draws, expected.mean, expected.sd), kLimit);
  EXPECT_GT(worst_distance(draws, expected.mean + 0.2 * expected.sd, expected.sd), kLimit) << "a wrong mean passes";
}

}  // namespace
}  // namespace exmc::sampler
