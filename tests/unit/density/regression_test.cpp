#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "density/numbers/triangular_factor.hpp"
#include "density/program/program.hpp"
#include "exmc/core/random.hpp"
#include "models.hpp"

/// Normal likelihoods of data with a linear predictor, which are computed from as many rows as there are coefficients,
/// against the sum over all rows in long double.
namespace exmc::density {
namespace {

using Real = long double;

/// y ~ normal(alpha + X beta + w gamma, sigma), or offset in place of alpha.
struct Regression {
  std::size_t rows, columns;
  std::vector<double> x, w, offset, y;
  double alpha = 0, gamma = 0;
  bool has_offset = false;
  std::vector<double> beta;

  /// Columns of standard normals; y is its mean, rounded, plus `noise` times another.
  Regression(std::size_t n, std::size_t k, double noise, RandomStream& random,
             const std::function<void(Regression&)>& change = {})
      : rows(n), columns(k) {
    const auto normals = [&](std::size_t count) {
      std::vector<double> values(count);
      for (double& value : values) value = random.normal();
      return values;
    };
    x = normals(n * k), w = normals(n), offset = normals(n), beta = normals(k);
    alpha = random.normal(), gamma = random.normal();
    if (change) change(*this);
    for (std::size_t i = 0; i < n; ++i)
      y.push_back(static_cast<double>(mean(i, alpha, beta, gamma)) + noise * random.normal());
  }

  template <class Vector>
  [[nodiscard]] Real mean(std::size_t i, Real a, const Vector& b, Real c) const {
    Real sum = c * w[i] + (has_offset ? offset[i] : a);
    for (std::size_t j = 0; j < columns; ++j) sum += static_cast<Real>(x[i * columns + j]) * b[j];
    return sum;
  }
};

struct Evaluated {
  std::vector<Real> numbers;   ///< log density, gradient in alpha, beta, gamma, ln sigma
  std::vector<Real> rounding;  ///< of them, where every row is rounded once: what a sum over rows may be off by
};

Evaluated by_definition(const Regression& data, const Eigen::VectorXd& position) {
  const auto k = static_cast<Eigen::Index>(data.columns);
  const Real log_sigma = position[k + 2], sigma = std::exp(log_sigma), epsilon = std::numeric_limits<double>::epsilon();
  const Eigen::VectorXd beta = position.segment(1, k);
  Evaluated result{std::vector<Real>(data.columns + 4), std::vector<Real>(data.columns + 4)};
  const auto add = [&](std::size_t at, Real value, Real rounding) {
    result.numbers[at] += value;
    result.rounding[at] += epsilon * (std::abs(value) + std::abs(rounding));
  };
  const auto last = data.columns + 3;
  add(0, log_sigma, 0), add(last, 1, 0);
  for (std::size_t i = 0; i < data.rows; ++i) {
    Real size = std::abs(data.y[i]) + std::abs(data.has_offset ? data.offset[i] : position[0]) +
                std::abs(position[k + 1] * data.w[i]);
    for (std::size_t j = 0; j < data.columns; ++j)
      size += std::abs(data.x[i * data.columns + j] * beta[static_cast<Eigen::Index>(j)]);
    const Real z = (data.y[i] - data.mean(i, position[0], beta, position[k + 1])) / sigma, dz = size / sigma;
    add(0, -z * z / 2 - log_sigma - std::log(2 * std::numbers::pi_v<Real>) / 2, z * dz);
    add(last, z * z - 1, 2 * z * dz);
    if (!data.has_offset) add(1, z / sigma, dz / sigma);
    for (std::size_t j = 0; j < data.columns; ++j)
      add(2 + j, z / sigma * data.x[i * data.columns + j], dz / sigma * data.x[i * data.columns + j]);
    add(last - 1, z / sigma * data.w[i], dz / sigma * data.w[i]);
  }
  return result;
}

constexpr const char* kIntercept = "alpha + X @ beta + W @ gamma";
constexpr const char* kOffset = "X @ beta + W @ gamma + offset";

ModelDensity density_of(const Regression& data, const std::string& mu, const std::string& sigma = "sigma") {
  ir::Model model = testing::parse_model(R"({"exmc_ir": 1, "name": "m",
    "data": {"X": [[0]], "W": [[0]], "offset": [0], "y": [0], "K": 1}, "nodes": {
    "alpha": {"dist": "flat"}, "beta": {"dist": "flat", "shape": ["K"]}, "gamma": {"dist": "flat", "shape": [1]}, "sigma": {"dist": "half_flat"},
    "lik": {"dist": "normal", "mu": ")" + mu +
                                         R"(", "sigma": ")" + sigma + R"(", "observed": "y"}}})");
  model.data["X"] = {{data.rows, data.columns}, data.x};
  model.data["W"] = {{data.rows, 1}, data.w};
  model.data["offset"] = {{data.rows}, data.offset};
  model.data["y"] = {{data.rows}, data.y};
  model.data["K"] = Array::scalar(static_cast<double>(data.columns));
  return ModelDensity(compile(model));
}

std::vector<Real> evaluate(ModelDensity& density, const Eigen::VectorXd& position) {
  Eigen::VectorXd gradient(position.size());
  std::vector<Real> numbers{density.log_density(position, gradient)};
  numbers.insert(numbers.end(), gradient.begin(), gradient.end());
  return numbers;
}

/// The largest error of value and gradient, in units of what is allowed: 1e-13 of the number, and the rounding of rows.
Real error(const std::vector<Real>& found, const Evaluated& expected) {
  Real largest = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Real allowed = 1e-13L * std::max<Real>(1, std::abs(expected.numbers[i])) + expected.rounding[i];
    const Real in_units = std::abs(found[i] - expected.numbers[i]) / allowed;
    largest = std::isnan(in_units) ? std::numeric_limits<Real>::infinity() : std::max(largest, in_units);
  }
  return largest;
}

