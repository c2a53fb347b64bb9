// Truncated, censored and mixed distributions.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "differences.hpp"
#include "exact_table.hpp"
#include "exmc/core/error.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

ModelDensity density_of(const std::string& nodes) {
  return ModelDensity(compile(testing::parse_model("{\"exmc_ir\": 1, \"name\": \"m\", \"nodes\": {" + nodes + "}}")));
}

class ExactModel : public ::testing::TestWithParam<std::string> {};

TEST_P(ExactModel, LogDensityAndGradient) {
  std::ifstream file(std::string(EXMC_SOURCE_DIR) + "/tests/data/exact_model/" + GetParam() + ".json");
  const auto nodes = nlohmann::ordered_json::parse(file);
  const auto cases = testing::read_exact_table(GetParam(), "exact_model");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string text = nodes.at("cases")[i].at("nodes").dump();
    ModelDensity density = density_of(text.substr(1, text.size() - 2));
    for (const testing::ExactPoint& point : cases[i].points) {
      std::vector<double> at = point.x.values;
      for (const Array& parameter : point.parameters) {
        at.insert(at.end(), parameter.values.begin(), parameter.values.end());
      }
      const auto size = static_cast<Eigen::Index>(at.size());
      ASSERT_EQ(density.dimension(), at.size());
      Eigen::VectorXd gradient;
      const Eigen::VectorXd position = Eigen::VectorXd::Map(at.data(), size);
      EXPECT_NEAR(density.log_density(position, gradient), point.log_density, point.error[0])
          << text << " at " << position.transpose();
      for (Eigen::Index k = 0; k < size; ++k) {
        const auto index = static_cast<std::size_t>(k);
        EXPECT_NEAR(gradient[k], point.gradient[index], point.error[index + 1])
            << "derivative " << k << " of " << text << " at " << position.transpose();
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Combined, ExactModel,
                         ::testing::Values("truncated", "censored", "mixture", "hmm", "value", "function"),
                         [](const auto& name) { return name.param; });

/// Both models have the same log density and gradient, up to rounding.
void expect_same(const std::string& one, const std::string& other, const Eigen::VectorXd& at) {
  ModelDensity a = density_of(one), b = density_of(other);
  Eigen::VectorXd of_a, of_b;
  const double value = b.log_density(at, of_b);
  ASSERT_TRUE(std::isfinite(value));
  EXPECT_NEAR(a.log_density(at, of_a), value, 1e-13 * std::max(1.0, std::abs(value)));
  EXPECT_NEAR((of_a - of_b).cwiseAbs().maxCoeff(), 0, 1e-12 * std::max(1.0, of_b.cwiseAbs().maxCoeff()));
}

const std::string kPrior = R"("m": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [2]}, )";
const std::string kData = R"("shape": [3, 2], "observed": [[0.5, 1], [2.25, 3], [4, 0.1]]}, )";
const std::string kFree = R"("free": {"dist": "half_normal", "sigma": "exp(m) "
})";

TEST(Mixture, OfOneComponentIsThatComponent) {
  const std::string gamma = R"("dist": "gamma", "alpha": "exp(m) ", "beta": 2)";
  expect_same(kPrior + R"("y": {"dist": "mixture", "w": [1], "components": [{)" + gamma + "}], " + kData + kFree,
              kPrior + "\"y\": {" + gamma + ", " + kData + kFree, Eigen::Vector4d(0.3, -1, 0.2, 2));
}

TEST(Mixture, WithZerosIsZeroInflated) {
  const std::string counts = R"("shape": [4], "observed": [0, 3, 0, 7]})";
  const std::string prior = R"("psi": {"dist": "uniform", "lower": 0, "upper": 1},
                               "w": {"expr": "psi * onehot + (1 - psi) * other"}, )";
  const std::string constants = R"("onehot": {"expr": [0, 1]}, "other": {"expr": [1, 0]}, )";
  expect_same(constants + prior +
                  R"("y": {"dist": "mixture", "w": "w", "components": [
                     {"dist": "discrete_uniform", "lower": 0, "upper": 0}, {"dist": "poisson", "mu": 2.5}], )" +
                  counts,
              constants + prior + R"("y": {"dist": "zero_inflated_poisson", "psi": "psi", "mu": 2.5, )" + counts,
              Eigen::VectorXd::Constant(1, 0.4));
}

TEST(Mixture, OfOneDescriptionIsThatOfItsComponents) {
  const std::string start = kPrior + R"("y": {"dist": "mixture", "w": [0.25, 0.75], "components": )";
  expect_same(start + R"({"dist": "normal", "mu": "m", "sigma": [1, 3], "lower": -1}, )" + kData + kFree,
              start + R"([{"dist": "normal", "mu": "m[0]", "sigma": 1, "lower": -1},
                          {"dist": "normal", "mu": "m[1]", "sigma": 3, "lower": -1}], )" +
                  kData + kFree,
              Eigen::Vector4d(0.3, -1, 0.2, 2));
}

