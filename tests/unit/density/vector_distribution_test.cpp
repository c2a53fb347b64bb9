#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "differences.hpp"
#include "exmc/core/error.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

ModelDensity model(const std::string& nodes) {
  return ModelDensity(compile(testing::parse_model(R"({"exmc_ir": 1, "nodes": {)" + nodes + "}}")));
}

Eigen::VectorXd somewhere(const ModelDensity& density) {
  Eigen::VectorXd u(static_cast<Eigen::Index>(density.dimension()));
  for (Eigen::Index i = 0; i < u.size(); ++i) u[i] = std::sin(1.9 * static_cast<double>(i) + 0.3);
  return u;
}

/// The same density and gradient, written in two ways.
void expect_alike(const std::string& one, const std::string& other) {
  ModelDensity a = model(one), b = model(other);
  const Eigen::VectorXd u = somewhere(a);
  ASSERT_EQ(b.dimension(), a.dimension());
  Eigen::VectorXd of_a(u.size()), of_b(u.size());
  const double expected = a.log_density(u, of_a);
  EXPECT_NEAR(b.log_density(u, of_b), expected, 1e-12 * std::max(1.0, std::abs(expected)));
  EXPECT_LT((of_a - of_b).lpNorm<Eigen::Infinity>(), 1e-11 * std::max(1.0, of_a.lpNorm<Eigen::Infinity>()));
  for (Eigen::Index i = 0; i < u.size(); ++i) {
    const double slope = testing::extrapolated_difference(a, u, i);
    EXPECT_NEAR(of_a[i], slope, 1e-8 * std::max(1.0, std::abs(slope))) << "of " << i;
  }
}

const std::string kData = R"("observed": [[0.5, -1, 2], [1, 0, 0.25]])";

TEST(VectorDistributions, MvNormalByCovarianceFactorAndPrecision) {
  const std::string head = R"("m": {"dist": "flat", "shape": [3]},
      "l": {"dist": "flat", "support": "cholesky_cov", "shape": [3, 3]}, )";
  const std::string chol =
      head + R"("y": {"dist": "mv_normal", "mu": "m", "chol": "l", "shape": [2, 3], )" + kData + "}";
  expect_alike(chol, head + R"ir("s": {"expr": "l @ transpose(l)"},
      "y": {"dist": "mv_normal", "mu": "m", "cov": "s", "shape": [2, 3], )ir" +
                         kData + "}");
  // With w = L^-1, w' w is the precision.
  expect_alike(chol, head + R"ir("w": {"expr": "solve_triangular(l, [[1, 0, 0], [0, 1, 0], [0, 0, 1]])"},
      "y": {"dist": "mv_normal", "mu": "m", "tau": "transpose(w) @ w", "shape": [2, 3], )ir" +
                         kData + "}");
}

TEST(VectorDistributions, MvNormalOfAFreeCovarianceMatrixNeedsNoFactorisation) {
  const std::string head = R"("s": {"dist": "flat", "support": "cov", "shape": [3, 3]}, )";
  expect_alike(head + R"("y": {"dist": "mv_normal", "mu": 0, "cov": "s", "shape": [2, 3], )" + kData + "}",
               head + R"("y": {"dist": "mv_normal", "mu": 0, "cov": "s * 1", "shape": [2, 3], )" + kData + "}");
}

TEST(VectorDistributions, MvStudentTByScaleAndFactor) {
  const std::string head = R"("nu": {"dist": "half_flat"},
      "l": {"dist": "flat", "support": "cholesky_cov", "shape": [3, 3]}, )";
  expect_alike(
      head + R"("y": {"dist": "mv_student_t", "nu": "nu", "mu": 0, "chol": "l", "shape": [2, 3], )" + kData + "}",
      head +
          R"ir("y": {"dist": "mv_student_t", "nu": "nu", "mu": 0, "scale": "l @ transpose(l)", "shape": [2, 3], )ir" +
          kData + "}");
}

TEST(VectorDistributions, IndependentNormalsAreAnMvNormal) {
  expect_alike(R"("x": {"dist": "mv_normal", "mu": [1, -2], "cov": [[4, 0], [0, 0.25]], "shape": [3, 2]})",
               R"("x": {"dist": "normal", "mu": [1, -2], "sigma": [2, 0.5], "shape": [3, 2]})");
}

