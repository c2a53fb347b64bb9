#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "drawn_model.hpp"
#include "exmc/density/evaluator.hpp"

/// Observed variables of which values are missing.
namespace exmc::density {
namespace {

using ::testing::ElementsAre;
using testing::Model;
using ::testing::Pair;

constexpr OutputSelection kAll{OutputSelection::kAny, OutputSelection::kAny, OutputSelection::kAny};

double log_normal(double x, double mu, double sigma) {
  return -0.5 * (x - mu) * (x - mu) / (sigma * sigma) - std::log(sigma) - 0.5 * std::log(2 * std::numbers::pi);
}

/// Both models, the first one given data, have the same log density and gradient.
void expect_same(const std::string& one, const std::string& other, const std::string& data = "{}") {
  Model a(one, data), b(other);
  ASSERT_EQ(a.density.dimension(), b.density.dimension()) << one;
  Eigen::VectorXd position(static_cast<Eigen::Index>(a.density.dimension())), of_a, of_b;
  for (Eigen::Index i = 0; i < position.size(); ++i) position[i] = 0.3 + std::sin(static_cast<double>(2 * i));
  const double value = b.density.log_density(position, of_b);
  ASSERT_TRUE(std::isfinite(value));
  EXPECT_NEAR(a.density.log_density(position, of_a), value, 1e-12 * std::max(1.0, std::abs(value))) << one;
  EXPECT_TRUE(of_a.isApprox(of_b, 1e-11)) << one << "\n" << of_a.transpose() << "\n" << of_b.transpose();
}

TEST(MissingValues, AreParametersWithTheDensityOfTheirNode) {
  Model model(R"("m": {"dist": "flat"}, "y": {"dist": "normal", "mu": "m", "sigma": [1, 2, 3, 4], "missing": "impute",
                 "observed": [5, null, -1, "NA"]})",
              "{}", kAll);
  ASSERT_EQ(model.density.dimension(), 3U);
  EXPECT_EQ(model.density.parameters()[1].name, "y_missing");
  EXPECT_EQ(model.density.parameters()[1].shape, (Shape{2}));
  const double rest = log_normal(5, 0.5, 1) + log_normal(-1, 0.5, 3),
               missing = log_normal(7, 0.5, 2) + log_normal(8, 0.5, 4);
  Eigen::VectorXd gradient;
  EXPECT_NEAR(model.density.log_density(Eigen::Vector3d(0.5, 7, 8), gradient), rest + missing, 1e-12);
  EXPECT_NEAR(gradient[1], -(7 - 0.5) / 4, 1e-13);
  EXPECT_NEAR(gradient[2], -(8 - 0.5) / 16, 1e-13);
  EXPECT_THAT(model.at({0.5, 7, 8}, OutputGroup::posterior).at("y_missing"), ElementsAre(7, 8));
  EXPECT_EQ(model.at({0.5, 7, 8}, OutputGroup::log_likelihood).at("y").size(), 2U);
  EXPECT_NEAR(model.at({0.5, 7, 8}, OutputGroup::log_likelihood).at("y")[1], log_normal(-1, 0.5, 3), 1e-14);
  EXPECT_NEAR(model.at({0.5, 7, 8}, OutputGroup::log_prior).at("y_missing")[1], log_normal(8, 0.5, 4), 1e-14);
  EXPECT_EQ(model.at({0.5, 7, 8}, OutputGroup::predictive).at("y").size(), 4U);
}

/// As the model is written by hand: what is there and what is not, joined where it is used.
TEST(MissingValues, OfPredictorsGoByTheNodesName) {
  const std::string rest = R"(, "b": {"dist": "normal", "mu": 0, "sigma": 2},
                              "obs": {"dist": "normal", "mu": "b * x", "sigma": 1, "observed": [1.1, 0.3, -0.8]})";
  expect_same(R"("m": {"dist": "normal", "mu": 0, "sigma": 2},
                 "x": {"dist": "normal", "mu": "m", "sigma": 1, "observed": "x0", "shape": [3], "missing": "impute"})" +
                  rest,
              R"("m": {"dist": "normal", "mu": 0, "sigma": 2},
                 "seen": {"dist": "normal", "mu": "m", "sigma": 1, "shape": [2], "observed": [0.5, -1.2]},
                 "x_missing": {"dist": "normal", "mu": "m", "sigma": 1, "shape": [1]},
                 "x": {"expr": "concat([[0.5, -1.2], x_missing])[[0, 2, 1]]"})" +
                  rest,
              R"({"x0": [0.5, null, -1.2]})");
}

