// Recurrences: values against loops written out here, gradients against differences, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "differences.hpp"
#include "exmc/core/error.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Values = std::map<std::string, std::vector<double>>;

ModelDensity density_of(const std::string& nodes, const std::string& data = "{}") {
  return ModelDensity(
      compile(testing::parse_model(R"({"exmc_ir": 1, "data": )" + data + R"(, "nodes": {)" + nodes + "}}")));
}

Eigen::VectorXd vector_of(const std::vector<double>& values) {
  return Eigen::VectorXd::Map(values.data(), static_cast<Eigen::Index>(values.size()));
}

Values saved(ModelDensity& density, const std::vector<double>& position, const RandomSource& random = {}) {
  std::vector<double> row(density.saved_size());
  density.write_saved(vector_of(position), row, random);
  Values values;
  for (const SavedVariable& variable : density.saved_variables()) {
    const auto begin = row.begin() + static_cast<std::ptrdiff_t>(variable.offset);
    values[variable.name].assign(begin, begin + static_cast<std::ptrdiff_t>(element_count(variable.shape)));
  }
  return values;
}

void expect_near(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], 1e-13 * (1 + std::abs(expected[i]))) << "element " << i;
  }
}

void expect_gradient(ModelDensity& density, const std::vector<double>& at) {
  const Eigen::VectorXd position = vector_of(at);
  Eigen::VectorXd gradient;
  ASSERT_TRUE(std::isfinite(density.log_density(position, gradient)));
  for (Eigen::Index i = 0; i < position.size(); ++i) {
    const double expected = testing::extrapolated_difference(density, position, i, 0.01);
    EXPECT_NEAR(gradient[i], expected, 1e-8 * (1 + std::abs(expected))) << "element " << i;
  }
}

/// Depends on all elements of `x`, each in a way of its own.
std::string potential_of(const std::string& x) {
  return R"~("p": {"potential": "log1p(square()~" + x + R"~( - 0.3))"})~";
}

const std::string kSeries = R"({"y": [0.5, 1.25, -0.75, 2, 0.25, -1.5, 0.125, 1]})";
const std::vector<double> kY{0.5, 1.25, -0.75, 2, 0.25, -1.5, 0.125, 1};

TEST(Scan, AnAutoregressionOfOrderTwoCarriesItsLags) {
  ModelDensity density = density_of(R"~(
    "a": {"dist": "flat"}, "b": {"dist": "flat"}, "e": {"dist": "flat", "shape": [6]},
    "x": {"scan": {"carry": {"now": "0.3 * a", "before": 0.1}, "over": {"shock": "e"},
                   "step": {"now": "a * now + b * before + shock", "before": "now"}, "output": "now"}},)~" +
                                    potential_of("x"));
  const std::vector<double> position{0.6, -0.4, 0.3, -1.2, 0.7, 0.05, 1.1, -0.6};
  std::vector<double> expected;
  double now = 0.3 * 0.6, before = 0.1;
  for (std::size_t t = 0; t < 6; ++t) {
    const double next = 0.6 * now - 0.4 * before + position[2 + t];
    before = now;
    expected.push_back(now = next);
  }
  expect_near(saved(density, position).at("x"), expected);
  expect_gradient(density, position);
}

TEST(Scan, MovingAverageErrorsAreLocalsOfAStep) {
  ModelDensity density = density_of(R"~(
    "mu": {"dist": "flat"}, "phi": {"dist": "flat"}, "theta": {"dist": "flat"}, "sigma": {"dist": "half_normal", "sigma": 1},
    "arma": {"scan": {"carry": {"e": "y[0] - mu"}, "over": {"y": "y[1:]", "last": "y[:-1]"},
                      "step": {"m": "mu + phi * (last - mu) + theta * e", "e": "y - m"}, "output": ["m", "e"]}},
    "obs": {"dist": "normal", "mu": "arma.m", "sigma": "sigma", "observed": "y[1:]"})~",
                                    kSeries);
  const std::vector<double> position{0.2, 0.5, -0.3, -0.1};
  std::vector<double> means, errors;
  double e = kY[0] - 0.2;
  for (std::size_t t = 1; t < kY.size(); ++t) {
    means.push_back(0.2 + 0.5 * (kY[t - 1] - 0.2) - 0.3 * e);
    errors.push_back(e = kY[t] - means.back());
  }
  const Values values = saved(density, position);
  expect_near(values.at("arma.m"), means);
  expect_near(values.at("arma.e"), errors);
  expect_gradient(density, position);
}

