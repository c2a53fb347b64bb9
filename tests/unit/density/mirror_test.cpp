#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "drawn_model.hpp"
#include "quadrature.hpp"

/// A density and its mirror image, x and 1 - x, agree wherever they are evaluated; and what the checks by quadrature
/// say of lines that are wrong.
namespace exmc::density {
namespace {

using testing::find_fault;
using testing::Line;
using testing::LinePoint;
using testing::moments_about_mode;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Pair {
  std::string node, mirrored;  ///< what follows "x" in a model
};

/// Members of a JSON object for the bounds of a variable and of its mirror image.
struct BoundsPair {
  std::string bounds, mirrored;
};
const std::vector<BoundsPair> kBounds{{"", ""},
                                      {R"(, "lower": 0)", R"(, "upper": 1)"},
                                      {R"(, "upper": 1)", R"(, "lower": 0)"},
                                      {R"(, "lower": 0, "upper": 1)", R"(, "lower": 0, "upper": 1)"},
                                      {R"(, "lower": "0 * 3", "upper": "2 / 2")", R"(, "lower": 0, "upper": 1)"},
                                      {R"(, "lower": 0.25)", R"(, "upper": 0.75)"},
                                      {R"(, "lower": 0.25, "upper": 1)", R"(, "lower": 0, "upper": 0.75)"},
                                      {R"(, "upper": 0.75)", R"(, "lower": 0.25)"},
                                      {R"(, "lower": 0.25, "upper": 0.75)", R"(, "lower": 0.25, "upper": 0.75)"}};

/// An unnormalised beta as a potential.
std::string potential(const std::string& a, const std::string& b) {
  return R"(, "p": {"potential": "log(x) * ()" + a + " - 1) + log1p(-x) * (" + b + " - 1)\"}";
}

std::vector<Pair> pairs() {
  std::vector<Pair> all;
  const std::vector<std::string> shapes{"0.01", "0.05", "0.5", "1", "3", "100"};
  for (const std::string& a : shapes) {
    for (const std::string& b : shapes) {
      for (const BoundsPair& at : kBounds) {
        const std::string x = R"({"dist": "beta", "alpha": )" + a + R"(, "beta": )" + b + at.bounds + "}";
        const std::string mirrored = R"({"dist": "beta", "alpha": )" + b + R"(, "beta": )" + a + at.mirrored + "}";
        all.push_back({x, mirrored});
      }
      all.push_back({R"({"dist": "flat", "lower": 0, "upper": 1})" + potential(a, b),
                     R"({"dist": "uniform", "lower": "0 * 1", "upper": "3 - 2"})" + potential(b, a)});
    }
  }
  for (const BoundsPair& at : kBounds) {
    const std::string data = R"(, "y": {"dist": "bernoulli", "p": "x", "observed": [1, 0, 0], "shape": [3]})";
    const std::string mirrored = R"(, "y": {"dist": "bernoulli", "p": "1 - x", "observed": [1, 0, 0], "shape": [3]})";
    const std::string beta = R"({"dist": "beta", "alpha": 0.05, "beta": 0.05)";
    all.push_back({beta + at.bounds + "}" + data, beta + at.mirrored + "}" + mirrored});
  }
  return all;
}

TEST(MirrorImages, Agree) {
  for (const Pair& pair : pairs()) {
    SCOPED_TRACE(pair.node);
    testing::Model model(R"("x": )" + pair.node), mirrored(R"("x": )" + pair.mirrored);
    for (const double u : {0.0, 0.3, 3.0, 18.0, 25.0, 36.0, 40.0, 100.0, 700.0, 740.0, 800.0, 5000.0}) {
      for (const double at : {-u, u}) {
        Eigen::VectorXd gradient(1), opposite(1);
        const double value = model.density.log_density(Eigen::VectorXd::Constant(1, at), gradient);
        const double other = mirrored.density.log_density(Eigen::VectorXd::Constant(1, -at), opposite);
        EXPECT_TRUE(std::isfinite(value)) << "at " << at;
        EXPECT_NEAR(value, other, 1e-12 * (1 + std::abs(value))) << "at " << at;
        EXPECT_NEAR(gradient[0], -opposite[0], 1e-12 * (1 + std::abs(gradient[0]))) << "at " << at;
      }
    }
  }
}

TEST(MirrorImages, OfDistancesToOneBound) {
  const auto model_of = [](const std::string& bound, const std::string& distance) {
    return testing::Model(R"("x": {"dist": "flat", )" + bound + R"(}, "p": {"potential": "0.01 * log()" + distance +
                          ") - (" + distance + ")\"}");
  };
  testing::Model above = model_of(R"("lower": -2)", "x + 2"), below = model_of(R"("upper": 3)", "3 - x"),
                 turned = model_of(R"("upper": -2)", "-2 - x"), data = model_of(R"("lower": [1e10])", "x[0] - 1e10");
  for (const double u : {2.0, -3.0, -40.0, -700.0}) {
    for (testing::Model* model : {&above, &below, &turned, &data}) {
      Eigen::VectorXd gradient(1);
      const double value = model->density.log_density(Eigen::VectorXd::Constant(1, u), gradient);
      EXPECT_NEAR(value, 1.01 * u - std::exp(u), 1e-12 * (1 + std::abs(u))) << "at " << u;
      EXPECT_NEAR(gradient[0], 1.01 - std::exp(u), 1e-12 * (1 + std::exp(u))) << "at " << u;
    }
  }
}

TEST(MirrorImages, OfTheLogisticFunctionAsItIsWritten) {
  const std::vector<Pair> written{{"1 / (1 + exp(-x))", "sigmoid(x)"},      {"1 / (exp(-x) + 1)", "sigmoid(x)"},
                                  {"1 / (1 + exp(x))", "sigmoid(-x)"},      {"exp(x) / (1 + exp(x))", "sigmoid(x)"},
                                  {"1 - 1 / (1 + exp(-x))", "sigmoid(-x)"}, {"1.0 / (1.0 + exp(-(x)))", "sigmoid(x)"}};
  for (const auto& [expression, expected] : written) {
    const auto model_of = [](const std::string& p) {
      return testing::Model(R"~("x": {"dist": "normal", "mu": 0, "sigma": 100}, "p": {"expr": ")~" + p +
                            R"~("}, "y": {"dist": "binomial", "n": 5, "p": "p", "observed": 2})~");
    };
    testing::Model model = model_of(expression), same = model_of(expected);
    for (const double x : {-800.0, -40.0, -1.0, 0.0, 2.0, 37.0, 800.0}) {
      Eigen::VectorXd gradient(1), wanted(1);
      const double value = same.density.log_density(Eigen::VectorXd::Constant(1, x), wanted);
      EXPECT_TRUE(std::isfinite(value)) << expression << " at " << x;
      EXPECT_DOUBLE_EQ(model.density.log_density(Eigen::VectorXd::Constant(1, x), gradient), value)
          << expression << " at " << x;
      EXPECT_DOUBLE_EQ(gradient[0], wanted[0]) << expression << " at " << x;
    }
  }
}