TEST(MissingValues, LiveWhereTheirDistributionDoes) {
  expect_same(R"("a": {"dist": "half_normal", "sigma": 1},
                 "y": {"dist": "gamma", "alpha": "a", "beta": [1, 2, 3], "observed": [1.5, null, 0.5], "missing": "impute"})",
              R"("a": {"dist": "half_normal", "sigma": 1},
                 "y": {"dist": "gamma", "alpha": "a", "beta": [1, 3], "observed": [1.5, 0.5]},
                 "y_missing": {"dist": "gamma", "alpha": "a", "beta": [2], "shape": [1]})");
  expect_same(R"("a": {"dist": "normal", "mu": 0, "sigma": 1},
                 "y": {"dist": "normal", "mu": "a", "sigma": 2, "lower": [0, 1, 2], "upper": [9, 8, 7], "shape": [3],
                       "observed": [null, 1.5, null], "missing": "impute"})",
              R"("a": {"dist": "normal", "mu": 0, "sigma": 1},
                 "y": {"dist": "normal", "mu": "a", "sigma": 2, "lower": 1, "upper": 8, "shape": [1], "observed": [1.5]},
                 "y_missing": {"dist": "normal", "mu": "a", "sigma": 2, "lower": [0, 2], "upper": [9, 7], "shape": [2]})");
  expect_same(R"("a": {"dist": "normal", "mu": 0, "sigma": 1},
                 "y": {"dist": "normal", "mu": 0, "sigma": 2, "lower": "a", "shape": [2],
                       "observed": [1.5, null], "missing": "impute"})",
              R"("a": {"dist": "normal", "mu": 0, "sigma": 1},
                 "y": {"dist": "normal", "mu": 0, "sigma": 2, "lower": "a", "shape": [1], "observed": [1.5]},
                 "y_missing": {"dist": "normal", "mu": 0, "sigma": 2, "lower": "a", "shape": [1]})");
}

TEST(MissingValues, DoNotHideDataOutsideOfBoundsThatAreParameters) {
  Model model(R"("a": {"dist": "flat"}, "y": {"dist": "normal", "mu": 0, "sigma": 2, "lower": "a", "shape": [2],
                 "observed": [1.5, null], "missing": "impute"})");
  Eigen::VectorXd gradient;
  EXPECT_TRUE(std::isfinite(model.density.log_density(Eigen::Vector2d(1.4, 0), gradient)));
  EXPECT_EQ(model.density.log_density(Eigen::Vector2d(1.6, 0), gradient), -std::numeric_limits<double>::infinity());
}

TEST(MissingValues, OfAVectorDependOnTheRestOfIt) {
  expect_same(R"("m": {"dist": "flat"}, "y": {"dist": "mv_normal", "mu": "m", "cov": [[2, 1], [1, 3]], "shape": [3, 2],
                 "observed": [[1, null], [2, 3], [null, null]], "missing": "impute"})",
              R"("m": {"dist": "flat"}, "z": {"dist": "flat", "shape": [3]},
                 "y": {"dist": "mv_normal", "mu": "m", "cov": [[2, 1], [1, 3]], "value": "[[1, z[0]], [2, 3], [z[1], z[2]]]"})");
}

TEST(MissingValues, NoneAreNoParameters) {
  expect_same(
      R"("m": {"dist": "flat"}, "y": {"dist": "normal", "mu": "m", "sigma": 1, "observed": [1, 2], "shape": [2],
                 "missing": "impute"})",
      R"("m": {"dist": "flat"}, "y": {"dist": "normal", "mu": "m", "sigma": 1, "observed": [1, 2], "shape": [2]})");
}