TEST(Mixture, MayBeWithinAnother) {
  const std::string start = kPrior + R"("y": {"dist": "mixture", "w": )";
  const std::string a = R"({"dist": "normal", "mu": "m[0]", "sigma": 1})",
                    b = R"({"dist": "laplace", "mu": 2, "b": 3})",
                    c = R"({"dist": "cauchy", "alpha": "m[1]", "beta": 1})";
  expect_same(start + R"([0.5, 0.5], "components": [{"dist": "mixture", "w": [0.5, 0.5], "components": [)" + a + "," +
                  b + "]}, " + c + "], " + kData + kFree,
              start + R"([0.25, 0.25, 0.5], "components": [)" + a + "," + b + "," + c + "], " + kData + kFree,
              Eigen::Vector4d(0.3, -1, 0.2, 2));
}

TEST(Mixture, WithinManyOthersTakesNoTime) {
  std::string mixture = R"({"dist": "normal", "mu": 0, "sigma": 1})";
  for (int level = 0; level < 25; ++level) {
    mixture = R"({"dist": "mixture", "w": [0.5, 0.5], "components": [)" + mixture +
              R"(, {"dist": "normal", "mu": 0, "sigma": 1}]})";
  }
  mixture.pop_back();
  expect_same(kPrior + "\"y\": " + mixture + R"(, "observed": 0.5})",
              kPrior + R"("y": {"dist": "normal", "mu": 0, "sigma": 1, "observed": 0.5})", Eigen::Vector2d(0.5, 1));
}

TEST(Mixture, OfRandomWalks) {
  const std::string walk = R"("dist": "gaussian_random_walk", "init_sigma": 2, "sigma": )";
  const std::string data = R"("shape": [3], "observed": [1, 2, 0.5]}, )";
  expect_same(kPrior + R"("y": {"dist": "mixture", "w": [0.5, 0.5], "components": [{)" + walk + R"("exp(m[0]) "
}, {)" + walk + R"("exp(m[0]) "}], )" +
                  data + kFree,
              kPrior + "\"y\": {" + walk + R"("exp(m[0]) ", )" + data + kFree, Eigen::Vector4d(0.3, -1, 0.2, 2));
}

/// Of two normal distributions with a free weight, written as a potential.
TEST(Mixture, IsWhatOneWritesByHand) {
  const std::string data = "[-1.5, 0.25, 2, 2.25, 30]";
  const std::string prior = R"("theta": {"dist": "beta", "alpha": 5, "beta": 5}, )" + kPrior;
  expect_same(prior + R"("y": {"dist": "mixture", "w": "[theta, 1 - theta]", "shape": [5], "observed": )" + data +
                  R"(, "components": {"dist": "normal", "mu": "m", "sigma": [1, 3]}})",
              prior + R"("y": {"expr": )" + data + R"(}, "a": {"expr": "-(y - m[0])**2 / 2"},
                  "b": {"expr": "-((y - m[1]) / 3)**2 / 2 - log(3) "},
                  "lik": {"potential": "logsumexp([log(theta) + a, log1p(-theta) + b], 0) - 0.9189385332046727"})",
              Eigen::Vector3d(0.4, -1.25, 2));
}

TEST(Truncation, FarOutChangesNothing) {
  const std::string normal = R"("y": {"dist": "normal", "mu": "m", "sigma": 2, )";
  expect_same(kPrior + normal + R"("lower": -1e6, "upper": 1e7, )" + kData + kFree, kPrior + normal + kData + kFree,
              Eigen::Vector4d(0.3, -1, 0.2, 2));
}

/// The log-Jacobian of the transform to bounds is that of flat variables, which have no density of their own.
TEST(Truncation, OfFreeVariablesIsThatOfData) {
  const auto model = [](const std::string& dist, double x) {
    return kPrior + R"("y": {)" + dist + R"(, "lower": "-exp(m[0]) ", "upper": 3, "observed": )" + std::to_string(x) +
           R"(}, "x": {"dist": "flat", "lower": "-exp(m[0]) ", "upper": 3})";
  };
  const std::string dist = R"("dist": "student_t", "nu": 4, "mu": "m[1]", "sigma": 2)";
  const Eigen::Vector3d at(0.3, -1, 0.4);
  ModelDensity free = density_of(kPrior + R"("x": {)" + dist + R"(, "lower": "-exp(m[0]) ", "upper": 3
  })");
  std::vector<double> row(free.saved_size());
  free.write_saved(at, row);
  ModelDensity observed = density_of(model(dist, row.back()));
  Eigen::VectorXd gradient;
  EXPECT_NEAR(free.log_density(at, gradient), observed.log_density(at, gradient), 1e-5);
  EXPECT_EQ(free.parameters().back().support, "interval");
}