/// What is left of 1 by a function of a number between two ends, beside a form in which nothing cancels.
TEST(MirrorImages, OfSquaresRootsAndPowers) {
  const std::string correlation = R"({"dist": "uniform", "lower": -1, "upper": 1})",
                    share = R"({"dist": "uniform", "lower": 0, "upper": 1})",
                    vector = R"({"dist": "uniform", "lower": 0, "upper": 1, "shape": [1]})",
                    to_ten = R"({"dist": "uniform", "lower": 0, "upper": 10})",
                    wide = R"({"dist": "normal", "mu": 0, "sigma": 99})";
  struct Written {
    std::string x, potential, expected;
  };
  const std::string product = "0.01 * (log(1 - x) + log(1 + x))";
  const std::vector<Written> all{
      {correlation, "0.01 * log(1 - x**2)", product},
      {correlation, "0.01 * log(1 - x * x)", product},
      {correlation, "0.01 * log(1 - square(x))", product},
      {correlation, "0.01 * log1p(-x**2)", product},
      {correlation, "0.01 * log1p(-x * x)", product},
      {correlation, "0.02 * log(sqrt(1 - x**2))", product},
      {share, "0.01 * log(1 - x**2)", product},
      {share, "0.01 * log1p(-(x * x))", product},
      {share, "0.01 * log(1 - sqrt(x))", "0.01 * (log(1 - x) - log(1 + sqrt(x)))"},
      {share, "0.01 * log(1 - x**3)", "0.01 * (log(1 - x) + log(1 + x + x**2))"},
      {share, "0.01 * log((1 - x) / x)", "0.01 * (log(1 - x) - log(x))"},
      {share, "0.01 * log(x**3)", "0.03 * log(x)"},
      {share, "0.01 * log(x - x**2)", "0.01 * (log(x) + log(1 - x))"},
      {vector, "0.01 * log(1 - x[0] * x[0])", "0.01 * (log(1 - x[0]) + log(1 + x[0]))"},
      {vector, "0.01 * log(1 - x[0] * x[0] ** 3)", "0.01 * (log(1 - x[0] ** 2) + log(1 + x[0] ** 2))"},
      {to_ten, "0.01 * log(1 - x / 10)", "0.01 * (log(10 - x) - log(10))"},
      {to_ten, "0.01 * log(1 - 0.1 * x)", "0.01 * (log(10 - x) - log(10))"},
      {to_ten, "0.01 * log_density(beta(2, 3), x / 10)",
       "0.01 * (log(12) + log(x / 10) + 2 * log(10 - x) - 2 * log(10))"},
      {wide, "0.01 * log(1 - tanh(x)**2)", "0.01 * (log(4) - softplus(2 * x) - softplus(-2 * x))"},
      {wide, "0.01 * log(1 - tanh(x / 2))", "0.01 * (log(2) - softplus(x))"},
      {wide, "0.01 * log(1 - erf(x / sqrt(2)))", "0.01 * (log(2) + log(1 - Phi(x)))"}};
  const auto model_of = [](const std::string& x, const std::string& potential) {
    return testing::Model(R"("x": )" + x + R"(, "p": {"potential": ")" + potential + R"("})");
  };
  for (const Written& written : all) {
    testing::Model model = model_of(written.x, written.potential), same = model_of(written.x, written.expected);
    for (const double u : {-700.0, -300.0, -40.0, -20.0, -1.0, 0.0, 0.5, 20.0, 37.0, 40.0, 300.0, 700.0}) {
      SCOPED_TRACE(written.potential + " at " + std::to_string(u));
      Eigen::VectorXd gradient(1), wanted(1);
      const double value = same.density.log_density(Eigen::VectorXd::Constant(1, u), wanted);
      EXPECT_TRUE(std::isfinite(value));
      EXPECT_NEAR(model.density.log_density(Eigen::VectorXd::Constant(1, u), gradient), value,
                  1e-12 * (1 + std::abs(value)));
      EXPECT_NEAR(gradient[0], wanted[0], 1e-11 * (1 + std::abs(wanted[0])));
    }
  }
}

