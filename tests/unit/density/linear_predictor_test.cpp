#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "density/program/program.hpp"
#include "exmc/core/random.hpp"
#include "models.hpp"

/// Linear predictors and their likelihoods against the same sums written out column by column and over a few rows at a
/// time, where nothing is fused.
namespace exmc::density {
namespace {

struct Data {
  std::size_t rows, columns;
  std::vector<double> x, z, offset, y;

  Data(std::size_t n, std::size_t k, RandomStream& random) : rows(n), columns(k) {
    const auto fill = [&](std::vector<double>& values, std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) values.push_back(random.normal());
    };
    fill(x, rows * columns);
    fill(z, rows * columns);
    fill(offset, rows);
    for (std::size_t i = 0; i < rows; ++i) y.push_back(random.uniform() < 0.4 ? 1 : 0);
  }
};

/// A likelihood of y over rows [first, first + count) of the data, with priors of its own; without rows, the priors.
ModelDensity density_of(const Data& data, const std::string& eta, const std::string& likelihoods, std::size_t first,
                        std::size_t count) {
  ir::Model model = testing::parse_model(R"({"exmc_ir": 1, "name": "m",
    "data": {"X": [[0]], "Z": [[0]], "offset": [0], "y": [0], "K": 1}, "nodes": {
    "alpha": {"dist": "normal", "mu": 0, "sigma": 2},
    "beta": {"dist": "normal", "mu": 0, "sigma": 1, "shape": ["K"]},
    "gamma": {"dist": "normal", "mu": 0, "sigma": 1, "shape": ["K"]},
    "sigma": {"dist": "half_normal", "sigma": 2},
    "eta": {"expr": ")" + eta + R"("})" + (count > 0 ? likelihoods : "") +
                                         "}}");
  const auto part = [&](const std::vector<double>& values, std::size_t columns) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first * columns);
    return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(std::max<std::size_t>(count, 1) * columns));
  };
  const std::size_t rows = std::max<std::size_t>(count, 1);
  model.data["X"] = {{rows, data.columns}, part(data.x, data.columns)};
  model.data["Z"] = {{rows, data.columns}, part(data.z, data.columns)};
  model.data["offset"] = {{rows}, part(data.offset, 1)};
  model.data["y"] = {{rows}, part(data.y, 1)};
  model.data["K"] = Array::scalar(static_cast<double>(data.columns));
  return ModelDensity(compile(model));
}

/// "X[:, 0] * beta[0] + X[:, 1] * beta[1] + ..."
std::string written_out(const std::string& matrix, const std::string& vector, std::size_t columns) {
  std::string sum;
  for (std::size_t j = 0; j < columns; ++j) {
    const std::string index = std::to_string(j);
    sum += (j > 0 ? " + " : "") + matrix + "[:, " + index + "] * " + vector + "[" + index + "]";
  }
  return sum;
}

struct Evaluated {
  double value = 0;
  Eigen::VectorXd gradient;
};

Evaluated evaluate(ModelDensity& density, const Eigen::VectorXd& position) {
  Evaluated result{0, Eigen::VectorXd::Zero(position.size())};
  result.value = density.log_density(position, result.gradient);
  return result;
}

/// The sum over parts of a few rows.
Evaluated by_parts(const Data& data, const std::string& eta, const std::string& likelihoods,
                   const Eigen::VectorXd& position) {
  constexpr std::size_t most = 37;
  ModelDensity priors = density_of(data, eta, likelihoods, 0, 0);
  const Evaluated prior = evaluate(priors, position);
  Evaluated total = prior;
  for (std::size_t first = 0; first < data.rows; first += most) {
    ModelDensity density = density_of(data, eta, likelihoods, first, std::min(most, data.rows - first));
    const Evaluated part = evaluate(density, position);
    total.value += part.value - prior.value;
    total.gradient += part.gradient - prior.gradient;
  }
  return total;
}