TEST(Scan, InitialValuesBeginTheVariancesOfAGarch) {
  ModelDensity density = density_of(R"~(
    "mu": {"dist": "flat"}, "a0": {"dist": "flat", "lower": 0}, "a1": {"dist": "flat"}, "b1": {"dist": "flat"},
    "s2": {"scan": {"carry": {"v": 0.25}, "over": {"y": "y[:-1]"},
                    "step": {"v": "a0 + a1 * (y - mu)**2 + b1 * v"}, "initial": true}},
    "obs": {"dist": "normal", "mu": "mu", "sigma": "sqrt(s2)", "observed": "y"})~",
                                    kSeries);
  const std::vector<double> position{0.2, -0.5, 0.3, 0.4};
  std::vector<double> expected{0.25};
  for (std::size_t t = 0; t + 1 < kY.size(); ++t) {
    expected.push_back(std::exp(-0.5) + 0.3 * std::pow(kY[t] - 0.2, 2) + 0.4 * expected.back());
  }
  expect_near(saved(density, position).at("s2"), expected);
  expect_gradient(density, position);
}

TEST(Scan, FiltersALocalLevel) {
  ModelDensity density = density_of(R"~(
    "q": {"dist": "half_normal", "sigma": 1}, "r": {"dist": "half_normal", "sigma": 1}, "start": {"dist": "normal", "mu": 0, "sigma": 2},
    "kalman": {"scan": {"carry": {"m": "start", "P": 1}, "over": {"y": "y"},
        "step": {"prior": "P + q**2", "F": "prior + r**2", "gain": "prior / F", "m": "m + gain * (y - m)", "P": "(1 - gain) * prior",
                 "ll": "-0.5 * (log(2 * 3.141592653589793 * F) + (y - m)**2 / F)"}, "output": ["ll", "m"]}},
    "lik": {"potential": "kalman.ll"})~",
                                    kSeries);
  const std::vector<double> position{-0.4, 0.2, 0.6};
  const double q = std::exp(-0.4), r = std::exp(0.2);
  double m = 0.6, P = 1;
  std::vector<double> levels, terms;
  for (const double y : kY) {
    const double prior = P + q * q, F = prior + r * r, gain = prior / F;
    terms.push_back(-0.5 * (std::log(2 * M_PI * F) + (y - m) * (y - m) / F));
    levels.push_back(m += gain * (y - m));
    P = (1 - gain) * prior;
  }
  const Values values = saved(density, position);
  expect_near(values.at("kalman.ll"), terms);
  expect_near(values.at("kalman.m"), levels);
  expect_gradient(density, position);
}

