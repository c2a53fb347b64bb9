// Gaussian processes: what models make of the covariance functions and bases, whose values and gradients are in the
// table of expressions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "density/program/program.hpp"
#include "drawn_model.hpp"

namespace exmc::density {
namespace {

using testing::Model;

const std::string kPriors =
    R"("rho": {"dist": "lognormal", "mu": 0, "sigma": 1}, "alpha": {"dist": "half_normal", "sigma": 2}, )";
const std::string kData = R"({"x": [-1, -0.25, 0.5, 1.75], "y": [0.5, 1, -0.25, -1.5], "far": [-0.25, 1, 500]})";

TEST(GaussianProcess, MarginalIsThatOfTheMatrixByHand) {
  const auto model = [](const std::string& cov) {
    return Model(kPriors + R"("y_": {"dist": "mv_normal", "mu": 0, "cov": ")" + cov + R"(", "observed": "y"})", kData);
  };
  Model functions = model("add_diag(gp_exp_quad_cov(x, alpha, rho) + 0.5 * gp_matern12_cov(x, alpha, 2), 0.01)"),
        by_hand = model(
            "alpha**2 * (exp(-0.5 * square((x[:, None] - x) / rho)) + 0.5 * exp(-abs(x[:, None] - x) / 2)) + "
            "0.01 * diag([1, 1, 1, 1])");
  for (const double rho : {-1.0, 0.3}) {
    Eigen::VectorXd one, other;
    const Eigen::Vector2d at(rho, 0.4);
    EXPECT_NEAR(functions.density.log_density(at, one), by_hand.density.log_density(at, other), 1e-12);
    EXPECT_NEAR((one - other).cwiseAbs().maxCoeff(), 0, 1e-11);
  }
}

/// That matrices are symmetric is known by how they are made, and nothing asks at every step.
TEST(GaussianProcess, NothingAsksWhetherSumsAndProductsAreSymmetric) {
  const auto questions = [](const std::string& cov) {
    const std::string nodes =
        kPriors + R"("y_": {"dist": "mv_normal", "mu": 0, "cov": ")" + cov + R"(", "observed": "y"})";
    const auto program = compile(testing::parse_model(testing::model_text(nodes, kData)));
    return std::ranges::count_if(program->origins, [](const Origin& origin) { return origin.requirement; });
  };
  const std::string sum =
      "gp_exp_quad_cov(x, alpha, rho) * gp_periodic_cov(x, 1, rho, 2) + alpha * gp_dot_prod_cov(x, rho)";
  EXPECT_EQ(questions("add_diag(" + sum + ", alpha)"), 0);
  EXPECT_EQ(questions("add_diag(" + sum + " + x[:, None] * x, rho)"), 0) << "data, which are symmetric";
  EXPECT_GT(questions("add_diag(" + sum + " + x[:, None] * square(x), rho)"), 0) << "data, which are not";
}

/// The recipe of docs/ir.md: near an observation what was observed, far away the prior.
TEST(GaussianProcess, ConditionalAtNewInputs) {
  Model model(kPriors + R"~(
      "L": {"expr": "cholesky(add_diag(gp_exp_quad_cov(x, alpha, rho), 1e-8))", "save": false},
      "A": {"expr": "solve_triangular(L, gp_exp_quad_cov(x, alpha, rho, far))", "save": false},
      "centre": {"generated": "transpose(A) @ solve_triangular(L, y)"},
      "cov": {"generated": "add_diag(gp_exp_quad_cov(far, alpha, rho) - transpose(A) @ A, 1e-8)"},
      "f": {"generated": {"dist": "mv_normal", "mu": "centre", "cov": "cov"}})~",
              kData);
  const testing::Values found = model.at({0, std::log(1.5)}, OutputGroup::posterior);
  EXPECT_NEAR(found.at("centre")[0], 1, 1e-6);
  EXPECT_NEAR(found.at("cov")[0], 0, 1e-7);
  EXPECT_EQ(found.at("centre")[2], 0);
  EXPECT_NEAR(found.at("cov")[8], 2.25, 1e-7);
  EXPECT_GT(found.at("cov")[4], 0.01);
  EXPECT_LT(found.at("cov")[4], 0.3);
  EXPECT_NEAR(found.at("f")[0], 1, 1e-3);
  EXPECT_TRUE(std::isfinite(found.at("f")[1]));
}

/// Sums over many eigenfunctions are the covariance function, inside the box.
TEST(GaussianProcess, HilbertSpaceApproximationConverges) {
  const auto worst = [](const std::string& kernel, const std::string& m) {
    const std::string basis = R"~("phi": {"expr": "hsgp_basis(x, )~" + m + R"~(, 6)", "save": false}, )~";
    const std::string scale =
        R"~("s": {"expr": "hsgp_sqrt_spd_)~" + kernel + "(alpha, rho, " + m + R"~(, 6)", "save": false}, )~";
    Model model(kPriors + basis + scale + R"~("d": {"generated": "max(abs((phi * s) @ transpose(phi * s) - gp_)~" +
                    kernel + R"~(_cov(x, alpha, rho)))"})~",
                kData);
    return model.at({0, 0}, OutputGroup::posterior).at("d")[0];
  };
  EXPECT_LT(worst("exp_quad", "40"), 1e-6);
  EXPECT_LT(worst("matern52", "100"), 1e-5);
  EXPECT_LT(worst("matern32", "200"), 1e-4);
  EXPECT_GT(worst("exp_quad", "5"), 1e-2) << "too few functions must not pass";
}

}  // namespace
}  // namespace exmc::density
