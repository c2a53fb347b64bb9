#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <cmath>
#include <functional>

#include "density/kernels/special_functions.hpp"
#include "differences.hpp"
#include "exmc/core/error.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

/// A function of the language, what it should be, and where to look; no point is nearer to a kink than the steps of the
/// differences.
struct FunctionCase {
  std::string name;
  std::function<double(double)> reference;
  std::vector<double> points;
};

class Functions : public ::testing::TestWithParam<FunctionCase> {};

const std::vector<double> kReals{-30.25, -4.3, -1.1, -0.3, 0.2, 0.7, 1.6, 3.3, 5.1, 12.75, 30.5};
const std::vector<double> kPositive{0.11, 0.4, 0.9, 1.5, 2.2, 7.7, 9.95, 10.5, 60, 1000, 1e6};
const std::vector<double> kUnit{0.05, 0.1, 0.2, 0.3, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.95};

/// The function at all points at once (packs and a tail) and one by one (scalars): the value, and the derivative
/// against extrapolated differences. `x` is flat, so that the density is a normal's of the function.
TEST_P(Functions, ValueAndDerivative) {
  const FunctionCase& function = GetParam();
  const auto model = [&](std::size_t length) {
    const std::string shape = length == 1 ? "" : ", \"shape\": [" + std::to_string(length) + "]";
    const std::string call = "\"" + function.name + "(x)\"";
    return ModelDensity(compile(
        testing::parse_model(R"({"exmc_ir": 1, "nodes": {"x": {"dist": "flat")" + shape + R"(}, "f": {"expr": )" +
                             call + R"(}, "y": {"dist": "logistic", "mu": "f", "s": 1)" + shape + "}}}")));
  };
  const auto check = [&](const std::vector<double>& points) {
    ModelDensity density = model(points.size());
    const auto size = static_cast<Eigen::Index>(points.size());
    Eigen::VectorXd position = Eigen::VectorXd::Zero(2 * size), gradient(2 * size);
    std::vector<double> row(density.saved_size());
    for (Eigen::Index i = 0; i < size; ++i) {
      position[i] = points[static_cast<std::size_t>(i)];
      position[size + i] = function.reference(position[i]) - 0.5;
    }
    density.write_saved(position, row);
    density.log_density(position, gradient);
    for (Eigen::Index i = 0; i < size; ++i) {
      const double expected = function.reference(position[i]), found = row[static_cast<std::size_t>(size + i)];
      EXPECT_NEAR(found, expected, 1e-14 * std::max(1.0, std::abs(expected))) << "at " << position[i];
      const double difference = testing::extrapolated_difference(density, position, i, 0.005);
      EXPECT_NEAR(gradient[i], difference, 1e-7 * std::max(1.0, std::abs(difference))) << "at " << position[i];
    }
  };
  check(function.points);
  for (const double point : function.points) check({point});
}