TEST(MissingValues, ThatAreDroppedAddNothing) {
  const std::string m = R"("m": {"dist": "half_normal", "sigma": 1}, "y": {"dist": )";
  expect_same(m + R"("normal", "mu": "m", "sigma": [1, 2, 3], "observed": [1, null, 2], "missing": "drop"})",
              m + R"("normal", "mu": "m", "sigma": [1, 3], "observed": [1, 2]})");
  expect_same(m + R"("poisson", "mu": "m * [1, 2, 3]", "observed": [1, null, 2], "missing": "drop"})",
              m + R"("poisson", "mu": "m * [1, 3]", "observed": [1, 2]})");
  expect_same(m + R"("poisson", "mu": "m * [1, 2, 3]", "lower": 2, "observed": [null, 2, 4], "missing": "drop"})",
              m + R"("poisson", "mu": "m * [2, 3]", "lower": 2, "observed": [2, 4]})");
  expect_same(m + R"("censored", "base": {"dist": "normal", "mu": "m", "sigma": 1}, "upper": 2, "shape": [3],
                     "observed": [1, null, 2], "missing": "drop"})",
              m + R"("censored", "base": {"dist": "normal", "mu": "m", "sigma": 1}, "upper": 2, "shape": [2],
                     "observed": [1, 2]})");
  Model model(m + R"("poisson", "mu": "m * [1, 2, 3]", "observed": [1, null, 2], "missing": "drop"})", "{}", kAll);
  EXPECT_EQ(model.at({0.1}, OutputGroup::log_likelihood).at("y").size(), 2U);
  EXPECT_EQ(model.at({0.1}, OutputGroup::predictive).at("y").size(), 3U);
}

TEST(MissingValues, AreToldByNode) {
  Evaluator evaluator(testing::parse_model(testing::model_text(
      R"("m": {"dist": "normal", "mu": 0, "sigma": 1}, "y": {"dist": "normal", "mu": "m", "sigma": 2,
         "shape": [3], "observed": "log(w) ", "missing": "impute"})",
      R"({"w": [1, null, 1]})")));
  const Evaluation found = evaluator.evaluate(Eigen::Vector2d(0.5, 3));
  EXPECT_NEAR(found.terms.at("y"), 2 * log_normal(0, 0.5, 2), 1e-13);
  EXPECT_NEAR(found.terms.at("y_missing"), log_normal(3, 0.5, 2), 1e-13);
  EXPECT_NEAR(found.without_jacobian, found.log_density, 1e-13);
}

TEST(MissingValues, AreDrawnFromThePrior) {
  const auto program = compile_prior(testing::parse_model(testing::model_text(
      R"("m": {"dist": "normal", "mu": 0, "sigma": 1}, "y": {"dist": "normal", "mu": "m", "sigma": 1e-9, "shape": [3],
         "observed": [1, null, 2], "missing": "impute"}, "d": {"expr": "y"})",
      "{}")));
  Model model(program);
  const auto drawn = model.at({}, OutputGroup::posterior);
  EXPECT_NEAR(drawn.at("y_missing")[0], drawn.at("m")[0], 1e-7);
  EXPECT_THAT(drawn.at("d"), ElementsAre(1, drawn.at("y_missing")[0], 2));
}

TEST(MissingValues, LeaveLearnedCoordinatesExact) {
  const auto model = testing::parse_model(testing::model_text(
      R"("m": {"dist": "normal", "mu": 0, "sigma": 5}, "tau": {"dist": "half_normal", "sigma": 5},
         "theta": {"dist": "normal", "mu": "m", "sigma": "tau", "shape": [3]},
         "y": {"dist": "normal", "mu": "theta", "sigma": 2, "observed": [1, null, 4], "missing": "impute"},
         "z": {"dist": "normal", "mu": "theta", "sigma": 2, "observed": [1, null, 4], "missing": "drop"})",
      "{}"));
  ModelDensity plain(compile(model)), learned(compile(model, kDefaultMemory, {}, CoordinatesChoice::automatic));
  ASSERT_TRUE(learned.learns());
  Eigen::VectorXd position(6), unused;
  position << 0.2, -0.3, 0.1, 0.9, -1.1, 0.4;
  const double value = learned.log_density(position, unused) - learned.log_jacobian(position);
  learned.to_model(position);
  EXPECT_NEAR(plain.log_density(position, unused), value, 1e-12);
}

}  // namespace
}  // namespace exmc::density
