#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>

#include "differences.hpp"
#include "exmc/core/error.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

using ::testing::EndsWith;

ModelDensity model_of(const std::string& nodes) {
  return ModelDensity(compile(testing::parse_model(R"({"exmc_ir": 1, "nodes": {)" + nodes + "}}")));
}

/// A flat variable: its log density is the log-Jacobian of its support alone. `invert` is the inverse transform.
struct SupportCase {
  std::string name, node;
  std::function<double(double)> invert;
};

class Supports : public ::testing::TestWithParam<SupportCase> {};

double saved(ModelDensity& density, double u) {
  std::vector<double> row(density.saved_size());
  density.write_saved(Eigen::VectorXd::Constant(1, u), row);
  return row.front();
}

TEST_P(Supports, LogJacobianIsThatOfDifferencesAndTheRoundTripIsExact) {
  ModelDensity density = model_of("\"x\": " + GetParam().node);
  Eigen::VectorXd gradient(1);
  for (const double u : {-7.5, -2.0, -0.3, 0.0, 0.25, 1.0, 6.0}) {
    const Eigen::VectorXd position = Eigen::VectorXd::Constant(1, u);
    const double h = 0.01;
    const auto central = [&](double step) {
      return (saved(density, u + step) - saved(density, u - step)) / (2 * step);
    };
    const double d1 = central(h), d2 = central(h / 2), d4 = central(h / 4);
    const double slope = (16 * (4 * d4 - d2) / 3 - (4 * d2 - d1) / 3) / 15;
    EXPECT_NEAR(density.log_density(position, gradient), std::log(std::abs(slope)), 1e-8) << "at " << u;
    EXPECT_NEAR(gradient[0], testing::extrapolated_difference(density, position, 0), 1e-9) << "at " << u;
    EXPECT_NEAR(GetParam().invert(saved(density, u)), u, 1e-12 * std::max(1.0, std::abs(u))) << "at " << u;
  }
}

double logit(double p, double q) { return std::log(p / q); }

INSTANTIATE_TEST_SUITE_P(
    All, Supports,
    ::testing::Values(SupportCase{"real", R"({"dist": "flat"})", [](double x) { return x; }},
                      SupportCase{"positive", R"({"dist": "flat", "support": "positive"})",
                                  [](double x) { return std::log(x); }},
                      SupportCase{"unit_interval", R"({"dist": "flat", "support": "unit_interval"})",
                                  [](double x) { return logit(x, 1 - x); }},
                      SupportCase{"half_flat", R"({"dist": "half_flat"})", [](double x) { return std::log(x); }},
                      SupportCase{"lower", R"({"dist": "flat", "lower": "0.5 ** 9"})",
                                  [](double x) { return std::log(x - 1.0 / 512); }},
                      SupportCase{"upper", R"({"dist": "flat", "upper": 0})", [](double x) { return std::log(-x); }},
                      SupportCase{"interval", R"({"dist": "flat", "lower": 0, "upper": 4})",
                                  [](double x) { return logit(x, 4 - x); }}),
    [](const auto& test) { return test.param.name; });

TEST(Supports, BoundsMayNameOtherParameters) {
  ModelDensity density = model_of(R"(
      "a": {"dist": "flat"}, "w": {"dist": "half_flat"},
      "x": {"dist": "uniform", "lower": "a", "upper": "a + w", "shape": [3]},
      "y": {"dist": "flat", "lower": "x"},
      "z": {"dist": "pareto", "alpha": 2, "m": "w"},
      "t": {"dist": "triangular", "lower": "a", "c": "a + w / 3", "upper": "a + w"})");
  ASSERT_EQ(density.dimension(), 10U);
  Eigen::VectorXd position(10), gradient(10);
  position << 0.3, -0.5, 1, -2, 0.1, 0.4, -0.6, 0.2, 0.9, 0.75;
  density.log_density(position, gradient);
  for (Eigen::Index i = 0; i < 10; ++i) {
    EXPECT_NEAR(gradient[i], testing::extrapolated_difference(density, position, i), 1e-9) << "of " << i;
  }
  EXPECT_EQ(density.parameters()[2].support, "interval");
  EXPECT_EQ(density.parameters()[3].support, "lower");
}

/// A uniform variable has the density of a logistic one on the unconstrained scale, whatever its bounds.
TEST(Supports, UniformsAreLogisticOnTheUnconstrainedScale) {
  ModelDensity density = model_of(R"("x": {"dist": "uniform", "lower": -3, "upper": 1e6})");
  Eigen::VectorXd position(1), gradient(1);
  position << 0.8;
  EXPECT_NEAR(density.log_density(position, gradient), -0.8 - 2 * std::log1p(std::exp(-0.8)), 1e-14);
  EXPECT_NEAR(gradient[0], -std::tanh(0.4), 1e-15);
}

struct Refusal {
  std::string node, message;
};