/// A normal distribution through a positive number, as a line.
LinePoint lognormal(double u) { return {-u * u / 2 - std::log(2 * M_PI) / 2, -u, std::exp(u)}; }

TEST(Quadrature, FindsWhatIsWrongWithALine) {
  const std::vector<double> ends{-kInfinity, kInfinity};
  EXPECT_EQ(find_fault(lognormal, {}), "");
  EXPECT_NEAR(moments_about_mode(lognormal, ends).mass, 1, 1e-9);
  const Line without_jacobian = [](double u) {
    const LinePoint right = lognormal(u);
    return LinePoint{right.log_density - u, right.gradient - 1, right.x};
  };
  EXPECT_EQ(find_fault(without_jacobian, {}), "");
  EXPECT_GT(std::abs(moments_about_mode(without_jacobian, ends).mass - 1), 0.1);
  const auto wrong_where = [](bool (*is)(double), LinePoint wrong) -> Line {
    return [is, wrong](double u) { return is(u) ? wrong : lognormal(u); };
  };
  EXPECT_NE(find_fault(wrong_where([](double u) { return u > 700; }, {std::nan(""), 0, 0}), {}), "");
  EXPECT_NE(find_fault(wrong_where([](double u) { return u < -30; }, {-7, std::nan(""), 0}), {}), "");
  EXPECT_NE(find_fault(wrong_where([](double u) { return u > 5; }, {-12.5, 0, 0}), {}), "");
  EXPECT_NE(find_fault([](double u) { return LinePoint{lognormal(u).log_density, -u + 1e-5, 0}; }, {}), "");
}

}  // namespace
}  // namespace exmc::density