/// Where y was drawn from, but for `distance`, with the sigma of the noise.
Eigen::VectorXd near_truth(const Regression& data, double noise, double distance, RandomStream& random) {
  const auto k = static_cast<Eigen::Index>(data.columns);
  Eigen::VectorXd position(k + 3);
  position << data.alpha, Eigen::Map<const Eigen::VectorXd>(data.beta.data(), k), data.gamma, std::log(noise);
  for (double& x : position) x += distance * random.normal();
  return position;
}

struct Case {
  const char* name;
  double noise;
  std::function<void(Regression&)> change;
};

void scale_column(Regression& data, std::size_t j, double factor) {
  for (std::size_t i = 0; i < data.rows; ++i) data.x[i * data.columns + j] *= factor;
  data.beta[j] /= factor;
}

const std::vector<Case> kCases = {
    {"as drawn", 1, {}},
    {"level 1e5", 1, [](Regression& r) { r.alpha = 1e5; }},
    {"level 1e8", 1, [](Regression& r) { r.alpha = -1e8; }},
    {"offset 1e8", 1,
     [](Regression& r) {
       r.has_offset = true;
       for (double& o : r.offset) o *= 1e8;
     }},
    {"fit to 1e-5", 1e-5, {}},
    {"fit to 1e-8", 1e-8, {}},
    {"fit to 1e-14", 1e-14, {}},
    {"scales", 1,
     [](Regression& r) {
       for (std::size_t j = 0; j < r.columns; ++j) scale_column(r, j, std::pow(10, 3.0 * static_cast<double>(j) - 6));
     }},
    {"far from 0", 1,
     [](Regression& r) {
       for (double& x : r.x) x += 1e6;
     }},
    {"equal columns", 1,
     [](Regression& r) {
       for (std::size_t i = 0; i < r.rows; ++i) r.x[i * r.columns] = r.w[i];
     }},
    {"nearly equal columns", 1,
     [](Regression& r) {
       for (std::size_t i = 0; i < r.rows; ++i) r.x[i * r.columns] = r.w[i] + 1e-9 * r.x[i * r.columns];
     }},
    {"zeros", 1,
     [](Regression& r) {
       for (std::size_t i = 0; i < r.rows; ++i) r.x[i * r.columns] = 0;
     }},
    {"constant", 1,
     [](Regression& r) {
       for (double& w : r.w) w = 3;
     }},
    {"one huge row", 1, [](Regression& r) { r.x[0] = 1e8; }},
};

TEST(Regression, IsTheSumOverItsRows) {
  RandomStream random({6, ChainId{0}}, Purpose::start, 0);
  for (const Case& tried : kCases) {
    for (const std::size_t n : {32, 65, 500, 3000}) {
      for (const std::size_t k : {1, 3, 7}) {
        SCOPED_TRACE(std::string(tried.name) + ", " + std::to_string(n) + " x " + std::to_string(k));
        const Regression data(n, k, tried.noise, random, tried.change);
        ModelDensity density = density_of(data, data.has_offset ? kOffset : kIntercept);
        for (const double distance : {0.0, tried.noise / std::sqrt(static_cast<double>(n)), 1.0}) {
          const Eigen::VectorXd position = near_truth(data, tried.noise, distance, random);
          const Real found = error(evaluate(density, position), by_definition(data, position));
          EXPECT_LT(found, 1) << "at a distance of " << distance;
        }
      }
    }
  }
}

