// Linear state space models: their random numbers, and what they are other models of.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "differences.hpp"
#include "drawn_model.hpp"

namespace exmc::density {
namespace {

using testing::Model;

const std::string kLevel = R"("q": {"dist": "half_normal", "sigma": 1}, "r": {"dist": "half_normal", "sigma": 1}, )";

/// A random walk that is observed with noise.
TEST(StateSpace, LocalLevelIsAnMvNormal) {
  const std::string data = R"({"y": [[0.5], [1.5], [-0.25], [2]], "v": [0.5, 1.5, -0.25, 2]})";
  Model filter(kLevel + R"("y_": {"dist": "gaussian_state_space", "transition": [[1]], "transition_cov": "[[q]]",
      "observation": [[1]], "observation_cov": "[[r]]", "initial_mean": [0.5], "initial_cov": [[4]], "observed": "y"})",
               data);
  Model joint(kLevel + R"("y_": {"dist": "mv_normal", "mu": 0.5, "observed": "v", "cov":
      "4 + q * [[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 2, 2], [0, 1, 2, 3]] + r * [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]"})",
              data);
  for (const double q : {-1.5, 0.5}) {
    Eigen::VectorXd one, other;
    const Eigen::Vector2d at(q, -0.25);
    EXPECT_NEAR(filter.density.log_density(at, one), joint.density.log_density(at, other), 1e-12);
    EXPECT_NEAR((one - other).cwiseAbs().maxCoeff(), 0, 1e-11);
  }
}

/// An autoregression of order 2 as its companion form, whose noise is singular and whose outputs are exact.
TEST(StateSpace, OfExactOutputsIsAnAutoregression) {
  const std::string data = R"({"y": [[0.5], [1.5], [-0.25], [2], [1]], "v": [0.5, 1.5, -0.25, 2, 1]})";
  const std::string head =
      R"("rho": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]}, "s": {"dist": "half_normal", "sigma": 1}, )";
  Model filter(head + R"("y_": {"dist": "gaussian_state_space", "transition": "[rho, [1, 0]]",
      "transition_cov": "[[s**2, 0], [0, 0]]", "observation": [[1, 0]], "observation_cov": [[0]],
      "initial_mean": [0, 0], "initial_cov": [[0, 0], [0, 0]], "present": [[0], [1], [1], [1], [1]], "observed": "y"})",
               data);
  Eigen::VectorXd gradient;
  const Eigen::Vector3d at(0.4, -0.2, 0.1);
  const double sigma = std::exp(0.1), y[] = {0, 1.5, -0.25, 2, 1};
  double expected =
      0.1 - 0.5 * sigma * sigma + std::log(2.0) - 2 * 0.9189385332046727 - 0.5 * (0.16 + 0.04) - 0.9189385332046727;
  for (int t = 1; t < 5; ++t) {
    const double mean = 0.4 * y[t - 1] - 0.2 * (t > 1 ? y[t - 2] : 0), z = (y[t] - mean) / sigma;
    expected += -0.5 * z * z - std::log(sigma) - 0.9189385332046727;
  }
  EXPECT_NEAR(filter.density.log_density(at, gradient), expected, 1e-12);
  for (Eigen::Index k = 0; k < 3; ++k) {
    EXPECT_NEAR(gradient[k], testing::extrapolated_difference(filter.density, at, k), 1e-8);
  }
}

/// Sequences of their own, with matrices of their own.
TEST(StateSpace, BatchesAreSums) {
  const std::string rest =
      R"("transition_cov": [[0.5]], "observation": [[1], [0.5]], "observation_cov": [[1, 0.25], [0.25, 1]],
      "initial_mean": [0], "initial_cov": [[1]], )";
  const std::string head = R"("a": {"dist": "flat", "shape": [2]}, )";
  const auto one = [&](const std::string& name, const std::string& transition, const std::string& data) {
    return "\"" + name + R"(": {"dist": "gaussian_state_space", "transition": )" + transition + ", " + rest +
           R"("observed": )" + data + "}";
  };
  Model both(head + one("y", R"("a[:, None, None]")", "[[[1, 2], [0, 1]], [[3, -1], [0.5, 0]]]"));
  Model each(head + one("y", R"("[[a[0]]]")", "[[1, 2], [0, 1]]") + ", " +
             one("z", R"("[[a[1]]]")", "[[3, -1], [0.5, 0]]"));
  Eigen::VectorXd of_both, of_each;
  const Eigen::Vector2d at(0.5, -0.75);
  EXPECT_NEAR(both.density.log_density(at, of_both), each.density.log_density(at, of_each), 1e-13);
  EXPECT_NEAR((of_both - of_each).cwiseAbs().maxCoeff(), 0, 1e-13);
}

/// Variances of outputs and of a sum of them over 20,000 series, and a wrong one that must not pass.
TEST(StateSpace, Draws) {
  Model model(
      R"("u": {"dist": "flat"}, "y": {"generated": {"dist": "gaussian_state_space", "transition": [[0.5, 1], [0, 1]],
      "transition_cov": [[1, 0], [0, 0]], "observation": [[1, 0], [1, 2]], "observation_cov": [[0.5, 0], [0, 0]],
      "initial_mean": [3, -1], "initial_cov": [[2, 0.5], [0.5, 1]], "shape": [20000, 2, 2]}})");
  const std::vector<double> y = model.at({0}, OutputGroup::posterior).at("y");
  const auto expect_moments = [&](std::size_t element, double mean, double variance) {
    double sum = 0, squares = 0;
    for (std::size_t i = element; i < y.size(); i += 4) sum += y[i];
    for (std::size_t i = element; i < y.size(); i += 4) squares += (y[i] - mean) * (y[i] - mean);
    const double error = variance * std::sqrt(2.0 / 20000);
    EXPECT_NEAR(sum / 20000, mean, 4 * std::sqrt(variance / 20000)) << element;
    EXPECT_NEAR(squares / 20000, variance, 4 * error) << element;
    EXPECT_GT(std::abs(squares / 20000 - 1.1 * variance), 4 * error) << "another variance must not pass";
  };
  expect_moments(0, 3, 2.5);
  expect_moments(1, 1, 2 + 4 + 2);
  expect_moments(2, 0.5, 0.5 + 0.5 + 1 + 1 + 0.5);  // 0.25 * 2 + 2 * 0.5 * 0.5 + 1, noise, and that of the output
  expect_moments(3, -1.5, 3 + 4 * 1 + 4 * (0.25 + 1));
}

}  // namespace
}  // namespace exmc::density
