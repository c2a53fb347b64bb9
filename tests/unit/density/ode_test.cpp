// Differential equations: values against closed forms and known solutions, gradients against differences at tight
// tolerances, stiff ones, failures, and that one evaluation leaves nothing for the next.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "differences.hpp"
#include "exmc/core/error.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kTight = R"~(, "rtol": 1e-11, "atol": 1e-12, "max_steps": 100000)~";
const std::string kNormal = R"~({"dist": "normal", "mu": 0, "sigma": 1})~";

ModelDensity density_of(const std::string& nodes) {
  return ModelDensity(
      compile(testing::parse_model(R"~({"exmc_ir": 1, "data": {"ts": [1, 2, 5]}, "nodes": {)~" + nodes + "}}")));
}

Eigen::VectorXd vector_of(const std::vector<double>& values) {
  return Eigen::VectorXd::Map(values.data(), static_cast<Eigen::Index>(values.size()));
}

std::vector<double> saved(ModelDensity& density, const std::string& name, const std::vector<double>& position) {
  std::vector<double> row(density.saved_size());
  density.write_saved(vector_of(position), row);
  for (const SavedVariable& variable : density.saved_variables()) {
    if (variable.name != name) continue;
    const auto begin = row.begin() + static_cast<std::ptrdiff_t>(variable.offset);
    return {begin, begin + static_cast<std::ptrdiff_t>(element_count(variable.shape))};
  }
  return {};
}

void expect_near(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], tolerance * (1 + std::abs(expected[i]))) << "element " << i;
  }
}

void expect_gradient(ModelDensity& density, const std::vector<double>& at) {
  const Eigen::VectorXd position = vector_of(at);
  Eigen::VectorXd gradient;
  ASSERT_TRUE(std::isfinite(density.log_density(position, gradient))) << density.explain(position);
  for (Eigen::Index i = 0; i < position.size(); ++i) {
    const double expected = testing::extrapolated_difference(density, position, i, 0.01);
    EXPECT_NEAR(gradient[i], expected, 2e-6 * (1 + std::abs(expected))) << "element " << i;
  }
}

class OdeMethods : public ::testing::TestWithParam<std::string> {
 protected:
  static std::string method() { return R"~(, "method": ")~" + GetParam() + "\""; }
};

