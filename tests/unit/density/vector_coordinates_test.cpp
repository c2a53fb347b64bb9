#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "coordinate_cases.hpp"

namespace exmc::density {
namespace {

const std::string kTop = R"~("m": {"dist": "normal", "mu": 1, "sigma": 3}, "t": {"dist": "half_normal", "sigma": 2},
    "s": {"dist": "exponential", "lam": 1},)~";

std::vector<Case> processes() {
  std::vector<Case> all;
  const std::string apart = R"~("apart": [[0, 1, 4], [1, 0, 1], [4, 1, 0]],
      "jitter": [[0.1, 0, 0], [0, 0.1, 0], [0, 0, 0.1]])~";
  const std::string cov = R"~("cov": {"expr": "t**2 * exp(-0.5 * apart / s**2) + jitter"},
      "L": {"expr": "cholesky(cov)"},)~";
  const std::string seen = R"~(, "o": {"dist": "poisson", "mu": "exp(0.2 * f)", "observed": [1, 0, 2]})~";
  for (const std::string matrix : {R"~("chol": "L")~", R"~("cov": "cov")~", R"~("tau": "cov")~"}) {
    const std::string f = R"~("f": {"dist": "mv_normal", "mu": "m", )~" + matrix + R"~(, "shape": [3]})~";
    all.push_back({"a process by its " + matrix, model_of(apart, kTop + cov + f + seen)});
  }
  all.push_back({"a process with normal observations, two of them of one element",
                 model_of(apart + R"~(, "g": [0, 2, 2], "y": [1, 2, 1.5])~", kTop + cov + R"~(
      "f": {"dist": "mv_normal", "mu": "m * [1, 2, 3]", "chol": "L", "shape": [3]},
      "o": {"dist": "normal", "mu": "f[g]", "sigma": "s", "observed": "y"})~")});
  const std::string z = R"~("z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3]}, "f": {"expr": ")~";
  for (const std::string f : {"L @ z", "0.1 * m + (L @ (0.5 * z)) * s", "[1, 2, 0.5] * (L @ ([1, 3, 2] * z)) - m",
                              "z @ L / s", "L @ (L @ z + t)"}) {
    all.push_back({f, model_of(apart, kTop + cov + z + f + R"~("})~" + seen)});
  }
  for (const std::string f : {"cholesky(add_diag(gp_matern52_cov(x, t, s), 0.1)) @ z",
                              "hsgp_basis(x, 3, 4) @ (hsgp_sqrt_spd_exp_quad(t, s, 3, 4) * z)"}) {
    all.push_back({f, model_of(R"~("x": [-1, 0, 1.5])~", kTop + z + f + R"~("})~" + seen)});
  }
  all.push_back({"a sum with other things, of elements seen twice, once and never",
                 model_of(apart + R"~(, "g": [0, 2, 0])~", kTop + cov + z + R"~(L @ z"},
      "rate": {"expr": "exp(0.1 * m * [1, 2, 3] + f[g] - s)"},
      "o": {"dist": "poisson", "mu": "rate", "observed": [1, 0, 2]})~")});
  all.push_back({"fewer than there are observations", model_of(R"~("X": [[1, 0.5], [0.3, 2], [1, 1]])~", kTop + R"~(
      "z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]}, "f": {"expr": "m + X @ ([s, 2 * s] * z)"},
      "o": {"dist": "normal", "mu": "f", "sigma": [1, 2, 0.5], "observed": [2, 1, 3]},
      "c": {"dist": "poisson", "mu": "exp(0.2 * f)", "observed": [1, 0, 2]})~")});
  return all;
}

/// Products that have no name in the model.
std::vector<Case> bases() {
  std::vector<Case> all;
  const std::string data = R"~("X": [[1, 0.5], [0.3, 2], [1, 1]], "W": [[1, 0.2, 0.1], [0, 1, 0.5], [0.3, 0, 1]])~";
  const std::string z = R"~("z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]},)~";
  const std::string w = R"~("w": {"expr": "[s, 2 * s] * z"},)~";
  const auto seen = [](const std::string& mu, const std::string& sigma) {
    return R"~("o": {"dist": "normal", "mu": ")~" + mu + R"~(", "sigma": ")~" + sigma +
           R"~(", "observed": [2, 1, 3]})~";
  };
  all.push_back({"in the mean, scaled there", model_of(data, kTop + z + seen("m + X @ ([s, 2 * s] * z)", "s"))});
  all.push_back({"in the mean, scaled in a node that is saved", model_of(data, kTop + z + w + seen("m + X @ w", "s"))});
  all.push_back({"in the scale", model_of(data, kTop + z + w + seen("m", "exp(0.2 * (X @ w))"))});
  all.push_back({"in a function in a node", model_of(data, kTop + z + w + R"~(
      "rate": {"expr": "exp(0.1 * m + 0.2 * (X @ w))"}, "o": {"dist": "poisson", "mu": "rate", "observed": [1, 0, 2]})~")});
  all.push_back({"in a potential, by two matrices and two nodes", model_of(data, kTop + z + w + R"~(
      "v": {"expr": "X @ w / 2"}, "p": {"potential": "-0.5 * sum((m + W @ v)**2)"})~")});
  return all;
}

std::vector<Case> effects() {
  std::vector<Case> all;
  const std::string top = kTop + R"~("r": {"dist": "lkj_corr_cholesky", "n": 2, "eta": 2}, )~";
  const std::string chol = "[t, s][:, None] * r";
  const std::string counts = R"~(, "o": {"dist": "poisson", "mu": "exp(0.2 * u[:, 0] + 0.1 * u[:, 1])",
      "observed": [1, 0, 2, 1]})~";
  all.push_back({"correlated effects", model_of("", top + R"~("u": {"dist": "mv_normal", "mu": "[m, 0.5]",
      "chol": ")~" + chol + R"~(", "shape": [4, 2]})~" + counts)});
  const std::string z = R"~("z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [4, 2]}, "u": {"expr": ")~";
  for (const std::string& u :
       {"z @ transpose(" + chol + ")", std::string("m + (z * [s, 2]) @ transpose(r)"),
        std::string("(z @ transpose(r)) * [t, s]"), std::string("([1, 2, 3, 4][:, None] * z) @ r")}) {
    all.push_back({u, model_of("", top + z + u + R"~("})~" + counts)});
  }
  all.push_back({"effects by column", model_of("", top + R"~(
      "z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2, 4]},
      "u": {"expr": "[m, 1][:, None] + (r * 2) @ ([t, s][:, None] * z)"},
      "o": {"dist": "poisson", "mu": "exp(0.2 * u[0] + 0.1 * u[1])", "observed": [1, 0, 2, 1]})~")});
  return all;
}

}  // namespace

std::vector<Case> vector_cases() {
  std::vector<Case> all = processes();
  for (const Case& c : bases()) all.push_back(c);
  for (const Case& c : effects()) all.push_back(c);
  return all;
}

namespace {

TEST(VectorCoordinates, AreLearnedInEveryCase) {
  for (const Case& c : vector_cases()) {
    const std::vector<CoordinateDescription> all = learning(c.model).describe_coordinates();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const CoordinateDescription& d) {
      return (d.name == "z" || d.name == "f" || d.name == "u") && d.how.find("vector") != std::string::npos;
    })) << c.name;
  }
}

TEST(VectorCoordinates, AreTheSameHoweverTheyAreWritten) {
  const std::string top = R"~("m": {"dist": "normal", "mu": 0, "sigma": 3}, "t": {"dist": "half_normal", "sigma": 2},
      "L": {"expr": "[[t, 0], [0.5 * t, 1]]", "save": false},)~";
  const std::string seen = R"~(, "o": {"dist": "normal", "mu": "a", "sigma": [1, 3], "observed": [4, -1]})~";
  const std::string z = R"~("z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]}, "a": {"expr": ")~";
  const auto vector = [](const std::string& matrix) {
    return R"~("a": {"dist": "mv_normal", "mu": "m", )~" + matrix + R"~(, "shape": [2]})~";
  };
  ModelDensity first = learning(model_of("", top + vector(R"~("chol": "L")~") + seen));
  const Eigen::VectorXd position = random_position(4, 1);
  Eigen::VectorXd expected, found;
  const double log_density = first.log_density(position, expected);
  for (const std::string& way :
       {vector(R"~("cov": "L @ transpose(L)")~"), z + R"~(m + L @ z"})~", z + R"~(m + z @ transpose(L)"})~",
        z + R"~(m + (t * [[1, 0], [0.5, 1 / t]]) @ z"})~"}) {
    ModelDensity density = learning(model_of("", top + way + seen));
    ASSERT_TRUE(density.learns()) << way;
    EXPECT_NEAR(density.log_density(position, found), log_density, 1e-12) << way;
    EXPECT_LT((found - expected).cwiseAbs().maxCoeff(), 1e-12) << way;
  }
}