constexpr const char* kBernoulli = R"(, "y1": {"dist": "bernoulli", "logit_p": "eta", "observed": "y"})";
constexpr const char* kNormal = R"(, "y1": {"dist": "normal", "mu": "eta", "sigma": "sigma", "observed": "y"})";
constexpr const char* kNormalByRow =
    R"(, "y1": {"dist": "normal", "mu": "eta", "sigma": "exp(0.3 * offset) * sigma", "observed": "y"})";
constexpr const char* kNormalOfKnownScale =
    R"(, "y1": {"dist": "normal", "mu": "eta", "sigma": "1 + y", "observed": "y"})";
constexpr const char* kPoisson = R"~(, "y1": {"dist": "poisson", "mu": "exp(eta)", "observed": "y"})~";
constexpr const char* kPoissonLog = R"(, "y1": {"dist": "poisson", "log_mu": "eta", "observed": "y"})";
constexpr const char* kBinomial = R"(, "y1": {"dist": "binomial", "n": 3, "logit_p": "eta", "observed": "y"})";
constexpr const char* kStudent =
    R"~(, "y1": {"dist": "student_t", "nu": 4, "mu": "eta", "sigma": "exp(0.2 * eta)", "observed": "y"})~";
constexpr const char* kTwice = R"(, "y1": {"dist": "bernoulli", "logit_p": "eta", "observed": "y"},
                                   "y2": {"dist": "normal", "mu": "eta", "sigma": "(1 + y) * sigma", "observed": "y"})";

struct Case {
  const char* name;
  const char* eta;  ///< X@beta and Z@gamma stand for the products
  const char* likelihoods;
};

const std::vector<Case> kCases = {
    {"no offset", "{X@beta}", kNormal},
    {"intercept", "alpha + {X@beta}", kBernoulli},
    {"intercept last", "{X@beta} + alpha", kNormalByRow},
    {"intercept and data", "alpha + {X@beta} + offset", kBernoulli},
    {"two predictors", "alpha + {X@beta} + {Z@gamma}", kNormal},
    {"two predictors, one scaled", "alpha + 0.5 * ({Z@gamma}) + {X@beta}", kBernoulli},
    {"exponential", "0.1 * (alpha + {X@beta})", kPoisson},
    {"logarithm of a mean", "offset + {X@beta}", kPoissonLog},
    {"logit of a probability", "{X@beta} + alpha", kBinomial},
    {"used twice by a term", "0.3 * offset + {X@beta}", kStudent},
    {"used by two terms", "alpha + {X@beta}", kTwice},
};

std::string expanded(std::string eta, bool products, std::size_t columns) {
  for (const auto& [product, matrix, vector] :
       {std::array<std::string, 3>{"{X@beta}", "X", "beta"}, std::array<std::string, 3>{"{Z@gamma}", "Z", "gamma"}}) {
    const std::size_t at = eta.find(product);
    if (at == std::string::npos) continue;
    const std::string text = products ? matrix + " @ " + vector : written_out(matrix, vector, columns);
    eta.replace(at, product.size(), text);
  }
  return eta;
}

TEST(LinearPredictor, IsTheSumOfItsColumns) {
  RandomStream random({3, ChainId{0}}, Purpose::start, 0);
  const std::vector<std::size_t> rows = {1, 2, 7, 8, 9, 63, 64, 65, 130, 500, 1027},
                                 columns = {1, 2, 3, 7, 8, 9, 20, 31};
  for (std::size_t trial = 0; trial < 4 * kCases.size(); ++trial) {
    const Case& tried = kCases[trial % kCases.size()];
    const Data data(rows[random() % rows.size()], columns[random() % columns.size()], random);
    SCOPED_TRACE(std::string(tried.name) + ", " + std::to_string(data.rows) + " x " + std::to_string(data.columns));
    ModelDensity whole = density_of(data, expanded(tried.eta, true, data.columns), tried.likelihoods, 0, data.rows);
    Eigen::VectorXd position(static_cast<Eigen::Index>(whole.dimension()));
    for (double& x : position) x = 0.4 * random.normal();
    const Evaluated found = evaluate(whole, position);
    const Evaluated expected = by_parts(data, expanded(tried.eta, false, data.columns), tried.likelihoods, position);
    EXPECT_NEAR(found.value, expected.value, 1e-12 * std::abs(expected.value));
    const double scale = std::max(1.0, expected.gradient.cwiseAbs().maxCoeff());
    for (Eigen::Index i = 0; i < position.size(); ++i) {
      EXPECT_NEAR(found.gradient[i], expected.gradient[i], 1e-12 * scale) << "of " << i;
    }
    evaluate(whole, 2 * position);
    const Evaluated again = evaluate(whole, position);
    EXPECT_EQ(again.value, found.value);
    EXPECT_EQ(again.gradient, found.gradient);
  }
}