TEST(Scan, RunsAnEpidemicForANumberOfSteps) {
  ModelDensity density = density_of(R"~(
    "beta": {"dist": "half_normal", "sigma": 1}, "gamma": {"dist": "uniform", "lower": 0, "upper": 1},
    "sir": {"scan": {"carry": {"S": "N - 1", "I": 1, "R": 0}, "length": "days",
                     "step": {"new": "beta * S * I / N", "gone": "gamma * I", "S": "S - new", "I": "I + new - gone", "R": "R + gone"}}},
    "cases": {"dist": "poisson", "mu": "sir.I", "observed": [1, 2, 2, 3, 5]})~",
                                    R"({"N": 50, "days": 5})");
  const std::vector<double> position{-0.2, -0.7};
  const double beta = std::exp(-0.2), gamma = 1 / (1 + std::exp(0.7));
  double S = 49, I = 1, R = 0;
  Values expected;
  for (int day = 0; day < 5; ++day) {
    const double fresh = beta * S * I / 50, gone = gamma * I;
    expected["sir.S"].push_back(S -= fresh);
    expected["sir.I"].push_back(I += fresh - gone);
    expected["sir.R"].push_back(R += gone);
  }
  const Values values = saved(density, position);
  for (const auto& [name, array] : expected) expect_near(values.at(name), array);
  expect_gradient(density, position);
}

/// The forward algorithm: a vector from step to step, rows of a matrix of parameters, a matrix that stays.
TEST(Scan, CarriesVectorsOverRows) {
  ModelDensity density = density_of(R"~(
    "m": {"dist": "flat", "shape": [2]}, "T": {"dist": "flat", "shape": [2, 2]},
    "emission": {"expr": "-0.5 * (y[:, None] - m)**2"},
    "g": {"scan": {"carry": {"g": "emission[0]"}, "over": {"here": "emission[1:]"},
                   "step": {"g": "here + logsumexp(g[:, None] + log_softmax(T, 1), 0)"}}},
    "lik": {"potential": "logsumexp(g[-1])"})~",
                                    kSeries);
  const std::vector<double> position{-0.4, 0.9, 0.3, -0.2, 0.7, 0.1};
  const auto log_row = [&](std::size_t j, std::size_t k) {
    const double a = position[2 + 2 * j], b = position[3 + 2 * j];
    return position[2 + 2 * j + k] - std::log(std::exp(a) + std::exp(b));
  };
  const auto emission = [&](std::size_t t, std::size_t k) { return -0.5 * std::pow(kY[t] - position[k], 2); };
  std::array<double, 2> g{emission(0, 0), emission(0, 1)};
  std::vector<double> expected;
  for (std::size_t t = 1; t < kY.size(); ++t) {
    std::array<double, 2> next{};
    for (std::size_t k = 0; k < 2; ++k) {
      next[k] = emission(t, k) + std::log(std::exp(g[0] + log_row(0, k)) + std::exp(g[1] + log_row(1, k)));
      expected.push_back(next[k]);
    }
    g = next;
  }
  expect_near(saved(density, position).at("g"), expected);
  expect_gradient(density, position);
}

TEST(Scan, TakesViewsOfAnyStride) {
  ModelDensity density = density_of(R"~(
    "e": {"dist": "flat", "shape": [3, 4]}, "w": {"dist": "flat", "shape": [3]},
    "s": {"scan": {"carry": {"c": "w[::-1]", "n": "e[0, 0]"}, "over": {"column": "transpose(e)", "back": "e[1, ::-1]"},
                   "step": {"c": "0.5 * c + column * w + n", "n": "sum(c) * 0.1 + back"}}},
    "p": {"potential": "log1p(square(s.c - 0.3))"}, "r": {"potential": "sin(s.n)"})~");
  std::vector<double> position;
  for (int i = 0; i < 15; ++i) position.push_back(std::sin(1.7 * i));
  const auto e = [&](std::size_t i, std::size_t t) { return position[4 * i + t]; };
  const std::array<double, 3> w{position[12], position[13], position[14]};
  std::array<double, 3> c{w[2], w[1], w[0]};
  double n = e(0, 0);
  std::vector<double> cs, ns;
  for (std::size_t t = 0; t < 4; ++t) {
    const double next = 0.1 * (c[0] + c[1] + c[2]) + e(1, 3 - t);
    for (std::size_t i = 0; i < 3; ++i) cs.push_back(c[i] = 0.5 * c[i] + e(i, t) * w[i] + n);
    ns.push_back(n = next);
  }
  const Values values = saved(density, position);
  expect_near(values.at("s.c"), cs);
  expect_near(values.at("s.n"), ns);
  expect_gradient(density, position);
}