/// A process that is observed with normal noise is sampled given the observations: eta is standard normal and says
/// nothing of the scale.
TEST(VectorCoordinates, OfAnObservedProcessAreIndependent) {
  ModelDensity density = learning(model_of(R"~("apart": [[0, 1, 4], [1, 0, 1], [4, 1, 0]])~", R"~(
      "t": {"dist": "half_normal", "sigma": 2},
      "f": {"dist": "mv_normal", "mu": 0.5, "cov": "t**2 * exp(-0.5 * apart)", "shape": [3]},
      "o": {"dist": "normal", "mu": "f", "sigma": 0.7, "observed": [2, 1, 0.5]})~"));
  ASSERT_TRUE(density.learns());
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Eigen::VectorXd position = random_position(4, seed), gradient, moved;
    (void)density.log_density(position, gradient);
    EXPECT_LT((gradient.tail(3) + position.tail(3)).cwiseAbs().maxCoeff(), 1e-12);
    position.tail(3) *= -2;
    (void)density.log_density(position, moved);
    EXPECT_NEAR(moved[0], gradient[0], 1e-11);
  }
}

/// A likelihood that is normal in a sum, but not written as that: its precision is found whatever else is in the sum.
TEST(VectorCoordinates, LearnTheMessageOfASum) {
  ModelDensity density = learning(model_of(R"~("L": [[1, 0], [0.9, 0.4]])~", R"~(
      "m": {"dist": "normal", "mu": 0, "sigma": 2}, "t": {"dist": "half_normal", "sigma": 2},
      "f": {"dist": "mv_normal", "mu": 0, "chol": "t * L", "shape": [2]},
      "o": {"dist": "skew_normal", "mu": "m + f", "sigma": [0.5, 2], "alpha": 0, "observed": [1, -2]})~"));
  std::vector<Eigen::VectorXd> window;
  for (std::uint64_t i = 0; i < 20; ++i) window.push_back(random_position(4, 100 + i));
  density.learn(window);
  expect_learned(density, {4.0, 0.25, 4.0, -0.5}, 1e-6);
}

/// What is used twice stays what it is: of z or w in another place nothing would be known from within the product.
TEST(VectorCoordinates, AreNotOfWhatIsUsedTwice) {
  const auto of = [](const std::string& more) {
    return model_of(R"~("X": [[1, 0.5], [0.3, 2]])~", kTop + R"~(
      "z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]}, "w": {"expr": "[s, 2 * s] * z"},
      "o": {"dist": "normal", "mu": "m + X @ w", "sigma": 1, "observed": [2, 1]})~" +
                                                          more);
  };
  const auto is_vector = [](const ir::Model& model) {
    const std::vector<CoordinateDescription> all = learning(model).describe_coordinates();
    return std::ranges::any_of(all, [](const auto& d) { return d.how.find("vector") != std::string::npos; });
  };
  EXPECT_TRUE(is_vector(of("")));
  EXPECT_TRUE(is_vector(of(R"~(, "twice": {"expr": "2 * w[0]"}, "later": {"generated": "w[0] + z[0]"})~")));
  EXPECT_FALSE(is_vector(of(R"~(, "p": {"potential": "-w[0]**2"})~")));
  EXPECT_FALSE(is_vector(of(R"~(, "q": {"dist": "normal", "mu": "z", "sigma": 1, "observed": [0, 1]})~")));
}

