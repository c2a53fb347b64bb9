#include "exmc/density/model_density.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "expressions.hpp"

namespace exmc::density {
namespace {

using testing::name;
using testing::number;

const double kHalfLogTwoPi = 0.5 * std::log(2 * std::numbers::pi);

double normal(double x, double mu, double sigma) {
  const double z = (x - mu) / sigma;
  return -0.5 * z * z - std::log(sigma) - kHalfLogTwoPi;
}

/// mu ~ normal(0, 10), sigma ~ half_normal(5), y ~ normal(mu, sigma); nodes in an order that has to be sorted.
ir::Model simple_model(const std::vector<double>& y) {
  ir::Model model;
  model.source = "simple.json";
  model.data["y"] = Array{{y.size()}, y};
  model.nodes = {
      testing::random_variable("y_seen", "normal", {{"mu", name("mu")}, {"sigma", name("sigma")}},
                               {number(static_cast<double>(y.size()))}, name("y")),
      testing::derived("precision", testing::binary(ir::BinaryOperator::power, name("sigma"), number(-2))),
      testing::random_variable("mu", "normal", {{"mu", number(0)}, {"sigma", number(10)}}),
      testing::random_variable("sigma", "half_normal", {{"sigma", number(5)}}),
  };
  return model;
}

TEST(ModelDensity, IsTheJointDensityWithTheJacobianAndAllConstants) {
  const std::vector<double> y{1.5, -0.25, 3, 0.5, 2, 2.5, 1, 0, -1, 4, 1.25};
  ModelDensity density(compile(simple_model(y)));
  ASSERT_EQ(density.dimension(), 2U);
  Eigen::VectorXd position(2), gradient(2);
  position << 0.7, 0.3;
  const double mu = 0.7, sigma = std::exp(0.3);
  double expected = normal(mu, 0, 10) + normal(sigma, 0, 5) + std::numbers::ln2 + 0.3;
  double in_mu = -mu / 100, in_log_sigma = 1 - sigma * sigma / 25;
  for (const double value : y) {
    expected += normal(value, mu, sigma);
    in_mu += (value - mu) / (sigma * sigma);
    in_log_sigma += (value - mu) * (value - mu) / (sigma * sigma) - 1;
  }
  EXPECT_NEAR(density.log_density(position, gradient), expected, 1e-13 * std::abs(expected));
  EXPECT_NEAR(gradient[0], in_mu, 1e-13 * std::abs(in_mu));
  EXPECT_NEAR(gradient[1], in_log_sigma, 1e-13 * std::abs(in_log_sigma));
}

TEST(ModelDensity, NamesWhatItHoldsInTheOrderOfTheText) {
  ModelDensity density(compile(simple_model({1, 2, 3})));
  ASSERT_EQ(density.parameters().size(), 2U);
  EXPECT_EQ(density.parameters()[0].name, "mu");
  EXPECT_EQ(density.parameters()[1].name, "sigma");
  EXPECT_EQ(density.parameters()[1].support, "positive");
  EXPECT_EQ(density.parameters()[1].offset, 1U);
  ASSERT_EQ(density.saved_variables().size(), 3U);
  EXPECT_EQ(density.saved_variables()[0].name, "precision");
  ASSERT_EQ(density.observed().size(), 1U);
  EXPECT_EQ(density.observed()[0].value, (Array{{3}, {1, 2, 3}}));
  Eigen::VectorXd position(2);
  position << -1, 0.5;
  std::vector<double> row(density.saved_size());
  density.write_saved(position, row);
  EXPECT_DOUBLE_EQ(row[0], std::exp(-1.0));
  EXPECT_EQ(row[1], -1);
  EXPECT_DOUBLE_EQ(row[2], std::exp(0.5));
}

TEST(ModelDensity, GivesTheSameBitsWhateverWasEvaluatedBefore) {
  ModelDensity density(compile(simple_model({1, 2, 3})));
  Eigen::VectorXd position(2), gradient(2), again(2), elsewhere(2);
  position << -0.3, 0.2;
  const double first = density.log_density(position, gradient);
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1e300}) {
    elsewhere << bad, -bad;
    EXPECT_FALSE(std::isfinite(density.log_density(elsewhere, again)));
    ModelDensity copy(density);
    EXPECT_EQ(copy.log_density(position, again), first);
    EXPECT_EQ(density.log_density(position, again), first);
    EXPECT_EQ(again, gradient);
  }
}

}  // namespace
}  // namespace exmc::density