TEST(Supports, DataOutsideIsRefusedByName) {
  const std::vector<Refusal> refusals = {
      {R"({"dist": "lognormal", "mu": 0, "sigma": 1, "observed": [1, 0], "shape": [2]})",
       "expected a positive number, found 0 at [1]"},
      {R"({"dist": "half_cauchy", "beta": 1, "observed": -1})", "expected a number that is not negative, found -1"},
      {R"({"dist": "half_student_t", "nu": 3, "sigma": 1, "observed": -1})",
       "expected a number that is not negative, found -1"},
      {R"({"dist": "gamma", "alpha": 1, "beta": 1, "observed": 0})", "expected a positive number, found 0"},
      {R"({"dist": "inverse_gamma", "mu": 1, "sigma": 1, "observed": 0})", "expected a positive number, found 0"},
      {R"({"dist": "chi_squared", "nu": 1, "observed": -2})", "expected a positive number, found -2"},
      {R"({"dist": "weibull", "alpha": 1, "beta": 1, "observed": 0})", "expected a positive number, found 0"},
      {R"({"dist": "wald", "mu": 1, "lam": 1, "observed": 0})", "expected a positive number, found 0"},
      {R"({"dist": "exponential", "scale": 1, "observed": -1})", "expected a number that is not negative, found -1"},
      {R"({"dist": "beta", "mu": 0.5, "nu": 2, "observed": 1})",
       "expected a number between 0 and 1, neither 0 nor 1, found 1"},
      {R"({"dist": "kumaraswamy", "a": 1, "b": 2, "observed": 0})",
       "expected a number between 0 and 1, neither 0 nor 1, found 0"},
      {R"({"dist": "von_mises", "mu": 1, "kappa": 2, "observed": 3.5})", "expected an angle from -pi to pi, found 3.5"},
      {R"({"dist": "uniform", "lower": 0, "upper": [1, 2], "observed": [0.5, 2.5]})",
       "expected a number up to 2, found 2.5 at [1]"},
      {R"({"dist": "triangular", "lower": 0, "c": 1, "upper": 2, "observed": -0.5})",
       "expected a number from 0, found -0.5"},
      {R"({"dist": "pareto", "alpha": 1, "m": 2, "observed": 1.5})", "expected a number from 2, found 1.5"},
      {R"({"dist": "half_flat", "observed": -1})", "expected a number that is not negative, found -1"},
      {R"({"dist": "poisson", "mu": 1, "observed": -1})", "expected a whole number from 0 on, found -1"},
      {R"({"dist": "negative_binomial", "mu": 1, "alpha": 2, "observed": 0.5})",
       "expected a whole number from 0 on, found 0.5"},
      {R"({"dist": "geometric", "p": 0.5, "observed": 0})", "expected a whole number from 1 on, found 0"},
      {R"({"dist": "binomial", "n": [4, 3], "logit_p": 0, "observed": [4, 4]})",
       "expected a number up to 3, found 4 at [1]"},
      {R"({"dist": "beta_binomial", "alpha": 1, "beta": 1, "n": 3, "observed": 4})",
       "expected a number up to 3, found 4"},
      {R"({"dist": "discrete_uniform", "lower": 1, "upper": 3, "observed": 0})", "expected a number from 1, found 0"},
      {R"({"dist": "zero_inflated_poisson", "psi": 0.5, "mu": 1, "observed": -1})",
       "expected a whole number from 0 on, found -1"},
      {R"({"dist": "zero_inflated_binomial", "psi": 0.5, "n": 3, "p": 0.5, "observed": 4})",
       "expected a number up to 3, found 4"},
      {R"({"dist": "zero_inflated_negative_binomial", "psi": 0.5, "n": 3, "p": 0.5, "observed": 1.5})",
       "expected a whole number from 0 on, found 1.5"},
  };
  for (const Refusal& refusal : refusals) {
    try {
      model_of("\"y\": " + refusal.node);
      ADD_FAILURE() << refusal.node << " was accepted";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), EndsWith("nodes.y.observed: " + refusal.message)) << refusal.node;
    }
  }
}

TEST(Supports, TrialsMustBeData) {
  try {
    model_of(R"("n": {"dist": "half_flat"}, "y": {"dist": "binomial", "n": "n", "p": 0.5, "observed": 3})");
    ADD_FAILURE() << "accepted";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), EndsWith("nodes.y.n: must be data, not depend on parameters"));
  }
}

TEST(Supports, BoundsThatCannotBeAreRefused) {
  const std::vector<Refusal> refusals = {
      {R"({"dist": "uniform", "lower": 2, "upper": 2})", "nodes.y: expected lower below upper, found 2 and 2"},
      {R"({"dist": "flat", "lower": 0, "support": "positive"})",
       "nodes.y.support: either a support or bounds, not both"},
      {R"({"dist": "flat", "support": "positiv"})",
       "nodes.y.support: unknown support \"positiv\" (did you mean \"positive\"?)"},
      {R"({"dist": "von_mises", "mu": 0, "kappa": 1, "lower": 0})",
       "nodes.y.lower: von_mises cannot be truncated: its distribution function is not available"},
      {R"({"dist": "gamma", "alpha": 1, "beta": 1, "support": "real"})",
       "nodes.y.support: a gamma cannot live on support \"real\", whose points are not all its own"},
      {R"({"dist": "uniform", "lower": 0})", "nodes.y: uniform lacks upper; it takes lower, upper"},
  };
  for (const Refusal& refusal : refusals) {
    try {
      model_of("\"y\": " + refusal.node);
      ADD_FAILURE() << refusal.node << " was accepted";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), EndsWith(refusal.message)) << refusal.node;
    }
  }
}

/// Where the bounds of data are parameters, outside has no density.
TEST(Supports, DataOutsideWhatParametersAllowIsImpossible) {
  const std::vector<std::string> nodes = {
      R"({"dist": "uniform", "lower": "a", "upper": 9, "observed": 1})",
      R"({"dist": "triangular", "lower": "a", "c": 5, "upper": 9, "observed": 1})",
      R"({"dist": "pareto", "alpha": 2, "m": "1 + a", "observed": 1})",
  };
  for (const std::string& node : nodes) {
    ModelDensity density = model_of(R"("a": {"dist": "flat"}, "y": )" + node);
    Eigen::VectorXd position(1), gradient(1);
    position << -0.5;
    EXPECT_TRUE(std::isfinite(density.log_density(position, gradient))) << node;
    position << 2;
    EXPECT_EQ(density.log_density(position, gradient), -std::numeric_limits<double>::infinity()) << node;
  }
}

}  // namespace
}  // namespace exmc::density