INSTANTIATE_TEST_SUITE_P(
    All, Functions,
    ::testing::Values(
        FunctionCase{"log2", [](double x) { return std::log2(x); }, kPositive},
        FunctionCase{"log10", [](double x) { return std::log10(x); }, kPositive},
        FunctionCase{"expm1", [](double x) { return std::expm1(x); }, {-30, -4, -1, -0.3, 1e-9, 1e-3, 0.4, 1, 2, 3, 4}},
        FunctionCase{"abs", [](double x) { return std::abs(x); }, kReals},
        FunctionCase{"sign", [](double x) { return x > 0 ? 1.0 : -1.0; }, kReals},
        FunctionCase{"floor", [](double x) { return std::floor(x); }, kReals},
        FunctionCase{"ceil", [](double x) { return std::ceil(x); }, kReals},
        FunctionCase{"round", [](double x) { return std::nearbyint(x); }, {-1.7, -0.6, 0.3, 1.4, 2.6}},
        FunctionCase{"sin", [](double x) { return std::sin(x); }, kReals},
        FunctionCase{"cos", [](double x) { return std::cos(x); }, kReals},
        FunctionCase{"tan", [](double x) { return std::tan(x); }, {-1.1, -0.3, 0.2, 0.7, 1.2}},
        FunctionCase{"asin", [](double x) { return std::asin(x); }, kUnit},
        FunctionCase{"acos", [](double x) { return std::acos(x); }, kUnit},
        FunctionCase{"atan", [](double x) { return std::atan(x); }, kReals},
        FunctionCase{"sinh", [](double x) { return std::sinh(x); }, {-4, -1, -0.3, 1e-9, 1e-3, 0.4, 1, 2, 3, 4}},
        FunctionCase{"cosh", [](double x) { return std::cosh(x); }, {-4, -1, -0.3, 1e-9, 1e-3, 0.4, 1, 2, 3, 4}},
        FunctionCase{"tanh", [](double x) { return std::tanh(x); }, kReals},
        FunctionCase{"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }, kReals},
        FunctionCase{"logit", [](double x) { return std::log(x) - std::log1p(-x); }, kUnit},
        FunctionCase{"softplus",
                     [](double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }, kReals},
        FunctionCase{"erf", [](double x) { return std::erf(x); }, kReals},
        FunctionCase{"erfc", [](double x) { return std::erfc(x); }, kReals},
        FunctionCase{"Phi", [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }, kReals},
        FunctionCase{"lgamma", [](double x) { return std::lgamma(x); }, kPositive},
        FunctionCase{"digamma", [](double x) { return boost::math::digamma(x); }, kPositive}),
    [](const auto& test) { return test.param.name; });

/// Derivatives where differences cannot tell: near zero and far out.
TEST(Functions, GammaFunctionsAreExactFromZeroToInfinity) {
  for (const double x : {1e-150, 1e-20, 1e-5, 0.3, 1.4616321449683623, 2.0, 9.999, 10.0, 1e3, 1e8, 1e100}) {
    const double digamma = boost::math::digamma(x), trigamma = boost::math::trigamma(x);
    EXPECT_NEAR(Digamma::value(x), digamma, 2e-15 * std::max(1.0, std::abs(digamma))) << x;
    EXPECT_NEAR(LogGamma::slope(x, 0.0), digamma, 2e-15 * std::max(1.0, std::abs(digamma))) << x;
    EXPECT_NEAR(Digamma::slope(x, 0.0), trigamma, 4e-15 * trigamma) << x;
  }
  EXPECT_TRUE(std::isnan(Digamma::value(-0.5)));
}

TEST(Functions, LogBetaHasNoCancellation) {
  for (const double a : {1e-10, 0.02, 0.7, 1.0, 3.5, 40.0, 1e4, 1e8, 1e15}) {
    for (const double b : {1e-10, 0.3, 1.0, 12.0, 1e3, 1e8, 1e15}) {
      const double p[] = {a, b};
      double d[2];
      const double value = LogBeta::value(p);
      LogBeta::partials(p, value, d);
      // ln B(a, b) - ln B(a + 1, b) = ln((a + b) / a), in either argument.
      const double next[] = {a + 1, b}, expected = std::log1p(b / a);
      EXPECT_NEAR(value - LogBeta::value(next), expected, 4e-15 * (1 + std::abs(value) + expected)) << a << ", " << b;
      const double digammas = boost::math::digamma(a) - boost::math::digamma(a + b);
      EXPECT_NEAR(d[0], digammas, 4e-15 * std::max({1.0, std::abs(boost::math::digamma(a)), std::log(a + b)}))
          << a << ", " << b;
      if (a < 1e3 && b < 1e3) {
        EXPECT_NEAR(value, std::log(boost::math::beta(a, b)), 1e-13 * std::max(1.0, std::abs(value))) << a << ", " << b;
      }
    }
  }
}

TEST(Functions, MinimumAndMaximumFollowTheArgumentTaken) {
  for (const std::string name : {"minimum", "maximum"}) {
    const std::string call = "\"" + name + "(a, b)\"";
    ModelDensity density(compile(testing::parse_model(
        R"({"exmc_ir": 1, "nodes": {"a": {"dist": "flat"}, "b": {"dist": "flat"}, "f": {"expr": )" + call +
        R"(}, "y": {"dist": "laplace", "mu": "f", "b": 1, "observed": 9}}})")));
    const double first = name == "minimum" ? 1 : 0;
    Eigen::VectorXd position(2), gradient(2);
    position << -0.5, 2;
    density.log_density(position, gradient);
    EXPECT_EQ(gradient[0], first) << name;
    EXPECT_EQ(gradient[1], 1 - first) << name;
  }
}

TEST(Functions, ArgumentsMustBroadcast) {
  const std::string model =
      R"-({"exmc_ir": 1, "data": {"a": [1, 2], "b": [1, 2, 3]}, "nodes": {"f": {"expr": "minimum(a, b)"}}})-";
  try {
    (void)compile(testing::parse_model(model));
    ADD_FAILURE() << "accepted";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(), "model.json: nodes.f.expr: column 1: shapes (2) and (3) do not broadcast");
  }
}

}  // namespace
}  // namespace exmc::density
