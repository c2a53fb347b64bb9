// Models of configs/ against the moments of long runs of another sampler (tests/data/race/make_references.py).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "draws.hpp"
#include "exmc/density/model_density.hpp"
#include "unit/density/models.hpp"

namespace exmc::sampler {
namespace {

constexpr double kLimit = 4;  ///< combined Monte Carlo standard errors

struct Run {
  std::string model;
  std::uint64_t draws;   ///< of each of four chains
  double target_accept;  ///< high where a neck of the posterior needs short steps: the references know no such bias
};

nlohmann::json read_reference(const std::string& model) {
  std::ifstream file(std::string(EXMC_SOURCE_DIR) + "/tests/data/race/references.json");
  return nlohmann::json::parse(file).at(model);
}

Sample run(const density::ModelDensity& density, const Run& run) {
  const Settings settings{.draws = run.draws, .target_accept = run.target_accept};
  std::vector<double> row(density.saved_size());
  density::ModelDensity writer = density;
  return sample(density, settings, 3, 4, row.size(), [&](const Eigen::VectorXd& position, const auto& write) {
    writer.write_saved(position, row);
    for (std::size_t i = 0; i < row.size(); ++i) write(i, row[i]);
  });
}

/// The largest distance of a moment from the reference's, over all elements of all variables.
double worst_distance(const density::ModelDensity& density, const Sample& drawn, const nlohmann::json& reference) {
  double worst = 0;
  for (const density::SavedVariable& variable : density.saved_variables()) {
    const nlohmann::json& moments = reference.at(variable.name);
    for (std::size_t i = 0; i < element_count(variable.shape); ++i) {
      const auto value = [&](const char* key) { return moments.at(key).at(i).get<double>(); };
      const Draws draws = drawn.draws.map(variable.offset + i, [](double x) { return x; });
      const Draws squares = draws.map(0, [](double x) { return x * x; });
      const double sd_error = std::hypot(diagnostics::mcse_sd(draws.view(0)), value("mcse_sd"));
      worst = std::max({worst, distance(draws, value("mean"), value("mcse_mean")),
                        distance(squares, value("mean_sq"), value("mcse_mean_sq")),
                        std::abs(diagnostics::sd(draws.view(0)) - value("sd")) / sd_error});
    }
  }
  return worst;
}

density::ModelDensity load(const std::string& model) {
  return density::ModelDensity(density::compile(density::testing::load_example(model)));
}

class Race : public testing::TestWithParam<Run> {};
INSTANTIATE_TEST_SUITE_P(Models, Race,
                         testing::Values(Run{"simple", 5000, 0.8}, Run{"medium", 20000, 0.95},
                                         Run{"stress", 10000, 0.95}, Run{"logistic", 1500, 0.8}),
                         [](const auto& race) { return race.param.model; });

TEST_P(Race, HasTheMomentsOfTheReference) {
  const density::ModelDensity density = load(GetParam().model);
  const Sample drawn = run(density, GetParam());
  EXPECT_TRUE(drawn.all_settled);
  EXPECT_LT(worst_distance(density, drawn, read_reference(GetParam().model)), kLimit);
}

TEST(WrongRace, WithAnSdOffByATenthIsCaught) {
  const std::string folder = std::string(EXMC_SOURCE_DIR) + "/configs/models/";
  std::ifstream file(folder + "simple.json");
  nlohmann::json model = nlohmann::json::parse(file);
  model.at("nodes").at("obs").at("sigma") = "1.1 * sigma";
  ir::ModelSource source;
  source.text = model.dump();
  source.folder = folder;
  source.label = "simple with an sd off by a tenth";
  const density::ModelDensity density(
      density::compile(ir::load_model(source, [](const std::string&, const std::string&, std::uint64_t) -> Array {
        throw std::logic_error("no HDF5 here");
      })));
  const Sample drawn = run(density, {"simple", 5000, 0.8});
  EXPECT_GT(worst_distance(density, drawn, read_reference("simple")), kLimit);
}

TEST_P(Race, IsAcceptedAsOftenAsAskedFor) {
  const Sample drawn = run(load(GetParam().model), {GetParam().model, 1000, 0.8});
  EXPECT_GE(drawn.acceptance, 0.75);
  EXPECT_LE(drawn.acceptance, 0.95);
}

}  // namespace
}  // namespace exmc::sampler
