#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>
#include <functional>
#include <numbers>
#include <string>
#include <vector>

#include "drawn_model.hpp"
#include "exmc/core/error.hpp"
#include "goodness_of_fit.hpp"

namespace exmc::density {
namespace {

using ::testing::AllOf;
using testing::chi_squared_misfit;
using ::testing::HasSubstr;
using testing::ks_misfit;
using testing::Model;
using ::testing::StartsWith;
using testing::Values;

std::function<double(double)> normal_cdf(double mu, double sigma) {
  return [=](double x) { return cdf(boost::math::normal(mu, sigma), x); };
}

constexpr auto kGenerated = R"~(
  "late": {"generated": "2 * z + mu"},
  "z": {"generated": {"dist": "normal", "mu": "mu", "sigma": 2, "shape": [20000]}},
  "k": {"generated": {"dist": "poisson", "mu": "exp(mu)", "shape": [20000]}},
  "hidden": {"generated": {"dist": "exponential", "lam": 1}, "save": false},
  "shown": {"generated": "hidden"},
  "mu": {"dist": "normal", "mu": 0, "sigma": 1})~";

TEST(Generated, IsDrawnFromItsDistributionGivenTheDraw) {
  Model model(kGenerated);
  const Values draw = model.at({1.5}, OutputGroup::posterior);
  EXPECT_LT(ks_misfit(draw.at("z"), normal_cdf(1.5, 2)), 1);
  EXPECT_GT(ks_misfit(draw.at("z"), normal_cdf(1.6, 2)), 1) << "another distribution must not pass";
  const auto poisson = [](double mu) {
    return [=](double k) { return k < 0 ? 0 : cdf(boost::math::poisson(std::exp(mu)), k); };
  };
  EXPECT_LT(chi_squared_misfit(draw.at("k"), poisson(1.5)), 1);
  EXPECT_GT(chi_squared_misfit(draw.at("k"), poisson(1.55)), 1) << "another distribution must not pass";
  for (std::size_t i = 0; i < 20000; ++i) ASSERT_EQ(draw.at("late")[i], 2 * draw.at("z")[i] + 1.5);
  EXPECT_FALSE(draw.contains("hidden"));
  EXPECT_GT(draw.at("shown").front(), 0);
  for (const SavedVariable& variable : model.density.saved_variables()) {
    EXPECT_EQ(variable.discrete, variable.name == "k") << variable.name;
  }
}

TEST(Generated, DependsOnItsStreamAlone) {
  Model model(kGenerated), again(kGenerated);
  const Values draw = model.at({1.5}, OutputGroup::posterior, 3, 1);
  (void)again.at({0}, OutputGroup::posterior, 2, 1);
  EXPECT_EQ(again.at({1.5}, OutputGroup::posterior, 3, 1), draw);
  EXPECT_NE(again.at({1.5}, OutputGroup::posterior, 4, 1).at("z"), draw.at("z"));
  EXPECT_NE(again.at({1.5}, OutputGroup::posterior, 3, 2).at("z"), draw.at("z"));
}

/// mu and sigma with observations whose likelihood is one of sums, and a batch of walks.
const std::string kObserved = R"~(
  "mu": {"dist": "normal", "mu": 0, "sigma": 1}, "sigma": {"dist": "half_normal", "sigma": 1},
  "y": {"dist": "normal", "mu": "mu", "sigma": "sigma", "shape": [4], "observed": "data_y"},
  "k": {"dist": "bernoulli", "logit_p": "mu", "shape": [2], "observed": [1, 0]},
  "w": {"dist": "gaussian_random_walk", "mu": 0.5, "sigma": "sigma", "init_mu": 10, "init_sigma": 1,
        "shape": [2, 3], "observed": [[10, 11, 12], [9, 9, 9]]})~";
const std::string kData = R"({"data_y": [1, -1, 0.5, 3]})";

double normal_log_density(double x, double mu, double sigma) {
  const double z = (x - mu) / sigma;
  return -0.5 * z * z - std::log(sigma) - 0.5 * std::log(2 * std::numbers::pi);
}

