// Hidden Markov models: states, random numbers, what is refused, and the function that takes log densities.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "differences.hpp"
#include "drawn_model.hpp"
#include "exmc/core/error.hpp"

namespace exmc::density {
namespace {

using testing::Model;

const std::string kChain = R"("dist": "hmm", "initial": [0.25, 0.75], "transition": [[0.75, 0.25], [0.125, 0.875]], )";
const std::string kSeen = R"("observed": [0.5, -1, 2, 2.5]})";
const std::string kLocation = R"("m": {"dist": "normal", "mu": 0, "sigma": 1}, )";
const std::string kEmissions =
    R"("emissions": [{"dist": "normal", "mu": "m", "sigma": 1}, {"dist": "normal", "mu": 2, "sigma": 0.5}], )";

double log_normal(double y, double mu, double sigma) {
  const double z = (y - mu) / sigma;
  return -0.5 * z * z - std::log(sigma) - 0.9189385332046727;
}

/// Of all paths through four steps and two states, states by bits, the probability together with the observations.
std::vector<double> paths(double m) {
  const std::vector<double> y{0.5, -1, 2, 2.5};
  const double initial[] = {0.25, 0.75}, transition[2][2] = {{0.75, 0.25}, {0.125, 0.875}};
  std::vector<double> all;
  for (unsigned path = 0; path < 16; ++path) {
    double p = 1;
    for (unsigned t = 0; t < 4; ++t) {
      const unsigned state = path >> t & 1U;
      p *= t == 0 ? initial[state] : transition[path >> (t - 1) & 1U][state];
      p *= std::exp(state == 0 ? log_normal(y[t], m, 1) : log_normal(y[t], 2, 0.5));
    }
    all.push_back(p);
  }
  return all;
}

TEST(HiddenMarkov, StatesAreThoseOfAllPaths) {
  Model model(kLocation + "\"y\": {" + kChain + kEmissions + kSeen +
              R"~(, "p": {"generated": "hmm_smoothed(y)"}, "z": {"generated": "hmm_viterbi(y)"})~");
  const testing::Values found = model.at({0.25}, OutputGroup::posterior);
  const std::vector<double> weights = paths(0.25);
  const double whole = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (unsigned t = 0; t < 4; ++t) {
    double first = 0;
    for (unsigned path = 0; path < 16; ++path) first += (path >> t & 1U) == 0 ? weights[path] : 0;
    EXPECT_NEAR(found.at("p")[2 * t], first / whole, 1e-14);
    EXPECT_NEAR(found.at("p")[2 * t + 1], 1 - first / whole, 1e-14);
  }
  const auto best = static_cast<unsigned>(std::max_element(weights.begin(), weights.end()) - weights.begin());
  for (unsigned t = 0; t < 4; ++t) EXPECT_EQ(found.at("z")[t], best >> t & 1U);
  Eigen::VectorXd gradient;
  EXPECT_NEAR(model.density.log_density(Eigen::VectorXd::Constant(1, 0.25), gradient),
              log_normal(0.25, 0, 1) + std::log(whole), 1e-13);
}

TEST(HiddenMarkov, IsTheFunctionOfItsLogDensities) {
  const std::string y = R"("v": {"expr": [0.5, -1, 2, 2.5], "save": false}, )";
  const std::string log_emissions =
      R"(stack([-0.5 * (v - m)**2, -2 * (v - 2)**2 + 0.6931471805599453], 1) - 0.9189385332046727)";
  Model model(kLocation + "\"y\": {" + kChain + kEmissions + kSeen),
      by_hand(kLocation + y +
              R"("likelihood": {"potential": "hmm_marginal([0.25, 0.75], [[0.75, 0.25], [0.125, 0.875]], )" +
              log_emissions + ")\"}");
  for (const double m : {-3.0, 0.25, 40.0}) {
    const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, m);
    Eigen::VectorXd of_model, of_function;
    const double value = model.density.log_density(at, of_model);
    EXPECT_NEAR(by_hand.density.log_density(at, of_function), value, 1e-13 * std::abs(value));
    EXPECT_NEAR(of_function[0], of_model[0], 1e-12 * std::abs(of_model[0]));
  }
}

/// Transitions of their own for each step and sequence, five states: every derivative against differences.
TEST(HiddenMarkov, GradientOfManyStates) {
  Model model(R"("a": {"dist": "dirichlet", "a": [1, 1, 1, 1, 1]},
    "q": {"dist": "dirichlet", "a": [1, 2, 1, 1, 1], "shape": [2, 3, 5, 5]},
    "m": {"dist": "normal", "mu": 0, "sigma": 2, "shape": [4, 5]},
    "y": {"dist": "hmm", "initial": "a", "transition": "q", "emissions": {"dist": "normal", "mu": "m", "sigma": 1},
          "observed": [[0.5, 3, -1, 2], [1, 2, 0, -4]]})");
  const auto size = static_cast<Eigen::Index>(model.density.dimension());
  Eigen::VectorXd position(size), gradient;
  for (Eigen::Index k = 0; k < size; ++k) position[k] = std::sin(1.7 * static_cast<double>(k));
  ASSERT_TRUE(std::isfinite(model.density.log_density(position, gradient)));
  for (Eigen::Index k = 0; k < size; ++k) {
    EXPECT_NEAR(gradient[k], testing::extrapolated_difference(model.density, position, k), 1e-8) << "derivative " << k;
  }
}

TEST(HiddenMarkov, RowsThatAreNoSharesMakeTheDensityZero) {
  const std::string rest = kEmissions + kSeen;
  for (const std::string chain :
       {R"("initial": "[t, 1 - t * t / t + (t > 1)]", "transition": [[0.5, 0.5], [0.5, 0.5]], )",
        R"("initial": [0.5, 0.5], "transition": "[[0.5, 0.5], [t, 1 - t + (t > 1)]]", )",
        R"("initial": [0.5, 0.5], "transition": "[[[0.5, 0.5], [t, 1 - t + (t > 1)]]]", )"}) {
    Model model(R"("t": {"dist": "flat"}, )" + kLocation + R"("y": {"dist": "hmm", )" + chain + rest, "{}",
                {OutputSelection::kAny, OutputSelection::kAny, OutputSelection::kAny});
    const auto log_density = [&](double t) {
      Eigen::VectorXd gradient;
      return model.density.log_density(Eigen::Vector2d(t, 0.25), gradient);
    };
    EXPECT_TRUE(std::isfinite(log_density(0.25))) << chain;
    EXPECT_TRUE(std::isfinite(model.at({0.25, 0}, OutputGroup::predictive).at("y")[2])) << chain;
    for (const double t : {-0.25, 1.25, std::nan("")}) {
      EXPECT_EQ(log_density(t), -HUGE_VAL) << chain << t;
      EXPECT_EQ(model.at({t, 0}, OutputGroup::log_likelihood).at("y")[0], -HUGE_VAL) << chain << t;
      EXPECT_TRUE(std::isnan(model.at({t, 0}, OutputGroup::predictive).at("y")[2])) << chain << t;
    }
  }
}

TEST(HiddenMarkov, EmissionsHaveDomainsToo) {
  Model model(R"("s": {"dist": "flat"}, "y": {"dist": "hmm", "initial": [1, 0], "transition": [[1, 0], [0, 1]],
      "emissions": {"dist": "normal", "mu": 0, "sigma": "[1, s]"}, "observed": [[1, 2], [3, 4]]})",
              "{}", {OutputSelection::kAny, OutputSelection::kAny, OutputSelection::kAny});
  Eigen::VectorXd gradient;
  const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, 2);
  EXPECT_TRUE(std::isfinite(model.density.log_density(at, gradient)));
  EXPECT_EQ(model.density.log_density(-at, gradient), -HUGE_VAL);
  EXPECT_EQ(model.at({-2}, OutputGroup::log_likelihood).at("y"), std::vector<double>(2, -HUGE_VAL));
}

