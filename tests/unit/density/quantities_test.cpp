#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "drawn_model.hpp"
#include "exmc/density/draw_quantities.hpp"

/// What is computed of a draw's parameters is what the density's program computes, whatever the model is made of.
namespace exmc::density {
namespace {

using ::testing::ElementsAre;
using testing::model_text;
using testing::parse_model;
using testing::Values;

constexpr OutputSelection kBoth{.predictive = OutputSelection::kAny, .log_likelihood = OutputSelection::kAny};

std::vector<double> position_of(const Values& draw, const ModelDensity& quantities) {
  std::vector<double> position(quantities.dimension());
  for (const FreeParameter& parameter : quantities.parameters()) {
    const std::vector<double>& values = draw.at(parameter.name);
    EXPECT_EQ(values.size(), parameter.size) << parameter.name;
    std::ranges::copy(values, position.begin() + static_cast<std::ptrdiff_t>(parameter.offset));
  }
  return position;
}

void expect_same(const Values& found, const Values& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, values] : expected) {
    ASSERT_EQ(found.at(name).size(), values.size()) << name;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (std::isnan(values[i]) && std::isnan(found.at(name)[i])) continue;
      EXPECT_NEAR(found.at(name)[i], values[i], tolerance * std::max(1.0, std::abs(values[i]))) << name << " " << i;
    }
  }
}

/// How far a model's quantities are off that are computed of a draw in place of with it.
void expect_consistent(const ir::Model& model) {
  testing::Model whole(compile(model, kDefaultMemory, kBoth)),
      quantities(compile_quantities(model, kDefaultMemory, kBoth));
  std::vector<double> position(whole.density.dimension());
  for (std::size_t i = 0; i < position.size(); ++i) position[i] = 0.4 * std::sin(static_cast<double>(2 * i + 1));
  const std::vector<double> of_draw = position_of(whole.at(position, OutputGroup::posterior), quantities.density);
  for (const OutputGroup group : {OutputGroup::log_likelihood, OutputGroup::predictive}) {
    const Values expected = whole.at(position, group);
    expect_same(quantities.at(of_draw, group), expected, 1e-9);
    for (const auto& [name, values] : expected) {
      EXPECT_TRUE(std::ranges::any_of(values, [](double x) { return std::isfinite(x); })) << name;
    }
  }
}

struct NodeCase {
  std::string what, nodes;
};

const std::string kData = R"({"y": [0.3, 1.2, -0.5, 0.8], "k": [1, 0, 2, 4]})";
const std::string kMu = R"("mu": {"dist": "normal", "mu": 0, "sigma": 1}, )";
const std::string kObs = R"("obs": {"dist": "normal", "mu": "mu", "sigma": 1, "observed": "y"})";