TEST(Truncation, NarrowsTheSupport) {
  const auto support = [](const std::string& bounds) {
    return density_of(R"("x": {"dist": "gamma", "alpha": 2, "beta": 1, )" + bounds + "}").parameters()[0].support;
  };
  EXPECT_EQ(support(R"("upper": 3)"), "interval");
  EXPECT_EQ(support(R"("lower": 3)"), "lower");
  ModelDensity density = density_of(R"("x": {"dist": "beta", "alpha": 2, "beta": 1, "lower": 0.25})");
  double x = 0;
  for (const double u : {-30.0, 0.0, 30.0}) {
    density.write_saved(Eigen::VectorXd::Constant(1, u), std::span(&x, 1));
    EXPECT_GE(x, 0.25);
    EXPECT_LE(x, 1);
  }
}

TEST(Truncation, ByAParameterExcludesDataBeyondIt) {
  ModelDensity density = density_of(R"("b": {"dist": "flat"},
      "y": {"dist": "normal", "mu": 0, "sigma": 1, "lower": "b", "observed": 0.5})");
  Eigen::VectorXd gradient;
  EXPECT_TRUE(std::isfinite(density.log_density(Eigen::VectorXd::Constant(1, 0.25), gradient)));
  EXPECT_EQ(density.log_density(Eigen::VectorXd::Constant(1, 0.75), gradient), -INFINITY);
}

/// Free variables, all kinds of operands and shapes: gradients against differences.
TEST(Combined, GradientsAreDifferences) {
  ModelDensity density = density_of(kPrior + R"(
      "t": {"dist": "normal", "mu": "m", "sigma": 1, "lower": "m - 2", "upper": [3, 4], "shape": [3, 2]},
      "g": {"dist": "gamma", "alpha": 2, "beta": "exp(m) ", "lower": 0.5},
      "x": {"dist": "mixture", "w": [0.25, 0.5, 0.25], "components": [
             {"dist": "normal", "mu": "m", "sigma": 1}, {"dist": "cauchy", "alpha": 0, "beta": "exp(m[0]) "},
             {"dist": "logistic", "mu": "t", "s": 2}], "shape": [3, 2]},
      "c": {"dist": "censored", "base": {"dist": "weibull", "alpha": "exp(m) ", "beta": 2}, "lower": 0.1, "upper": 4, )" +
                                    kData + kFree);
  const auto size = static_cast<Eigen::Index>(density.dimension());
  const Eigen::VectorXd at = Eigen::VectorXd::LinSpaced(size, -1, 1.25);
  Eigen::VectorXd gradient;
  ASSERT_TRUE(std::isfinite(density.log_density(at, gradient)));
  for (Eigen::Index i = 0; i < size; ++i) {
    const double difference = testing::extrapolated_difference(density, at, i);
    EXPECT_NEAR(gradient[i], difference, 1e-6 * std::max(1.0, std::abs(difference))) << i;
  }
}

TEST(ShapeOfData, IsThatOfAVariableWhoseParametersAreNumbers) {
  const std::string m = R"("m": {"dist": "normal", "mu": 0, "sigma": 1}, )",
                    v = R"("dist": "mv_normal", "mu": "[m, m]", "cov": [[2, 1], [1, 2]])";
  const std::string mixed =
      R"("dist": "mixture", "w": [0.5, 0.5], "components": [{"dist": "normal", "mu": "m", "sigma": 1}, {"dist": "normal", "mu": 0, "sigma": 2}])";
  const std::string cut = R"("dist": "censored", "base": {"dist": "normal", "mu": "m", "sigma": 1}, "upper": 2)";
  const auto node = [&](const std::string& law, const std::string& rest) {
    return m + "\"y\": {" + law + ", " + rest + "}";
  };
  const std::string numbers = R"("observed": [[1, 2, 0.5], [0, 1, 2]])",
                    vectors = R"("observed": [[1, 2], [0, 1], [3, 2]])";
  const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, 0.3);
  const std::string normal = R"("dist": "normal", "mu": "m", "sigma": 1)";
  for (const std::string& law : {normal, mixed, cut}) {
    expect_same(node(law, numbers), node(law, numbers + R"(, "shape": [2, 3])"), at);
  }
  expect_same(node(v, vectors), node(v, vectors + R"(, "shape": [3, 2])"), at);
}

TEST(ShapeOfLabels, IsThatOfAVariableWithoutAnother) {
  const auto dimension = [](const std::string& node) {
    return ModelDensity(
               compile(testing::parse_model(
                   R"({"exmc_ir": 1, "coords": {"g": ["a", "b", "c"], "h": [1, 2]}, "nodes": {"x": )" + node + "}}")))
        .dimension();
  };
  EXPECT_EQ(dimension(R"({"dist": "normal", "mu": 0, "sigma": 1, "dims": ["g", "h"]})"), 6U);
  EXPECT_EQ(dimension(R"({"dist": "dirichlet", "a": [1, 1], "dims": ["g", "h"]})"), 3U);
  EXPECT_EQ(dimension(R"({"dist": "gaussian_random_walk", "sigma": 1, "init_sigma": 1, "dims": ["h", "g"]})"), 6U);
}

}  // namespace
}  // namespace exmc::density