TEST_P(OdeMethods, LogisticGrowthHasItsClosedForm) {
  ModelDensity density = density_of(R"~("r": )~" + kNormal + R"~(, "x0": )~" + kNormal + R"~(,
    "x": {"ode": {"initial": {"x": "exp(x0)"}, "rhs": {"x": "r * x * (1 - x / 3)"}, "times": "ts")~" +
                                    method() + kTight + R"~(}}, "p": {"potential": "-x**2"})~");
  const double r = 0.7, x0 = std::exp(-0.5);
  std::vector<double> expected;
  for (const double t : {1.0, 2.0, 5.0}) expected.push_back(3 / (1 + (3 / x0 - 1) * std::exp(-r * t)));
  expect_near(saved(density, "x", {r, -0.5}), expected, 1e-9);
  expect_gradient(density, {r, -0.5});
}

TEST_P(OdeMethods, StartTimesAndTheTimeItselfHaveDerivatives) {
  // x' = -a x + sin(t), with times and start that are parameters.
  ModelDensity density = density_of(R"~("a": )~" + kNormal + R"~(, "s": )~" + kNormal + R"~(, "d": )~" + kNormal + R"~(,
    "x": {"ode": {"initial": {"x": 2}, "rhs": {"x": "sin(t) - a * x"}, "time": "t", "start": "s",
                  "times": "s + exp(d) * ts")~" +
                                    method() + kTight + R"~(}}, "p": {"potential": "-x**2"})~");
  const double a = 0.4, s = 0.2, d = -0.3;
  const auto forced = [&](double t) { return (a * std::sin(t) - std::cos(t)) / (1 + a * a); };
  std::vector<double> expected;
  for (const double t : {1.0, 2.0, 5.0}) {
    const double at = s + std::exp(d) * t;
    expected.push_back(forced(at) + (2 - forced(s)) * std::exp(-a * (at - s)));
  }
  expect_near(saved(density, "x", {a, s, d}), expected, 1e-9);
  expect_gradient(density, {a, s, d});
}

TEST_P(OdeMethods, VectorsOfStatesAndLocals) {
  // x' = A x with A = -k [[1, -1/4], [-1/4, 1]]: eigenvalues -3/4 k and -5/4 k.
  ModelDensity density =
      density_of(R"~("k": )~" + kNormal + R"~(,
    "y": {"ode": {"initial": {"x": "[1, 0.5 * k]", "total": 0},
                  "rhs": {"flow": "k * (x - 0.25 * x[::-1])", "x": "-flow", "total": "sum(flow)"},
                  "times": "ts")~" +
                 method() + kTight + R"~(}}, "p": {"potential": "-y.x**2"}, "q": {"potential": "-y.total**2"})~");
  const double k = 0.8;
  std::vector<double> x, total;
  for (const double t : {1.0, 2.0, 5.0}) {
    const double even = (1 + 0.5 * k) / 2 * std::exp(-k * 0.75 * t), odd = (1 - 0.5 * k) / 2 * std::exp(-k * 1.25 * t);
    x.insert(x.end(), {even + odd, even - odd});
    total.push_back(1 + 0.5 * k - 2 * even);
  }
  expect_near(saved(density, "y.x", {k}), x, 1e-9);
  expect_near(saved(density, "y.total", {k}), total, 1e-9);
  expect_gradient(density, {k});
}

INSTANTIATE_TEST_SUITE_P(All, OdeMethods, ::testing::Values("auto", "adams", "bdf"),
                         [](const auto& method) { return method.param; });

const std::string kRobertson = R"~("a": {"dist": "flat"},
    "y": {"ode": {"initial": {"u": 1, "v": 0, "w": 0}, "rhs": {"f": "exp(a) * u", "g": "1e4 * v * w", "h": "3e7 * v**2",
                  "u": "g - f", "v": "f - g - h", "w": "h"}, "times": [0.4, 40, 4000])~";

/// The values are those of the problem's usual statement (Hairer and Wanner 1996, "Solving ODEs II", section IV.10).
TEST(Ode, StiffOnesAreFoundOut) {
  for (const std::string method : {"auto", "bdf"}) {
    ModelDensity density = density_of(kRobertson + R"~(, "method": ")~" + method +
                                      R"~(", "rtol": 1e-8, "atol": 1e-13}}, "p": {"potential": "log(y.u)"})~");
    expect_near(saved(density, "y.u", {std::log(0.04)}), {9.8517e-1, 7.1582e-1, 1.8320e-1}, 2e-4);
    Eigen::VectorXd gradient;
    EXPECT_TRUE(std::isfinite(density.log_density(vector_of({std::log(0.04)}), gradient))) << method;
  }
}

TEST(Ode, WithoutASolutionTheDensityIsZeroAndSaysWhy) {
  const auto explained = [](const std::string& ode) {
    ModelDensity density =
        density_of(R"~("a": )~" + kNormal + R"~(, "x": {"ode": )~" + ode + R"~(}, "p": {"potential": "-x**2"})~");
    Eigen::VectorXd gradient;
    const Eigen::VectorXd at = vector_of({2.0});
    EXPECT_EQ(density.log_density(at, gradient), -INFINITY);
    EXPECT_EQ(gradient[0], 0);
    return density.explain(at);
  };
  EXPECT_THAT(explained(R"~({"initial": {"x": 1}, "rhs": {"x": "a * x"}, "times": "ts", "max_steps": 3})~"),
              StartsWith("no solution of x.ode: more than 3 steps, at time "));
  EXPECT_THAT(explained(R"~({"initial": {"x": 1}, "rhs": {"x": "a * sqrt(-x)"}, "times": "ts"})~"),
              StartsWith("no solution of x.ode: the right-hand side is not finite"));
  EXPECT_THAT(explained(R"~({"initial": {"x": 1}, "rhs": {"x": "a"}, "start": "a", "times": "ts"})~"),
              HasSubstr("the times do not ascend from the start, at 1"));
  EXPECT_THAT(explained(R"~({"initial": {"x": 1}, "rhs": {"x": "a * x**2"}, "times": "ts"})~"),
              StartsWith("no solution of x.ode: "));
}

TEST(Ode, EvaluationsLeaveNothingForTheNext) {
  ModelDensity density = density_of(kRobertson + R"~(}}, "p": {"potential": "log(y.u)"})~");
  Eigen::VectorXd gradient, again;
  const double first = density.log_density(vector_of({-3.2}), gradient);
  (void)density.log_density(vector_of({30.0}), again);
  (void)density.log_density(vector_of({2.0}), again);
  EXPECT_EQ(density.log_density(vector_of({-3.2}), again), first);
  EXPECT_EQ(again, gradient);
}

std::string refusal(const std::string& ode) {
  try {
    (void)density_of(R"~("a": )~" + kNormal + R"~(, "x": {"ode": )~" + ode + "}");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

TEST(OdeErrors, NameThePlace) {
  EXPECT_THAT(refusal(R"~({"initial": {"x": 1}, "rhs": {"x": "b * x"}, "times": "ts"})~"),
              StartsWith("model.json: nodes.x.ode.rhs.x: "));
  EXPECT_THAT(refusal(R"~({"initial": {"x": 1}, "rhs": {"x": "ts * x"}, "times": "ts"})~"),
              HasSubstr("nodes.x.ode.rhs.x: found shape (3), but the state \"x\" has shape ()"));
  EXPECT_THAT(refusal(R"~({"initial": {"x": 1}, "rhs": {"x": "a"}, "times": 3})~"),
              HasSubstr("nodes.x.ode.times: found shape (), expected a vector of times"));
  EXPECT_THAT(refusal(R"~({"initial": {"x": 1}, "rhs": {"x": "a"}, "times": [1, 0.5]})~"),
              HasSubstr("nodes.x.ode.times: time [1], 0.5, is before the one before it, 1"));
  EXPECT_THAT(refusal(R"~({"initial": {"x": 1}, "rhs": {"x": "x**2"}, "times": [2]})~"),
              HasSubstr("nodes.x.ode: has no solution, and depends on data alone"));
}

}  // namespace
}  // namespace exmc::density
