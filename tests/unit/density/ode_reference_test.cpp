// Differential equations against solutions of many digits, and what several threads and repeated evaluations may rely
// on.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "models.hpp"

namespace exmc::density {
namespace {

ModelDensity density_of(const std::string& nodes) {
  return ModelDensity(compile(testing::parse_model(R"~({"exmc_ir": 1, "nodes": {)~" + nodes + "}}")));
}

Eigen::VectorXd vector_of(const std::vector<double>& values) {
  return Eigen::VectorXd::Map(values.data(), static_cast<Eigen::Index>(values.size()));
}

/// Lotka and Volterra's equations, with what `options` says besides: the density is sum(log u) - sum(log v) / 2.
ModelDensity predators(const std::string& options) {
  return density_of(R"~("p": {"dist": "flat", "shape": [6]},
    "z": {"ode": {"initial": {"u": "p[4]", "v": "p[5]"},
                  "rhs": {"u": "(p[0] - p[1] * v) * u", "v": "(p[3] * u - p[2]) * v"}, "times": [1, 5, 20])~" +
                    options + R"~(}}, "f": {"potential": "log(z.u) - 0.5 * log(z.v)"})~");
}

const Eigen::VectorXd kPredators = vector_of({0.55, 0.028, 0.8, 0.024, 34, 6});
/// By Taylor series of degree 40 with steps of 1/8 in 40 digits (mpmath), the gradient by differences of 1e-12.
constexpr double kDensity = 6.5380758645487982;
const std::vector<double> kPrey{49.246848884989381, 18.944854071011933, 30.601937594637607},
    kHunters{7.2594825891551843, 38.924527230972747, 6.0423755995973012};
const Eigen::VectorXd kGradient = vector_of({1.5334085958576099, 69.874783790215819, 7.851934451778522,
                                             -103.74851456129911, 0.015001048544965333, 0.07608232435434049});

struct Precision {
  std::string method, options;
  double error;  ///< relative, of states and of the gradient
};

class OdePrecision : public ::testing::TestWithParam<Precision> {};

TEST_P(OdePrecision, PredatorsAndTheirGradientHaveTheDigitsThatTolerancesAskFor) {
  const Precision& p = GetParam();
  ModelDensity density = predators(R"~(, "method": ")~" + p.method + "\"" + p.options);
  Eigen::VectorXd gradient;
  EXPECT_NEAR(density.log_density(kPredators, gradient), kDensity, 3 * p.error);
  for (Eigen::Index i = 0; i < gradient.size(); ++i) {
    EXPECT_NEAR(gradient[i], kGradient[i], p.error * (1 + std::abs(kGradient[i]))) << "element " << i;
  }
  std::vector<double> row(density.saved_size());
  density.write_saved(kPredators, row);
  for (const SavedVariable& variable : density.saved_variables()) {
    if (variable.name == "p") continue;
    const std::vector<double>& expected = variable.name == "z.u" ? kPrey : kHunters;
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(row[variable.offset + i], expected[i], p.error * expected[i]) << variable.name << ", time " << i;
    }
  }
}

const std::string kTight = R"~(, "rtol": 1e-12, "atol": 1e-12, "max_steps": 100000)~";
INSTANTIATE_TEST_SUITE_P(Tolerances, OdePrecision,
                         ::testing::Values(Precision{"adams", "", 2e-4}, Precision{"bdf", "", 2e-4},
                                           Precision{"adams", kTight, 1e-9}, Precision{"bdf", kTight, 1e-9}),
                         [](const auto& p) { return p.param.method + (p.param.options.empty() ? "" : "_tight"); });

/// Van der Pol's oscillator with mu = 1000, as in the Test Set for Initial Value Problem Solvers (Mazzia and Magherini
/// 2008), which gives 1.706167732170483 at the end; the others, and derivatives by log(mu), by Radau's method with
/// rtol 1e-12 (SciPy). Sensitivities are a million times as large in the jumps as where they are asked for: digits that
/// the gradient loses.
TEST(Ode, VanDerPolIsStiff) {
  const auto expect = [](const std::string& options, double error, double error_of_gradient) {
    ModelDensity density = density_of(R"~("a": {"dist": "flat"},
      "z": {"ode": {"initial": {"x": 2, "y": 0}, "rhs": {"x": "y", "y": "1000 * exp(a) * (1 - x**2) * y - x"},
                    "times": [500, 1000, 2000])~" +
                                      options + R"~(}}, "f": {"potential": "z.x"})~");
    Eigen::VectorXd gradient;
    const double found = density.log_density(vector_of({0}), gradient);
    EXPECT_NEAR(found, 1.59676895 - 1.86364625 + 1.706167732170483, error) << options;
    EXPECT_NEAR(gradient[0], 0.515194481 - 0.753194381 + 1.78479362, error_of_gradient) << options;
  };
  for (const std::string method : {"auto", "bdf"}) {
    const std::string with = R"~(, "method": ")~" + method + "\"";
    expect(with, 1e-4, INFINITY);  // none of its digits
    expect(with + R"~(, "rtol": 1e-11, "atol": 1e-11, "max_steps": 100000)~", 1e-7, 1e-3);
  }
}

TEST(Ode, CopiesOnThreadsHaveTheSameBits) {
  const ModelDensity density = predators("");
  constexpr std::size_t kRuns = 50;
  std::array<std::vector<double>, 3> found;  // the last one alone
  const auto evaluate = [&](std::vector<double>& numbers) {
    ModelDensity copy = density;
    Eigen::VectorXd gradient;
    for (std::size_t i = 0; i < kRuns; ++i) {
      const double stretch = 1 + 0.01 * static_cast<double>(i);
      numbers.push_back(copy.log_density(stretch * kPredators, gradient));
      numbers.insert(numbers.end(), gradient.begin(), gradient.end());
    }
  };
  {
    std::jthread one([&] { evaluate(found[0]); }), two([&] { evaluate(found[1]); });
  }
  evaluate(found[2]);
  EXPECT_EQ(found[0], found[2]);
  EXPECT_EQ(found[1], found[2]);
  EXPECT_EQ(found[2].size(), 7 * kRuns);
  EXPECT_TRUE(std::isfinite(found[2].back()));
}

}  // namespace
}  // namespace exmc::density
