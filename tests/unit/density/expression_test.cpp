// What no table of numpy's shows: branches not taken, ties, long gathers, potentials, and one model in two ways.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "../../../src/density/functions/functions.hpp"
#include "differences.hpp"
#include "exmc/core/random.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

struct Evaluated {
  double value;
  Eigen::VectorXd gradient;
};

ModelDensity model(const std::string& nodes, const std::string& data = "{}") {
  return ModelDensity(compile(
      testing::parse_model("{\"exmc_ir\": 1, \"name\": \"m\", \"data\": " + data + ", \"nodes\": {" + nodes + "}}")));
}

Evaluated evaluate(ModelDensity density, const std::vector<double>& position) {
  Evaluated result{0, Eigen::VectorXd(static_cast<Eigen::Index>(position.size()))};
  const Eigen::VectorXd at = Eigen::Map<const Eigen::VectorXd>(position.data(), result.gradient.size());
  result.value = density.log_density(at, result.gradient);
  return result;
}

/// The density is the potential of three flat parameters.
Evaluated potential_of_three(const std::string& expression, const std::vector<double>& position) {
  return evaluate(model(R"("x": {"dist": "flat", "shape": [3]}, "p": {"potential": ")" + expression + "\"}"), position);
}

TEST(Where, LetsNothingThroughFromTheBranchNotTaken) {
  struct Case {
    std::string expression;
    std::vector<double> at;
    double value;
    std::vector<double> gradient;
  };
  const std::vector<Case> cases = {
      {"where(x > 0, log(x), x)", {-1, 0, 2}, -1 + std::log(2.0), {1, 1, 0.5}},
      {"where(x == 0, 1, sin(x) / x)", {0, 0, 0}, 3, {0, 0, 0}},
      {"where(x > 0, sqrt(x), 0)", {0, -1, 4}, 2, {0, 0, 0.25}},
      {"where(x > 0, x ** 0.5, -x)", {0, -1, 4}, 3, {-1, -1, 0.25}},
      {"where(x > 0, sum(log(x)), 0)", {-1, -2, -3}, 0, {0, 0, 0}},
      {"where(x[0] > 0, std(x), x[1])", {0, 0, 0}, 0, {0, 1, 0}},
      {"where(x[0] > 0, logsumexp(x / 0), x[1])", {0, 1, 2}, 1, {0, 1, 0}},
      {"where(x[0] > 0, prod(log(x)), x[1])", {-1, 1, 2}, 1, {0, 1, 0}},
      {"where(x < 700, exp(x), exp(exp(x)))",
       {0, 1, 699},
       1 + std::exp(1.0) + std::exp(699.0),
       {1, std::exp(1.0), std::exp(699.0)}},
  };
  for (const Case& test : cases) {
    const Evaluated found = potential_of_three(test.expression, test.at);
    EXPECT_NEAR(found.value, test.value, 1e-13 * std::abs(test.value)) << test.expression;
    for (Eigen::Index i = 0; i < 3; ++i) {
      const double expected = test.gradient[static_cast<std::size_t>(i)];
      EXPECT_NEAR(found.gradient[i], expected, 1e-13 * std::abs(expected)) << test.expression << ", " << i;
    }
  }
  // A single number takes another path through the kernels.
  const Evaluated scalar =
      evaluate(model(R"~("x": {"dist": "flat"}, "p": {"potential": "where(x > 0, sqrt(x), 3 * x)"})~"), {0});
  EXPECT_EQ(scalar.gradient[0], 3);
}

TEST(Comparisons, GiveZeroAndOneAndNoGradient) {
  const Evaluated found = potential_of_three(
      "(x < 1) + 10 * (x <= 1) + 100 * (x == 1) + 1000 * (x != 1)"
      " + 10000 * (x > 1) + 100000 * (x >= 1)",
      {0, 1, 2});
  EXPECT_EQ(found.value, 1011 + 100110 + 111000);
  EXPECT_EQ(found.gradient, Eigen::VectorXd::Zero(3));
}

TEST(Reductions, ShareTheGradientBetweenEquals) {
  EXPECT_EQ(potential_of_three("max(x)", {2, 1, 2}).gradient, Eigen::Vector3d(0.5, 0, 0.5));
  EXPECT_EQ(potential_of_three("3 * min(x)", {1, 1, 1}).gradient, Eigen::Vector3d(1, 1, 1));
}

TEST(Reductions, MultiplyAndAddLogarithmsAtTheEdges) {
  EXPECT_EQ(potential_of_three("prod(x)", {0, 3, 5}).gradient, Eigen::Vector3d(15, 0, 0));
  EXPECT_EQ(potential_of_three("prod(x)", {0, 0, 5}).gradient, Eigen::Vector3d(0, 0, 0));
  const Evaluated far = potential_of_three("logsumexp(x)", {1000, 1000, -1000});
  EXPECT_NEAR(far.value, 1000 + std::log(2.0), 1e-12);
  EXPECT_TRUE(far.gradient.isApprox(Eigen::Vector3d(0.5, 0.5, 0), 1e-13)) << far.gradient;
  const Evaluated none = potential_of_three("logsumexp([log(0 * x[0]), x[1]])", {1, 2, 3});
  EXPECT_EQ(none.value, 2);
  const Evaluated shifted = potential_of_three("var(x + 1e9)", {1, 2, 3});
  EXPECT_NEAR(shifted.value, 2.0 / 3, 1e-12);
}