TEST(Scan, StepsMayBeNone) {
  ModelDensity density = density_of(R"~("a": {"dist": "flat"},
    "s": {"scan": {"carry": {"x": "2 * a"}, "length": 0, "step": {"x": "x + a"}, "initial": true}}, "p": {"potential": "-s**2"})~");
  Eigen::VectorXd gradient;
  EXPECT_DOUBLE_EQ(density.log_density(vector_of({0.5}), gradient), -1);
  EXPECT_DOUBLE_EQ(gradient[0], -4);
}

TEST(Scan, OfDataAloneIsComputedAtLoad) {
  const std::string data = R"({"y": [1, 2, 3]})";
  const std::string scan = R"~("s": {"scan": {"carry": {"x": 0}, "over": {"y": "y"}, "step": {"x": "0.5 * x + y"}}},)~";
  ModelDensity density = density_of(scan + R"~("mu": {"dist": "normal", "mu": 0, "sigma": 1},
    "obs": {"dist": "normal", "mu": "mu", "sigma": 1, "shape": [3], "observed": "s"})~",
                                    data);
  expect_near(density.observed().front().value.values, {1, 2.5, 4.25});
  expect_gradient(density, {0.3});
}

/// The names of a step hide the model's.
TEST(Scan, NamesOfAStepAreItsOwn) {
  ModelDensity density = density_of(R"~(
    "y": {"dist": "flat", "shape": [3]}, "x": {"dist": "flat"}, "v": {"expr": "x + 1"},
    "s": {"scan": {"carry": {"x": "v"}, "over": {"y": "y * x"}, "step": {"v": "y + 1", "x": "0.5 * x + v**2 + log1p(x**2)"}}},)~" +
                                    potential_of("s"));
  const std::vector<double> position{0.3, -0.6, 0.9, 0.4};
  double x = 1.4;
  std::vector<double> expected;
  for (std::size_t t = 0; t < 3; ++t) {
    expected.push_back(x = 0.5 * x + std::pow(position[t] * 0.4 + 1, 2) + std::log1p(x * x));
  }
  expect_near(saved(density, position).at("s"), expected);
  expect_gradient(density, position);
}

TEST(Scan, ForecastsFromGeneratedShocks) {
  ModelDensity density = density_of(R"~(
    "phi": {"dist": "uniform", "lower": -1, "upper": 1},
    "shock": {"generated": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [4]}},
    "path": {"generated": {"scan": {"carry": {"x": 1}, "over": {"e": "shock"}, "step": {"x": "phi * x + e"}}}})~");
  const Values values = saved(density, {0.8});
  const double phi = 2 / (1 + std::exp(-0.8)) - 1;
  std::vector<double> expected;
  double x = 1;
  for (const double e : values.at("shock")) expected.push_back(x = phi * x + e);
  expect_near(values.at("path"), expected);
}

TEST(Scan, IsSavedUnlessItSaysOtherwise) {
  ModelDensity density = density_of(R"~("a": {"dist": "normal", "mu": 0, "sigma": 1},
    "s": {"scan": {"carry": {"x": "a"}, "length": 3, "step": {"x": "x + a"}}, "save": false},
    "twice": {"scan": {"carry": {"x": "a", "y": 1}, "length": 3, "step": {"x": "x + a", "y": "y * x"}}})~");
  std::vector<std::string> names;
  for (const SavedVariable& variable : density.saved_variables()) names.push_back(variable.name);
  EXPECT_THAT(names, ::testing::ElementsAre("a", "twice.x", "twice.y"));
}