/// One row whose y is off in the sixth digit.
TEST(WrongRegression, IsCaught) {
  RandomStream random({6, ChainId{0}}, Purpose::start, 1);
  Regression data(500, 3, 1, random);
  ModelDensity density = density_of(data, data.has_offset ? kOffset : kIntercept);
  data.y[100] *= 1 + 1e-6;
  const Eigen::VectorXd position = near_truth(data, 1, 0.1, random);
  EXPECT_GT(error(evaluate(density, position), by_definition(data, position)), 1e3);
}

/// Random predictors: with a sigma for each row, equal as they are, the rows are summed one by one.
TEST(Regression, OfRandomPredictorsIsThatOfEveryRow) {
  RandomStream random({6, ChainId{0}}, Purpose::start, 2);
  const std::vector<std::string> sums = {"X @ beta",
                                         "alpha + X @ beta",
                                         "X @ beta + offset",
                                         "alpha + (W @ gamma + X @ beta)",
                                         "X @ beta + (2 * alpha + exp(beta[0]))",
                                         "X[:, ::2] @ beta[::2] + alpha",
                                         "X[::-1] @ beta + W @ gamma + offset * offset",
                                         "X @ beta + X @ beta[::-1] + gamma[0]",
                                         "3 + X @ beta",
                                         "X @ beta + W[:1] @ gamma"};
  int different = 0;
  for (int trial = 0; trial < 200; ++trial) {
    const Regression data(32 + random() % 300, 1 + random() % 9, 1, random);
    const std::string mu = sums[random() % sums.size()];
    SCOPED_TRACE(mu + ", " + std::to_string(data.rows) + " x " + std::to_string(data.columns));
    ModelDensity reduced = density_of(data, mu), rows = density_of(data, mu, "sigma + 0 * offset");
    Eigen::VectorXd position(static_cast<Eigen::Index>(reduced.dimension()));
    for (double& x : position) x = random.normal();
    const std::vector<Real> found = evaluate(reduced, position), expected = evaluate(rows, position);
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_NEAR(found[i], expected[i], 1e-10 * std::max<Real>(1, std::abs(expected[i]))) << i;
    }
    different += found != expected;  // by rounding: other sums
  }
  EXPECT_GT(different, 150);
}

TEST(Regression, TakesNoLongerForMoreRows) {
  RandomStream random({6, ChainId{0}}, Purpose::start, 3);
  const auto longest_loop = [&](const std::string& mu, std::size_t rows, std::size_t columns) {
    const Regression data(rows, columns, 1, random);
    ir::Model model = testing::parse_model(
        R"({"exmc_ir": 1, "name": "m", "data": {"X": [[0]], "y": [0], "K": 1}, "nodes": {
      "alpha": {"dist": "flat"}, "beta": {"dist": "flat", "shape": ["K"]}, "sigma": {"dist": "half_flat"},
      "mu": {"expr": ")" +
        mu + R"(", "save": false}, "lik": {"dist": "normal", "mu": "mu", "sigma": "sigma", "observed": "y"}}})");
    model.data["X"] = {{rows, columns}, data.x};
    model.data["y"] = {{rows}, data.y};
    model.data["K"] = Array::scalar(static_cast<double>(columns));
    std::size_t longest = 0;
    for (const Instruction& instruction : compile(model)->density) {
      for (const std::size_t extent : instruction.loop.extents) longest = std::max(longest, extent);
    }
    return longest;
  };
  EXPECT_LT(longest_loop("alpha + X @ beta", 300, 4), 10u);
  EXPECT_LT(longest_loop("X @ beta", 300, 4), 10u);
  EXPECT_EQ(longest_loop("exp(X @ beta)", 300, 4), 300u);
  EXPECT_EQ(longest_loop("alpha + X @ beta", 40, 30), 40u);  // as many coefficients as rows, nearly
}

TEST(TriangularFactor, HasTheColumnsInnerProducts) {
  for (const Eigen::Index rows : {1, 5, 255, 256, 257, 1000}) {
    const Eigen::MatrixXd matrix = Eigen::MatrixXd::Random(rows, 5);
    const Eigen::MatrixXd factor = triangular_factor(
        rows, 5,
        [&](Eigen::Index first, Eigen::Ref<Eigen::MatrixXd> block) { block = matrix.middleRows(first, block.rows()); });
    EXPECT_LT((factor.transpose() * factor - matrix.transpose() * matrix).norm(), 1e-12 * static_cast<double>(rows));
    EXPECT_EQ(Eigen::MatrixXd(factor.triangularView<Eigen::StrictlyLower>()).norm(), 0);
  }
}

}  // namespace
}  // namespace exmc::density