std::string index_list(std::size_t count, std::size_t groups, bool sorted) {
  RandomStream random({7, ChainId{0}}, Purpose::start, 0);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t group = sorted ? i * groups / count : random() % groups;
    text += (i == 0 ? "[" : ", ") + std::to_string(group);
  }
  return text + "]";
}

/// Few and many groups, in order and not, go different ways: sums of 1 / 7 per element are exact only up to rounding.
TEST(Gather, AddsUpWhatEveryGroupReceives) {
  for (const std::size_t groups : {2U, 40U, 300U, 1000U}) {
    for (const bool sorted : {true, false}) {
      const std::size_t count = 5003;
      const std::string indices = index_list(count, groups, sorted);
      ModelDensity density = model(R"("a": {"dist": "flat", "shape": [)" + std::to_string(groups) +
                                       R"(]}, "p": {"potential": "square(a[g]) / 7"})",
                                   "{\"g\": " + indices + "}");
      std::vector<double> counts(groups), position(groups);
      std::istringstream stream(indices.substr(1));
      double expected = 0;
      for (std::size_t g = 0; g < groups; ++g) position[g] = std::sin(static_cast<double>(g) + 1);
      for (std::size_t i = 0; i < count; ++i) {
        std::size_t group = 0;
        char separator = 0;
        stream >> group >> separator;
        ++counts[group];
        expected += position[group] * position[group] / 7;
      }
      const Evaluated found = evaluate(density, position), again = evaluate(density, position);
      EXPECT_NEAR(found.value, expected, 1e-11 * expected);
      EXPECT_EQ(found.gradient, again.gradient);
      for (std::size_t g = 0; g < groups; ++g) {
        const double gradient = found.gradient[static_cast<Eigen::Index>(g)];
        ASSERT_NEAR(gradient, 2 * position[g] * counts[g] / 7, 1e-12 * counts[g]) << groups << " groups, group " << g;
      }
    }
  }
}

TEST(Gather, KnowsTheLogarithmsOfWhatItTakes) {
  // log(s[g]) is a gather of what s is the exponential of: the same to the last bit, whatever the rounding of exp.
  const std::string data = R"({"g": [2, 0, 1, 1, 0, 2, 2, 1]})";
  const std::string s = R"~("x": {"dist": "flat", "shape": [3]}, "s": {"expr": "exp(x)"}, )~";
  const Evaluated known = evaluate(model(s + R"~("p": {"potential": "log(s[g]) + s[g]"})~", data), {0.1, 0.7, -2.3});
  const Evaluated plain = evaluate(model(s + R"~("p": {"potential": "x[g] + s[g]"})~", data), {0.1, 0.7, -2.3});
  EXPECT_EQ(known.value, plain.value);
  EXPECT_EQ(known.gradient, plain.gradient);
}

TEST(Potential, AddsItsSumAndNothingElse) {
  const Evaluated vector = potential_of_three("-square(x) / 2", {1, 2, 3});
  EXPECT_EQ(vector.value, -7);
  EXPECT_EQ(vector.gradient, Eigen::Vector3d(-1, -2, -3));
  const Evaluated scalar = potential_of_three("x[0] * x[1]", {3, 5, 7});
  EXPECT_EQ(scalar.value, 15);
  EXPECT_EQ(scalar.gradient, Eigen::Vector3d(5, 3, 0));
  EXPECT_EQ(potential_of_three("2.5", {1, 1, 1}).value, 2.5);
}

TEST(Potential, IsNoQuantityOfItsOwnButMayBeReferredTo) {
  ModelDensity density = model(R"("x": {"dist": "flat"}, "p": {"potential": "3 * x"}, "q": {"potential": "p * x"})");
  EXPECT_EQ(density.saved_variables().size(), 1U);
  const Evaluated found = evaluate(density, {2});
  EXPECT_EQ(found.value, 6 + 12);
  EXPECT_EQ(found.gradient[0], 3 + 12);
}

TEST(Potential, OutsideItsSupportIsNotFinite) {
  EXPECT_EQ(potential_of_three("where(x[0] > 0, -x[0], log(0 * x[1]))", {-1, 1, 1}).value,
            -std::numeric_limits<double>::infinity());
  EXPECT_FALSE(std::isfinite(potential_of_three("sqrt(x[0])", {-1, 1, 1}).value));
}