/// Scales of their own are followed element by element.
TEST(VectorCoordinates, AreNotOfElementsWithScalesOfTheirOwn) {
  const ModelDensity density = learning(model_of(R"~("X": [[1, 0.5], [0.3, 2]])~", R"~(
      "l": {"dist": "half_cauchy", "beta": 1, "shape": [2]}, "z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]},
      "w": {"expr": "l * z"}, "o": {"dist": "normal", "mu": "X @ w", "sigma": 1, "observed": [2, 1]})~"));
  ASSERT_TRUE(density.learns());
  for (const CoordinateDescription& d : density.describe_coordinates()) {
    EXPECT_EQ(d.how.find("vector"), std::string::npos) << d.name;
  }
}

TEST(VectorCoordinates, AreNotThereWhereTheirCubeCostsTooMuch) {
  const auto of_length = [](std::size_t n) {
    std::string ones = "1";
    for (std::size_t i = 1; i < n; ++i) ones += ", 1";
    return model_of("\"one\": [" + ones + "]", R"~("t": {"dist": "half_normal", "sigma": 2},
      "f": {"dist": "mv_normal", "mu": 0, "cov": "diag(t * one)"})~");
  };
  EXPECT_TRUE(learning(of_length(200)).learns());
  EXPECT_FALSE(learning(of_length(201)).learns());
}

}  // namespace
}  // namespace exmc::density