const std::vector<NodeCase> kNodeCases = {
    {"derived", kMu + R"~("m": {"expr": "2 * mu", "save": false},
                          "obs": {"dist": "normal", "mu": "m", "sigma": 1, "observed": "y"})~"},
    {"recurrence", kMu + R"~(
        "v": {"scan": {"carry": {"s": 1}, "over": {"x": "y"}, "step": {"s": "0.5 * s + mu * x"}}},
        "obs": {"dist": "normal", "mu": "v", "sigma": 1, "observed": "y"})~"},
    {"recurrence of several outputs", kMu + R"~(
        "v": {"scan": {"carry": {"s": 1, "e": 0}, "over": {"x": "y"}, "step": {"s": "0.5 * s + mu * x", "e": "x - s"},
                       "output": ["s", "e"]}, "save": false},
        "obs": {"dist": "normal", "mu": "v.s", "sigma": "exp(v.e / 9)", "observed": "y"})~"},
    {"densities of expressions", kMu + R"~("s": {"dist": "half_normal", "sigma": 1},
        "constraint": {"dist": "normal", "mu": 0, "sigma": 0.1, "value": "mu * s"},
        "obs": {"dist": "normal", "mu": "mu", "sigma": "s", "observed": "y"},
        "term": {"dist": "normal", "mu": 0, "sigma": "s", "value": "y - mu"})~"},
    {"imputed",
     kMu +
         R"~("x": {"dist": "normal", "mu": "mu", "sigma": 1, "observed": [0.3, null, -0.5, null], "missing": "impute"},
        "obs": {"dist": "normal", "mu": "2 * x + 1", "sigma": 1, "observed": "y"})~"},
    {"imputed above a bound", kMu + R"~(
        "x": {"dist": "normal", "mu": "mu", "sigma": 1, "lower": -1, "observed": [0.3, null, -0.5, null], "missing": "impute"},
        "obs": {"dist": "poisson", "log_mu": "x", "observed": "k"})~"},
    {"imputed in a vector", kMu + R"~(
        "x": {"dist": "mv_normal", "mu": "mu + zeros(4)", "cov": "3 * eye(4)", "observed": [0.3, null, -0.5, null], "missing": "impute"},
        "obs": {"dist": "normal", "mu": "x", "sigma": 1, "observed": "y"})~"},
    {"dropped", kMu + R"~(
        "x": {"dist": "normal", "mu": "mu", "sigma": 1, "observed": [0.3, null, -0.5, null], "missing": "drop"})~"},
    {"potential", kMu + R"~("p": {"potential": "-mu**2"}, )~" + kObs},
    {"generated", kMu + R"~("g": {"generated": {"dist": "normal", "mu": "mu", "sigma": 1}}, )~" + kObs},
    {"truncated", R"~("s": {"dist": "half_normal", "sigma": 1},
        "obs": {"dist": "normal", "mu": 0, "sigma": "s", "lower": -1, "upper": 2, "observed": "y"})~"},
    {"mixture", kMu + R"~("w": {"dist": "dirichlet", "a": [1, 2]},
        "obs": {"dist": "mixture", "w": "w", "observed": "y",
                "components": [{"dist": "normal", "mu": "mu", "sigma": 1}, {"dist": "normal", "mu": 0, "sigma": 2}]})~"},
    {"support of its own", R"~("c": {"dist": "normal", "mu": [-1, 0, 1], "sigma": 1, "support": "ordered"},
        "obs": {"dist": "ordered_logistic", "eta": 0, "cutpoints": "c", "observed": [0, 1, 3]})~"}};

TEST(Quantities, OfADrawAreThoseOfTheDensity) {
  for (const NodeCase& of : kNodeCases) {
    SCOPED_TRACE(of.what);
    expect_consistent(parse_model(model_text(of.nodes, kData)));
  }
}

TEST(Quantities, OfConfiguredModelsAreThoseOfTheDensity) {
  std::size_t models = 0;
  for (const std::string folder : {"gallery", "models"}) {
    for (const auto& entry : std::filesystem::directory_iterator(EXMC_SOURCE_DIR "/configs/" + folder)) {
      if (entry.path().extension() != ".json") continue;
      SCOPED_TRACE(entry.path().stem());
      expect_consistent(testing::load_configured(folder + "/" + entry.path().filename().string()));
      ++models;
    }
  }
  EXPECT_GT(models, 25U);
}

/// The parameters that a file has to have for them.
TEST(Quantities, DependOnVariablesBehindData) {
  const ir::Model model = parse_model(model_text(
      R"("a": {"dist": "normal", "mu": 0, "sigma": 1}, "unused": {"dist": "normal", "mu": "a", "sigma": 1},
         "b": {"dist": "normal", "mu": "unused", "sigma": 1}, "only_prior": {"dist": "half_normal", "sigma": 1},
         "c": {"dist": "normal", "mu": 0, "sigma": "only_prior", "value": "unused"},
         "v": {"scan": {"carry": {"s": 1, "e": 0}, "over": {"x": "y"}, "step": {"s": "a * x", "e": "s"}, "output": ["s", "e"]}},
         "x": {"dist": "normal", "mu": "v.s", "sigma": 1, "observed": [1, null], "missing": "impute"},
         "likelihood": {"dist": "normal", "mu": 0, "sigma": 1, "value": "y - b"})",
      R"({"y": [1, 2]})"));
  EXPECT_THAT(variables_behind_data(model), ElementsAre("a", "b", "x_missing"));
}

}  // namespace
}  // namespace exmc::density