TEST(VectorDistributions, CategoriesByProbabilityAndLogit) {
  const std::string data = R"("shape": [5], "observed": [0, 2, 2, 1, 0])";
  const std::string head = R"("l": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3]}, )";
  expect_alike(head + R"("y": {"dist": "categorical", "logit_p": "l", )" + data + "}",
               head + R"ir("y": {"dist": "categorical", "p": "softmax(l)", )ir" + data + "}");
  // A batch of counts of one trial each, which all have the coefficient 1.
  expect_alike(head + R"("y": {"dist": "categorical", "logit_p": "l", )" + data + "}",
               head + R"ir("y": {"dist": "multinomial", "n": 1, "p": "softmax(l)", "shape": [5, 3],
                   "observed": [[1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 1, 0], [1, 0, 0]]})ir");
}

TEST(VectorDistributions, OrderedCategoriesOfTwoAreBernoulli) {
  const std::string head = R"("e": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3]}, )";
  expect_alike(head + R"("y": {"dist": "ordered_logistic", "eta": "e", "cutpoints": [0.5], "observed": [0, 1, 1]})",
               head + R"("y": {"dist": "bernoulli", "logit_p": "e - 0.5", "observed": [0, 1, 1]})");
}

TEST(VectorDistributions, DirichletOfTwoIsBeta) {
  ModelDensity dirichlet = model(R"("a": {"dist": "half_flat", "shape": [2]},
      "y": {"dist": "dirichlet", "a": "a", "observed": [[0.25, 0.75], [0.5, 0.5]], "shape": [2, 2]})");
  ModelDensity beta = model(R"("a": {"dist": "half_flat", "shape": [2]},
      "y": {"dist": "beta", "alpha": "a[0]", "beta": "a[1]", "observed": [0.25, 0.5], "shape": [2]})");
  Eigen::VectorXd u(2), a(2), b(2);
  u << 0.3, -1.2;
  EXPECT_NEAR(dirichlet.log_density(u, a), beta.log_density(u, b), 1e-13);
  EXPECT_LT((a - b).norm(), 1e-13);
}

/// The matrix' density times the Jacobian of the product is the factor's; both are sampled alike.
TEST(VectorDistributions, LkjOfMatricesAndFactorsIsTheSameOnTheSampledScale) {
  const std::string eta = R"("eta": {"dist": "half_flat"}, "x": )";
  expect_alike(eta + R"({"dist": "lkj_corr", "n": 4, "eta": "eta"})",
               eta + R"({"dist": "lkj_corr_cholesky", "n": 4, "eta": "eta"})");
}

/// Of two variables the correlation is 2 b - 1 with b ~ beta(eta, eta), on the sampled scale r = tanh(u).
TEST(VectorDistributions, LkjOfTwoIsABeta) {
  ModelDensity density = model(R"("x": {"dist": "lkj_corr", "n": 2, "eta": 1.75})");
  Eigen::VectorXd u(1), gradient(1);
  u << 0.8;
  const double r = std::tanh(0.8), eta = 1.75;
  const double beta = (eta - 1) * std::log((1 - r * r) / 4) + std::lgamma(2 * eta) - 2 * std::lgamma(eta);
  EXPECT_NEAR(density.log_density(u, gradient), beta - std::log(2) + std::log(1 - r * r), 1e-13);
}

TEST(VectorDistributions, ShapesFollowPymc) {
  const auto shape = [](const std::string& node) { return model("\"x\": " + node).saved_variables().front().shape; };
  EXPECT_EQ(shape(R"({"dist": "mv_normal", "mu": 0, "cov": [[1, 0], [0, 1]]})"), Shape{2});
  EXPECT_EQ(shape(R"({"dist": "mv_normal", "mu": [[0, 0], [1, 1], [2, 2]], "cov": [[1, 0], [0, 1]]})"), (Shape{3, 2}));
  EXPECT_EQ(shape(R"({"dist": "mv_normal", "mu": [0, 0], "cov": [[1, 0], [0, 1]], "shape": [5, 4, 2]})"),
            (Shape{5, 4, 2}));
  EXPECT_EQ(shape(R"({"dist": "dirichlet", "a": 1, "shape": [4]})"), Shape{4});
  EXPECT_EQ(shape(R"({"dist": "dirichlet", "a": [1, 2, 3]})"), Shape{3});
  EXPECT_EQ(shape(R"({"dist": "lkj_corr_cholesky", "n": 3, "eta": [1, 2]})"), (Shape{2, 3, 3}));
  EXPECT_EQ(shape(R"({"dist": "ar", "rho": [0.5, 0.1], "sigma": 1, "shape": [7]})"), Shape{7});
}

}  // namespace
}  // namespace exmc::density