TEST(LogLikelihood, IsTheLogDensityOfEachObservation) {
  Model model(kObserved, kData, {.log_likelihood = OutputSelection::kAny});
  const double mu = 0.3, sigma = std::exp(0.2);
  const Values found = model.at({mu, 0.2}, OutputGroup::log_likelihood);
  ASSERT_EQ(found.size(), 3U);
  const std::vector<double> y{1, -1, 0.5, 3};
  ASSERT_EQ(found.at("y").size(), y.size());
  for (std::size_t i = 0; i < y.size(); ++i) {
    EXPECT_NEAR(found.at("y")[i], normal_log_density(y[i], mu, sigma), 1e-14) << i;
  }
  const double success = 1 / (1 + std::exp(-mu));
  ASSERT_EQ(found.at("k").size(), 2U);
  EXPECT_NEAR(found.at("k")[0], std::log(success), 1e-15);
  EXPECT_NEAR(found.at("k")[1], std::log(1 - success), 1e-15);
  ASSERT_EQ(found.at("w").size(), 2U) << "one for each walk";
  const double first = normal_log_density(10, 10, 1) + 2 * normal_log_density(1, 0.5, sigma);
  EXPECT_NEAR(found.at("w")[0], first, 1e-14);
}

TEST(Predictive, IsDrawnFromTheDistributionOfWhatWasObserved) {
  const std::string nodes = R"~("mu": {"dist": "normal", "mu": 0, "sigma": 1},
    "y": {"dist": "normal", "mu": "mu", "sigma": 2, "shape": [20000], "observed": "0 * n"},
    "w": {"dist": "gaussian_random_walk", "mu": "mu", "sigma": 2, "init_sigma": 1, "shape": [2, 10000],
          "observed": "0 * walks"})~";
  std::string zeros = "0";
  for (int i = 1; i < 20000; ++i) zeros += ",0";
  const std::string row = zeros.substr(0, 2 * 10000 - 1);
  Model model(nodes, R"({"n": [)" + zeros + R"(], "walks": [[)" + row + "],[" + row + "]]}",
              {.predictive = OutputSelection::kAny});
  const Values draw = model.at({1.5}, OutputGroup::predictive);
  EXPECT_LT(ks_misfit(draw.at("y"), normal_cdf(1.5, 2)), 1);
  EXPECT_GT(ks_misfit(draw.at("y"), normal_cdf(1.5, 2.2)), 1) << "another distribution must not pass";
  const std::vector<double>& walks = draw.at("w");
  std::vector<double> steps;
  for (std::size_t t = 1; t < walks.size(); ++t) {
    if (t != 10000) steps.push_back(walks[t] - walks[t - 1]);
  }
  EXPECT_LT(ks_misfit(steps, normal_cdf(1.5, 2)), 1);
  EXPECT_LT(std::abs(walks[0]), 5);
  EXPECT_LT(std::abs(walks[10000]), 5) << "the second walk begins anew";
  EXPECT_NE(draw.at("y"), model.at({1.5}, OutputGroup::predictive, 1).at("y"));
}

TEST(LogPrior, IsTheLogDensityOfEachFreeParameterOnItsOwnScale) {
  Model model(R"~("s": {"dist": "exponential", "lam": 2}, "m": {"dist": "normal", "mu": [0, 1], "sigma": "s"},
    "p": {"dist": "dirichlet", "a": [1, 1, 1], "shape": [2, 3]}, "f": {"dist": "flat"},
    "y": {"dist": "normal", "mu": "m", "sigma": 1, "observed": [0, 0]})~",
              "{}", {.log_prior = OutputSelection::kAny});
  const Values found = model.at({0.5, -1, 2, 0, 0, 0, 0, 7}, OutputGroup::log_prior);
  ASSERT_EQ(found.size(), 4U);
  const double scale = std::exp(0.5);
  EXPECT_NEAR(found.at("s").at(0), std::log(2) - 2 * scale, 1e-14) << "no Jacobian";
  ASSERT_EQ(found.at("m").size(), 2U);
  EXPECT_NEAR(found.at("m")[0], normal_log_density(-1, 0, scale), 1e-14);
  EXPECT_NEAR(found.at("m")[1], normal_log_density(2, 1, scale), 1e-14);
  ASSERT_EQ(found.at("p").size(), 2U) << "one for each vector";
  EXPECT_NEAR(found.at("p")[1], std::log(2), 1e-14);
  EXPECT_EQ(found.at("f"), std::vector<double>{0});
}