TEST(Potential, MakesACustomDistributionOfAFlatParameter) {
  // With bounds that add no constant: a uniform's log density is only that of its width.
  const Evaluated custom =
      evaluate(model(R"~("x": {"dist": "flat", "lower": 2, "upper": 5}, "p": {"potential": "-log(3)"})~"), {0.4});
  const Evaluated uniform = evaluate(model(R"("x": {"dist": "uniform", "lower": 2, "upper": 5})"), {0.4});
  EXPECT_NEAR(custom.value, uniform.value, 1e-14);
  EXPECT_EQ(custom.gradient, uniform.gradient);
}

/// A hierarchical model of arrays, and the same of one node a number.
TEST(OneModel, InTwoWaysIsTheSame) {
  const std::vector<double> x{0.3, -1.2, 0.8, 2.1, -0.4, 0.9, 1.7}, y{1.2, 0.1, -0.7, 2.4, 0.3, 1.1, -0.2};
  const std::vector<int> group{0, 2, 1, 0, 2, 2, 1};
  const auto list = [](const auto& values) {
    std::ostringstream text;
    for (std::size_t i = 0; i < values.size(); ++i) text << (i == 0 ? "[" : ", ") << values[i];
    return text.str() + "]";
  };
  const std::string top =
      R"("mu": {"dist": "normal", "mu": 0, "sigma": 2}, "tau": {"dist": "half_normal", "sigma": 1},)";
  const std::string arrays = top + R"~(
      "a": {"dist": "normal", "mu": "mu", "sigma": "tau", "shape": [3]},
      "b": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]},
      "z": {"expr": "(x - mean(x)) / sd(x)"},
      "eta": {"expr": "a[group] + stack([z, z**2], 1) @ b + 0.1 * cumsum(softmax(a))[group]"},
      "s": {"expr": "exp(0.1 * where(y > 0, eta, -eta))"},
      "obs": {"dist": "normal", "mu": "eta", "sigma": "s", "observed": "y"},
      "extra": {"potential": "-0.5 * logsumexp(outer(a, b)) - 0.1 * max(abs(a))"})~";
  std::string scalars = top;
  for (int j = 0; j < 3; ++j) {
    scalars += "\"a" + std::to_string(j) + R"(": {"dist": "normal", "mu": "mu", "sigma": "tau"},)";
  }
  scalars += R"~("b0": {"dist": "normal", "mu": 0, "sigma": 1}, "b1": {"dist": "normal", "mu": 0, "sigma": 1},
      "total": {"expr": "exp(a0) + exp(a1) + exp(a2)"}, "c0": {"expr": "exp(a0) / total"},
      "c1": {"expr": "c0 + exp(a1) / total"}, "c2": {"expr": "c1 + exp(a2) / total"},)~";
  double mean = 0, squares = 0;
  for (const double value : x) mean += value / static_cast<double>(x.size());
  for (const double value : x) squares += (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(x.size() - 1));
  for (std::size_t i = 0; i < x.size(); ++i) {
    std::ostringstream node;
    node.precision(17);
    const std::string g = std::to_string(group[i]), n = std::to_string(i);
    const double z = (x[i] - mean) / deviation;
    node << "\"eta" << n << "\": {\"expr\": \"a" << g << " + b0 * " << z << " + b1 * " << z * z << " + 0.1 * c" << g
         << "\"}, \"obs" << n << "\": {\"dist\": \"normal\", \"mu\": \"eta" << n << "\", \"sigma\": \"exp(0.1 * "
         << (y[i] > 0 ? "" : "-") << "eta" << n << ")\", \"observed\": " << y[i] << "},";
    scalars += node.str();
  }
  scalars += R"~("extra": {"potential":
      "-0.5 * log(exp(a0*b0) + exp(a0*b1) + exp(a1*b0) + exp(a1*b1) + exp(a2*b0) + exp(a2*b1))"},
      "more": {"potential": "-0.1 * maximum(abs(a0), maximum(abs(a1), abs(a2)))"})~";
  const std::vector<double> position{0.3, -0.2, 0.5, -0.9, 1.4, 0.7, -0.6};
  const Evaluated first = evaluate(
      model(arrays, "{\"x\": " + list(x) + ", \"y\": " + list(y) + ", \"group\": " + list(group) + "}"), position);
  const Evaluated second = evaluate(model(scalars), position);
  EXPECT_NEAR(first.value, second.value, 1e-12 * std::abs(second.value));
  for (Eigen::Index i = 0; i < first.gradient.size(); ++i) {
    EXPECT_NEAR(first.gradient[i], second.gradient[i], 1e-11 * std::max(1.0, std::abs(second.gradient[i]))) << i;
  }
}

TEST(Documentation, NamesEveryFunctionAsItIsCalled) {
  std::ostringstream text;
  text << std::ifstream(std::string(EXMC_SOURCE_DIR) + "/docs/ir.md").rdbuf();
  for (const Function* function : all_functions()) {
    std::string call = "`";
    call += signature(*function);
    EXPECT_THAT(text.str(), ::testing::HasSubstr(call + "`"));
  }
}

}  // namespace
}  // namespace exmc::density