TEST(LinearPredictor, TakesSlicesOfItsFactors) {
  RandomStream random({4, ChainId{0}}, Purpose::start, 0);
  const Data data(300, 6, random);
  const auto compare = [&](const std::string& product, const std::string& sum) {
    SCOPED_TRACE(product);
    ModelDensity a = density_of(data, product, kBernoulli, 0, data.rows);
    ModelDensity b = density_of(data, sum, kBernoulli, 0, data.rows);
    Eigen::VectorXd position(static_cast<Eigen::Index>(a.dimension()));
    for (double& x : position) x = 0.4 * random.normal();
    const Evaluated found = evaluate(a, position), expected = evaluate(b, position);
    EXPECT_NEAR(found.value, expected.value, 1e-12 * std::abs(expected.value));
    EXPECT_LT((found.gradient - expected.gradient).norm(), 1e-12 * expected.gradient.norm());
  };
  compare("alpha + X[:, ::2] @ beta[1::2]", "alpha + X[:, 0] * beta[1] + X[:, 2] * beta[3] + X[:, 4] * beta[5]");
  compare("alpha + X[::-1, 1:3] @ beta[1::-1]", "alpha + X[::-1, 1] * beta[1] + X[::-1, 2] * beta[0]");
  compare("(X @ beta)[::-1] + alpha",
          "alpha + X[::-1, 0] * beta[0] + X[::-1, 1] * beta[1] + X[::-1, 2] * beta[2] + X[::-1, 3] * beta[3] + "
          "X[::-1, 4] * beta[4] + X[::-1, 5] * beta[5]");
  compare("alpha + X[:, :1] @ beta[:1] + X[:, 1:2] @ beta[1:2]", "alpha + X[:, 0] * beta[0] + X[:, 1] * beta[1]");
}

TEST(LinearPredictor, IsComputedOnTheWayByATermThatTakesItAlone) {
  RandomStream random({5, ChainId{0}}, Purpose::start, 0);
  const Data data(300, 4, random);
  const auto program = [&](const char* likelihoods) {
    ir::Model model = testing::parse_model(R"({"exmc_ir": 1, "name": "m", "data": {"X": [[0]], "y": [0]}, "nodes": {
      "alpha": {"dist": "flat"}, "beta": {"dist": "flat", "shape": [4]}, "sigma": {"dist": "flat"},
      "eta": {"expr": "alpha + X @ beta", "save": false})" +
                                           std::string(likelihoods) + "}}");
    model.data["X"] = {{data.rows, 4}, data.x};
    model.data["y"] = {{data.rows}, data.y};
    return compile(model);
  };
  EXPECT_EQ(program(kBernoulli)->density.size(), 1u);
  EXPECT_EQ(program(kNormalOfKnownScale)->density.size(), 1u);
  EXPECT_EQ(program(kNormal)->density.size(), 6u);  // two copies to one vector, domain, logarithm, rows and rest
  EXPECT_EQ(program(kTwice)->density.size(), 7u);   // product, sum, scale, domain, logarithm, two terms
}

}  // namespace
}  // namespace exmc::density