/// Both grow as the number of steps does.
TEST(Scan, MemoryIsThatOfWhatItKeeps) {
  const auto bytes = [](const std::string& steps) {
    return density_of(R"~("a": {"dist": "normal", "mu": 0, "sigma": 1},
      "s": {"scan": {"carry": {"x": "a"}, "length": )~" +
                      steps + R"~(, "step": {"x": "sin(x) + exp(-x) * cos(a * x) - x / 3"}}, "save": false},
      "p": {"potential": "-square(s)"})~")
        .buffer_bytes();
  };
  const auto thousand = bytes("1000"), ten_thousand = bytes("10000");
  constexpr std::uint64_t of_step = 4 * 2 * sizeof(double);  // what is kept and what is made of it, with adjoints
  EXPECT_LT(ten_thousand - thousand, 9000 * of_step);
}

std::string message_of(const std::string& scan, const std::string& more = "") {
  try {
    (void)density_of(R"("a": {"dist": "normal", "mu": 0, "sigma": 1}, "s": {"scan": )" + scan + "}" + more, kSeries);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ScanErrors, NameTheStep) {
  EXPECT_THAT(message_of(R"~({"carry": {"x": 0}, "length": 3, "step": {"x": "x + b"}})~"),
              AllOf(StartsWith("model.json: nodes.s.scan.step.x: "), HasSubstr("unknown name \"b\"")));
  EXPECT_THAT(message_of(R"~({"carry": {"x": 0}, "length": 3, "step": {"x": "[x, x]"}})~"),
              AllOf(StartsWith("model.json: nodes.s.scan.step.x: "),
                    HasSubstr("found shape (2), but \"x\" begins with shape ()")));
  EXPECT_THAT(message_of(R"~({"carry": {"x": 0}, "over": {"y": "y", "z": "y[1:]"}, "step": {"x": "x + y"}})~"),
              AllOf(StartsWith("model.json: nodes.s.scan.over.z: "),
                    HasSubstr("found shape (7), but \"y\" says that there are 8 steps")));
  EXPECT_THAT(message_of(R"~({"carry": {"x": 0}, "over": {"y": "a"}, "step": {"x": "x + y"}})~"),
              AllOf(StartsWith("model.json: nodes.s.scan.over.y: "), HasSubstr("found a number")));
  EXPECT_THAT(message_of(R"~({"carry": {"x": 0}, "length": "a", "step": {"x": "x"}})~"),
              StartsWith("model.json: nodes.s.scan.length: "));
  EXPECT_THAT(message_of(R"~({"carry": {"x": 0}, "length": 3, "step": {"x": "u", "u": "w + x", "w": "u"}})~"),
              AllOf(StartsWith("model.json: nodes.s.scan.step.u: "), HasSubstr("defined by itself within a step")));
  EXPECT_THAT(message_of(R"~({"carry": {"x": 0}, "length": 3, "step": {"x": "y[x]"}})~"),
              AllOf(StartsWith("model.json: nodes.s.scan.step.x: "),
                    HasSubstr("column 3: a position in a subscript changes from step to step")));
}

TEST(ScanErrors, NameTheOutputs) {
  const std::string two = R"~({"carry": {"x": 0, "z": "a"}, "length": 3, "step": {"x": "x + z", "z": "z"}})~";
  EXPECT_THAT(message_of(two, R"~(, "u": {"expr": "s + 1"})~"),
              AllOf(StartsWith("model.json: nodes.u.expr: "), HasSubstr("several outputs, of which one is \"s.x\"")));
  EXPECT_THAT(message_of(two, R"~(, "u": {"expr": "s.xx + 1"})~"),
              HasSubstr("unknown name \"s.xx\" (did you mean \"s.x\"?)"));
  EXPECT_THAT(message_of(two, R"~(, "u": {"expr": "a.x"})~"), HasSubstr("unknown name \"a.x\""));
  EXPECT_THAT(message_of(two, R"~(, "u": {"expr": "s.x[0] + s.z[-1]"})~"), "no error");
}

}  // namespace
}  // namespace exmc::density