/// States that last, and are told by what they emit: shares of states, and of pairs, in 20,000 sequences.
TEST(HiddenMarkov, Draws) {
  Model model(R"("u": {"dist": "flat"}, "y": {"generated": {"dist": "hmm", "initial": [0.25, 0.75],
      "transition": [[[0.75, 0.25], [0.125, 0.875]], [[0.5, 0.5], [1, 0]]],
      "emissions": {"dist": "normal", "mu": [-10, 10], "sigma": 1}, "shape": [20000, 3]}})");
  const std::vector<double> y = model.at({0}, OutputGroup::posterior).at("y");
  double first = 0, both = 0, last = 0;
  for (std::size_t i = 0; i < y.size(); i += 3) {
    first += y[i] < 0 ? 1 : 0;
    both += y[i] < 0 && y[i + 1] < 0 ? 1 : 0;
    last += y[i + 2] < 0 ? 1 : 0;
  }
  const auto expect_share = [](double count, double share) {
    const double error = std::sqrt(20000 * share * (1 - share));
    EXPECT_NEAR(count, 20000 * share, 4 * error);
    EXPECT_GT(std::abs(count - 20000 * (share + 0.03)), 4 * error) << "another share must not pass";
  };
  const double second = 0.25 * 0.75 + 0.75 * 0.125;
  expect_share(first, 0.25);
  expect_share(both, 0.25 * 0.75);
  expect_share(last, second * 0.5 + (1 - second));
}

}  // namespace
}  // namespace exmc::density