TEST(Outputs, AreLeftOutWhereTheyHaveMoreNumbersThanAllowed) {
  const Model just(kObserved, kData, {.predictive = 12, .log_likelihood = 7});
  EXPECT_EQ(just.density.group_size(OutputGroup::predictive), 12U);
  EXPECT_EQ(just.density.group_size(OutputGroup::log_likelihood), 8U);
  EXPECT_EQ(just.density.saved_size(), 2U + 12);
}

TEST(Outputs, ChangeNoBitOfTheDensityAndBeginWithThePosterior) {
  const std::string extra = R"~(, "g": {"generated": {"dist": "normal", "mu": "mu", "sigma": "sigma"}})~";
  Model plain(kObserved, kData),
      full(kObserved + extra, kData, {OutputSelection::kAny, OutputSelection::kAny, OutputSelection::kAny});
  Eigen::VectorXd position(2), gradient(2), other(2);
  position << 0.3, 0.2;
  EXPECT_EQ(plain.density.log_density(position, gradient), full.density.log_density(position, other));
  EXPECT_EQ(gradient, other);
  ASSERT_EQ(plain.density.saved_size(), 2U);
  ASSERT_EQ(full.density.posterior_size(), 3U);
  ASSERT_EQ(full.density.saved_size(), 3U + 12 + 8 + 2);
  std::vector<double> whole(full.density.saved_size()), part(full.density.posterior_size());
  full.density.write_saved(position, whole, {{5, ChainId{1}}, 2});
  full.density.write_saved(position, part, {{5, ChainId{1}}, 2});
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin()));
}

std::string message_of(const std::string& nodes) {
  try {
    Model model(R"("mu": {"dist": "normal", "mu": 0, "sigma": 1}, )" + nodes);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(GeneratedErrors, SayWhatIsWrong) {
  const std::string g = R"~("g": {"generated": {"dist": "normal", "mu": "mu", "sigma": 1}}, )~";
  EXPECT_THAT(message_of(g + R"~("x": {"dist": "normal", "mu": "g", "sigma": 1})~"),
              AllOf(StartsWith("model.json: nodes.x.mu: "), HasSubstr("\"g\" is generated"), HasSubstr("\"x\"")));
  EXPECT_THAT(message_of(g + R"~("x": {"expr": "g"})~"), StartsWith("model.json: nodes.x.expr: "));
  EXPECT_THAT(message_of(R"~("g": {"generated": "h"}, "h": {"generated": "g"})~"), HasSubstr("g -> h -> g"));
  EXPECT_THAT(message_of(R"~("g": {"generated": {"dist": "normal", "mu": 0, "sigma": -1}})~"),
              StartsWith("model.json: nodes.g.generated.sigma: expected a positive number"));
  EXPECT_THAT(message_of(R"~("g": {"generated": {"dist": "normal", "mu": "nu", "sigma": 1}})~"),
              AllOf(StartsWith("model.json: nodes.g.generated.mu: "), HasSubstr("unknown name \"nu\"")));
  EXPECT_THAT(message_of(R"~("g": {"generated": {"dist": "flat"}})~"),
              AllOf(StartsWith("model.json: nodes.g.generated: nothing can be drawn"), HasSubstr("flat")));
  EXPECT_THAT(message_of(R"~("g": {"generated": {"dist": "normal", "mu": 0, "sigma": 1, "observed": 1}})~"),
              StartsWith("model.json: nodes.g.generated.observed: "));
  EXPECT_THAT(message_of(R"~("g": {"generated": {"dist": "normal", "mu": [1, 2], "sigma": 1, "shape": [3]}})~"),
              AllOf(HasSubstr("(2)"), HasSubstr("(3)")));
  EXPECT_THAT(message_of(R"~("g": {"generated": 1, "shape": [2]})~"), HasSubstr("nodes.g: unknown key \"shape\""));
  EXPECT_THAT(message_of(R"~("g": {"generated": 1, "expr": "mu"})~"), HasSubstr("expected one of them"));
}

}  // namespace
}  // namespace exmc::density
