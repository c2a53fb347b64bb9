#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <stdexcept>

#include "coordinate_cases.hpp"
#include "differences.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

using testing::extrapolated_difference;
using testing::load_example;

/// Models of every kind of variable that is learned, with parents of every kind.
std::vector<Case> cases() {
  const std::string groups =
      R"("g": [0, 2, 1, 0, 2, 2, 1], "y": [1, 3, 2, 0, 1, 4, 2], "x": [0.5, -1, 2, 0, 1, 3, -2])";
  const std::string top = R"("m": {"dist": "normal", "mu": 1, "sigma": 3}, "t": {"dist": "half_normal", "sigma": 2},
      "s": {"dist": "exponential", "lam": 1},)";
  std::vector<Case> all;
  for (const std::string name : {"medium", "stress", "eight_schools", "funnel", "sv"})
    all.push_back({name, load_example(name)});
  all.push_back({"counts of groups by index",
                 model_of(groups, top + R"~("a": {"dist": "normal", "mu": "m", "sigma": "t", "shape": [3]},
      "o": {"dist": "poisson", "mu": "exp(0.2 * a[g])", "observed": "y"})~")});
  all.push_back({"three levels, unbalanced, two kinds of observations",
                 model_of(groups + R"(, "r": [0, 1, 0])", top + R"~("t2": {"dist": "half_cauchy", "beta": 1},
      "region": {"dist": "normal", "mu": "m", "sigma": "t", "shape": [2]},
      "a": {"dist": "normal", "mu": "region[r]", "tau": "t2", "shape": [3]},
      "o": {"dist": "normal", "mu": "a[g]", "sigma": "s", "observed": "y"},
      "c": {"dist": "poisson", "mu": "exp(0.1 * a)", "observed": [1, 0, 2]})~")});
  all.push_back({"a linear predictor as location, scales by group",
                 model_of(groups, top + R"~("b": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]},
      "ts": {"dist": "lognormal", "mu": "log(t)", "sigma": 0.5, "shape": [7]},
      "a": {"dist": "normal", "mu": "b[0] + b[1] * x", "sigma": "ts"},
      "o": {"dist": "normal", "mu": "a", "sigma": "s", "observed": "y"})~")});
  all.push_back({"written with standard normals", model_of(groups + R"(, "r": [0, 1, 0])", top + R"~(
      "z2": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]},
      "region": {"expr": "m + t * z2"},
      "z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3]},
      "a": {"expr": "0.5 * s * z + region[r] + 0.1"},
      "b": {"expr": "region[r] + z3 * s"}, "z3": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3]},
      "o": {"dist": "normal", "mu": "b[g]", "sigma": "s", "observed": "y"},
      "c": {"dist": "poisson", "mu": "exp(0.1 * a)", "observed": [1, 0, 2]})~")});
  all.push_back({"an autoregression with all its parameters unknown",
                 model_of("\"r\": [0.5, 1, 2, 1, 3, 2, 2.5, 4, 5]", top + R"~(
      "phi": {"dist": "uniform", "lower": -1, "upper": 1, "shape": [1]},
      "v": {"dist": "ar", "rho": "phi", "constant": "0.1 * m", "sigma": "t", "init_mu": "m", "init_sigma": "s",
            "shape": [9]},
      "o": {"dist": "poisson", "mu": "exp(0.2 * v)", "observed": [1, 0, 2, 1, 3, 2, 1, 4, 3]})~")});
  all.push_back({"walks with drift, one observed", model_of("\"r\": [0.5, 1, 2, 1, 3, 2, 2.5, 4, 5, 3, 2]", top + R"~(
      "w": {"dist": "gaussian_random_walk", "mu": [0.1, -0.2], "sigma": "[t, s]", "init_mu": "m", "init_sigma": 2,
            "shape": [2, 11]},
      "v": {"dist": "gaussian_random_walk", "mu": "0.1 * m", "sigma": "t", "init_sigma": "s", "shape": [11]},
      "o": {"dist": "normal", "mu": "v", "sigma": "s", "observed": "r"},
      "p": {"dist": "student_t", "nu": 3, "mu": "w[0] - w[1]", "sigma": 1, "observed": "r"})~")});
  all.push_back(
      {"observed sums of elements and a regression", model_of(groups + R"(, "r": [0.5, 1, 2, 1, 3, 2, 2.5])", top + R"~(
      "b": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]},
      "a": {"dist": "normal", "mu": "m", "sigma": "t", "shape": [3]},
      "line": {"expr": "b[0] + b[1] * x"}, "eta": {"expr": "line + a[g]"},
      "o": {"dist": "normal", "mu": "eta", "sigma": "s", "observed": "y"},
      "phi": {"dist": "uniform", "lower": -1, "upper": 1, "shape": [1]},
      "v": {"dist": "ar", "rho": "phi", "sigma": "t", "init_sigma": 1, "shape": [7]},
      "p": {"dist": "normal", "mu": "v - b[1] * x", "sigma": "s", "observed": "r"})~")});
  all.push_back({"walks that are scaled", model_of("\"r\": [0.5, 1, 2, 1, 3, 2, 2.5, 4, 5]", top + R"~(
      "phi": {"dist": "uniform", "lower": -1, "upper": 1},
      "w": {"dist": "ar", "rho": "[phi]", "constant": 0.1, "sigma": 1, "init_mu": 0.3, "init_sigma": "1 / sqrt(1 - phi**2)", "shape": [9]},
      "v": {"expr": "m + t * w"},
      "g": {"dist": "gaussian_random_walk", "mu": 0.2, "sigma": 1, "init_sigma": 2, "shape": [9]}, "f": {"expr": "s * g"},
      "o": {"dist": "poisson", "mu": "exp(0.2 * v)", "observed": [1, 0, 2, 1, 3, 2, 1, 4, 3]},
      "p": {"dist": "normal", "mu": "f", "sigma": "s", "observed": "r"})~")});
  all.push_back({"walks by their innovations", model_of("\"r\": [0.5, 1, 2, 1, 3, 2, 2.5, 4, 5]", top + R"~(
      "z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [9]}, "v": {"expr": "m + t * cumsum(z)"},
      "e": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [9]}, "f": {"expr": "cumsum(s * e)"},
      "o": {"dist": "poisson", "mu": "exp(0.2 * v)", "observed": [1, 0, 2, 1, 3, 2, 1, 4, 3]},
      "p": {"dist": "normal", "mu": "f", "sigma": "s", "observed": "r"})~")});
  all.push_back({"located where a recurrence goes", model_of(groups, top + R"~(
      "path": {"scan": {"carry": {"h": "m"}, "length": 3, "step": {"h": "m + 0.5 * tanh(h)"}}},
      "a": {"dist": "normal", "mu": "path", "sigma": "t", "shape": [3]},
      "smooth": {"scan": {"carry": {"v": 0}, "over": {"e": "a"}, "step": {"v": "0.5 * v + e"}}},
      "o": {"dist": "normal", "mu": "smooth[g]", "sigma": "s", "observed": "y"})~")});
  all.push_back({"means of hidden states, and of states that are filtered", model_of(groups, top + R"~(
      "a": {"dist": "normal", "mu": "m", "sigma": "t", "shape": [3]},
      "q": {"dist": "dirichlet", "a": [2, 1, 1], "shape": [3, 3]},
      "o": {"dist": "hmm", "initial": "q[0]", "transition": "q", "emissions": {"dist": "normal", "mu": "a", "sigma": "s"}, "observed": "x"},
      "p": {"dist": "gaussian_state_space", "transition": "q", "transition_cov": "diag(a**2)", "observation": [[1, 0, 2]],
            "observation_cov": "[[s]]", "initial_mean": "a", "initial_cov": "diag([t, s, 1])", "observed": "x[:, None]"})~")});
  for (const Case& c : vector_cases()) all.push_back(c);
  for (const std::string family :
       {R"("student_t", "nu": "1 + s", "mu": "m", "sigma": "t")", R"("cauchy", "alpha": "m", "beta": "t")",
        R"("laplace", "mu": "m", "b": "t")", R"("logistic", "mu": "m", "s": "t")",
        R"("gumbel", "mu": "m", "beta": "t")", R"("lognormal", "mu": "m", "sigma": "t")"}) {
    all.push_back({family, model_of(groups, top + R"("a": {"dist": )" + family + R"(, "shape": [3]},
      "o": {"dist": "normal", "mu": "0.3 * a[g]", "sigma": "s", "observed": "y"})")});
  }
  return all;
}

TEST(Coordinates, DensityIsThatOfTheModelTimesTheJacobian) {
  for (const Case& c : cases()) {
    ModelDensity density = learning(c.model), canonical(compile(c.model));
    ASSERT_TRUE(density.learns()) << c.name;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      scramble(density, seed);
      const Eigen::VectorXd position = random_position(density.dimension(), 10 + seed);
      Eigen::VectorXd model = position, gradient;
      density.to_model(model);
      const double expected = canonical.log_density(model, gradient) + density.log_jacobian(position);
      const double found = density.log_density(position, gradient);
      EXPECT_NEAR(found, expected, 1e-11 * (1 + std::abs(expected))) << c.name;
      Eigen::VectorXd back = model;
      density.from_model(back);
      EXPECT_LT((back - position).cwiseAbs().maxCoeff(), 1e-10 * (1 + position.norm())) << c.name;
    }
  }
}

TEST(Coordinates, GradientIsThatOfTheDensity) {
  for (const Case& c : cases()) {
    ModelDensity density = learning(c.model);
    scramble(density, 3);
    const Eigen::VectorXd position = random_position(density.dimension(), 4, 1.0);
    Eigen::VectorXd gradient;
    (void)density.log_density(position, gradient);
    for (Eigen::Index i = 0; i < position.size(); ++i) {
      const double expected = extrapolated_difference(density, position, i, 0.01);
      EXPECT_NEAR(gradient[i], expected, 1e-6 * (1 + std::abs(expected))) << c.name << ", element " << i;
    }
  }
}

/// The log-Jacobian against the determinant of the map, by differences.
TEST(Coordinates, LogJacobianIsThatOfTheMap) {
  for (const Case& c : cases()) {
    ModelDensity density = learning(c.model);
    scramble(density, 5);
    const Eigen::VectorXd position = random_position(density.dimension(), 6, 1.0);
    const Eigen::Index d = position.size();
    Eigen::MatrixXd jacobian(d, d);
    constexpr double h = 1e-5;
    for (Eigen::Index i = 0; i < d; ++i) {
      Eigen::VectorXd up = position, down = position;
      up[i] += h;
      down[i] -= h;
      density.to_model(up);
      density.to_model(down);
      jacobian.col(i) = (up - down) / (2 * h);
    }
    EXPECT_NEAR(density.log_jacobian(position), std::log(std::abs(jacobian.determinant())), 1e-6) << c.name;
  }
}

TEST(Coordinates, SavedValuesAreThoseOfTheModel) {
  for (const Case& c : cases()) {
    ModelDensity density = learning(c.model), canonical(compile(c.model));
    scramble(density, 7);
    Eigen::VectorXd position = random_position(density.dimension(), 8);
    std::vector<double> row(density.saved_size()), expected(row.size());
    density.write_saved(position, row);
    density.to_model(position);
    canonical.write_saved(position, expected);
    for (std::size_t i = 0; i < row.size(); ++i) {
      EXPECT_NEAR(row[i], expected[i], 1e-12 * (1 + std::abs(expected[i]))) << c.name;
    }
  }
}

/// Chains in transit come by scales of e^-36 and e^20: what is sampled must not cancel there.
TEST(Coordinates, HoldAtExtremeScales) {
  ModelDensity density = learning(load_example("eight_schools"));
  scramble(density, 9);
  for (const double log_scale : {-300.0, -36.0, -20.0, 20.0, 36.0}) {
    Eigen::VectorXd model = random_position(density.dimension(), 11, 0.5), gradient;
    model[1] = log_scale;
    density.from_model(model);
    for (Eigen::Index i = 2; i < model.size(); ++i) model[i] = 0.1 * static_cast<double>(i);
    Eigen::VectorXd moved = model, unused;
    const double at = density.log_density(model, gradient);
    ASSERT_TRUE(std::isfinite(at) && gradient.allFinite()) << log_scale;
    if (log_scale > 0) continue;  // where what lies outside the element is e^40, differences say nothing
    constexpr double h = 1e-4;    // along a sampled element: exact but for what the likelihood says, tiny or quadratic
    moved[4] += h;
    const double up = density.log_density(moved, unused);
    moved[4] -= 2 * h;
    const double down = density.log_density(moved, unused);
    EXPECT_NEAR((up - down) / (2 * h), gradient[4], 1e-5 * (1 + std::abs(gradient[4]))) << log_scale;
  }
}

TEST(Coordinates, AreNotThereWhereNothingDependsOnParameters) {
  for (const std::string name : {"simple", "logistic"}) EXPECT_FALSE(learning(load_example(name)).learns()) << name;
  EXPECT_FALSE(ModelDensity(compile(load_example("eight_schools"))).learns());
  ModelDensity as_written = learning(model_of("", R"("t": {"dist": "half_normal", "sigma": 1},
      "a": {"dist": "normal", "mu": 0, "sigma": "t", "shape": [3], "coordinates": "model"})"));
  EXPECT_FALSE(as_written.learns());
}

TEST(Coordinates, OfAnotherModelAreRefused) {
  ModelDensity density = learning(load_example("eight_schools"));
  const std::string bytes = density.coordinates();
  EXPECT_NO_THROW(density.set_coordinates(bytes));
  EXPECT_THROW(density.set_coordinates(bytes.substr(0, bytes.size() - 8)), std::logic_error);
  EXPECT_THROW(density.set_coordinates(learning(load_example("funnel")).coordinates()), std::logic_error);
  scramble(density, 1);
  EXPECT_EQ(ModelDensity(density).coordinates(), density.coordinates());
  EXPECT_EQ(density.coordinates().size(), bytes.size());
}

/// Draws of a normal likelihood that is not written as one: its precision and centre are found.
TEST(Coordinates, LearnTheMessageOfAGaussianLikelihood) {
  const std::string nodes = R"~("m": {"dist": "normal", "mu": 0, "sigma": 3}, "t": {"dist": "half_normal", "sigma": 2},
      "a": {"dist": "normal", "mu": "m", "sigma": "t", "shape": [2]},
      "p": {"potential": "-0.5 * square((a - [1, -2]) / [0.5, 2])"})~";
  ModelDensity density = learning(model_of("", nodes));
  std::vector<Eigen::VectorXd> window;
  for (std::uint64_t i = 0; i < 60; ++i) window.push_back(random_position(density.dimension(), 100 + i));
  std::vector<Eigen::VectorXd> before = window;
  for (Eigen::VectorXd& position : before) density.to_model(position);
  density.learn(window);
  expect_learned(density, {4.0, 0.25, 4.0, -0.5}, 1e-9);
  for (std::size_t i = 0; i < window.size(); ++i) {  // the same points in the new coordinates
    density.to_model(window[i]);
    EXPECT_LT((window[i] - before[i]).cwiseAbs().maxCoeff(), 1e-10);
  }
}

/// Written with a standard normal or without, the same is sampled.
TEST(Coordinates, AreTheSameHoweverItIsWritten) {
  const std::string top = R"("m": {"dist": "normal", "mu": 0, "sigma": 3}, "t": {"dist": "half_normal", "sigma": 2},)";
  const std::string seen = R"(, "o": {"dist": "normal", "mu": "a", "sigma": [1, 2, 3], "observed": [4, 0, -1]})";
  ModelDensity centred =
      learning(model_of("", top + R"("a": {"dist": "normal", "mu": "m", "sigma": "t", "shape": [3]})" + seen));
  ModelDensity standard = learning(model_of("", top + R"("z": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3]},
      "a": {"expr": "m + t * z"})" + seen));
  ASSERT_TRUE(standard.learns());
  const Eigen::VectorXd position = random_position(5, 1);
  Eigen::VectorXd a, b;
  EXPECT_NEAR(centred.log_density(position, a), standard.log_density(position, b), 1e-12);
  EXPECT_LT((a - b).cwiseAbs().maxCoeff(), 1e-12);
}

/// What normal observations say is known, so that there is nothing to learn, and it moves with their scale.
TEST(Coordinates, AskObservationsThatAreNormal) {
  for (const std::string name : {"medium", "stress", "eight_schools"}) {
    ModelDensity density = learning(load_example(name));
    for (const CoordinateDescription& description : density.describe_coordinates()) {
      EXPECT_EQ(description.how.find("learned"), std::string::npos) << name << ' ' << description.name;
    }
  }
}

}  // namespace
}  // namespace exmc::density
