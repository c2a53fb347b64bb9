#include "density/laws/own_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>

#include "drawn_model.hpp"

/// Variables that live elsewhere than their distribution does.
namespace exmc::density {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Model;

double log_normal(double x, double mu, double sigma) {
  return -0.5 * (x - mu) * (x - mu) / (sigma * sigma) - std::log(sigma) - 0.5 * std::log(2 * std::numbers::pi);
}

/// Where both models are compared.
Eigen::VectorXd some_position(std::size_t dimension) {
  Eigen::VectorXd position(static_cast<Eigen::Index>(dimension));
  for (Eigen::Index i = 0; i < position.size(); ++i) position[i] = 0.3 + std::sin(static_cast<double>(2 * i));
  return position;
}

/// log density of one model less that of another, whose gradients are the same.
double difference(const std::string& one, const std::string& other) {
  Model a(one), b(other);
  EXPECT_EQ(a.density.dimension(), b.density.dimension());
  const Eigen::VectorXd position = some_position(a.density.dimension());
  Eigen::VectorXd of_a, of_b;
  const double value = a.density.log_density(position, of_a) - b.density.log_density(position, of_b);
  EXPECT_TRUE(of_a.isApprox(of_b, 1e-11)) << one << "\n" << of_a.transpose() << "\n" << of_b.transpose();
  return value;
}

std::string unnormalised(const std::string& nodes) {
  const Model model(nodes);
  return model.density.parameters().back().unnormalised;
}

TEST(OwnSupport, PositiveIsTruncation) {
  for (const std::string law :
       {R"("dist": "normal", "mu": "m", "sigma": 2)", R"("dist": "cauchy", "alpha": "m", "beta": 2)",
        R"("dist": "student_t", "nu": 3, "mu": "m", "sigma": 2)"}) {
    const std::string m = R"("m": {"dist": "flat"}, "x": {)", shape = R"(, "shape": [2]})";
    EXPECT_NEAR(difference(m + law + R"(, "support": "positive")" + shape, m + law + R"(, "lower": 0)" + shape), 0,
                1e-13);
    EXPECT_NEAR(difference(m + law + R"(, "support": "unit_interval")" + shape,
                           m + law + R"(, "lower": 0, "upper": 1)" + shape),
                0, 1e-13);
    EXPECT_THAT(unnormalised(m + law + R"(, "support": "positive")" + shape), IsEmpty());
  }
  EXPECT_NEAR(difference(R"("x": {"dist": "exponential", "lam": 2, "support": "unit_interval"})",
                         R"("x": {"dist": "exponential", "lam": 2, "upper": 1, "lower": 0})"),
              0, 1e-13);
}

TEST(OwnSupport, OrderedNumbersHaveAllTheirOrders) {
  const std::string flat = R"("s": {"dist": "half_normal", "sigma": 1},
                              "x": {"dist": "flat", "support": "ordered", "shape": [4]},)";
  const std::string ordered = R"("s": {"dist": "half_normal", "sigma": 1},
                                 "x": {"dist": "normal", "mu": 1, "sigma": "s", "support": "ordered", "shape": [4]})";
  const double found = difference(ordered, flat + R"("t": {"dist": "normal", "mu": 1, "sigma": "s", "value": "x"})");
  EXPECT_NEAR(found, std::log(24.0), 1e-12);
  EXPECT_THAT(unnormalised(ordered), IsEmpty());
}

/// Of four equal numbers that are positive and in order, with density e^-x each: 4!; of normals also P(x > 0)^-4.
TEST(OwnSupport, PositiveOrderedNumbers) {
  const std::string flat = R"("x": {"dist": "flat", "support": "positive_ordered", "shape": [4]},)";
  const std::string x = R"("support": "positive_ordered", "shape": [4]})";
  EXPECT_NEAR(difference(R"("x": {"dist": "exponential", "lam": 1, )" + x,
                         flat + R"("t": {"dist": "exponential", "lam": 1, "value": "x"})"),
              std::log(24.0), 1e-12);
  EXPECT_NEAR(difference(R"("x": {"dist": "normal", "mu": 0, "sigma": 2, )" + x,
                         flat + R"("t": {"dist": "normal", "mu": 0, "sigma": 2, "value": "x"})"),
              std::log(24.0) + 4 * std::log(2.0), 1e-12);
}

/// Normals whose sum is 0 are, along any orthonormal axes of that plane, one normal fewer.
TEST(OwnSupport, NormalsOfSumZero) {
  for (const std::string scale : {R"("sigma": "s")", R"("tau": "s ** -2")"}) {
    Model model(R"("s": {"dist": "flat"}, "x": {"dist": "normal", "mu": 0.7, )" + scale +
                R"(, "support": "sum_to_zero", "shape": [2, 4]})");
    Eigen::VectorXd position = some_position(7), gradient, of_scale;
    position[0] = 1.7;
    double expected = 0, slope = 0;
    for (Eigen::Index i = 1; i < 7; ++i) {
      expected += log_normal(position[i], 0, 1.7);
      slope += position[i] * position[i] / std::pow(1.7, 3) - 1 / 1.7;
    }
    EXPECT_NEAR(model.density.log_density(position, gradient), expected, 1e-12) << scale;
    EXPECT_NEAR(gradient[0], slope, 1e-11) << scale;
    EXPECT_NEAR(gradient[1], -position[1] / (1.7 * 1.7), 1e-12) << scale;
    EXPECT_THAT(model.density.parameters().back().unnormalised, IsEmpty());
  }
}

TEST(OwnSupport, ElsewhereWhatIsLeftOutIsSaid) {
  const std::string s = R"("s": {"dist": "half_normal", "sigma": 1}, "x": {"dist": )";
  EXPECT_THAT(unnormalised(s + R"("normal", "mu": [0, 1, 2], "sigma": 1, "support": "ordered"})"),
              HasSubstr("a constant"));
  EXPECT_THAT(unnormalised(s + R"("normal", "mu": [0, 1, 2], "sigma": "s", "support": "ordered"})"),
              HasSubstr("a factor"));
  EXPECT_THAT(unnormalised(s + R"("beta", "alpha": 2, "beta": 2, "support": "simplex", "shape": [3]})"),
              HasSubstr("a constant"));
  EXPECT_THAT(unnormalised(s + R"("skew_normal", "mu": 0, "sigma": "s", "alpha": 2, "support": "positive"})"),
              HasSubstr("a factor"));
  EXPECT_THAT(unnormalised(s + R"("student_t", "nu": "s", "mu": 0, "sigma": 1, "support": "positive"})"),
              HasSubstr("a factor"));
  EXPECT_THAT(unnormalised(s + R"("mv_normal", "mu": [0, 0], "cov": [[1, 0], [0, 1]], "support": "ordered"})"),
              HasSubstr("a constant"));
}

/// What no constant is known of has the density of the distribution, where the variable lives.
TEST(OwnSupport, UnnormalisedIsTheDensityThere) {
  for (const auto& [law, support] :
       {std::pair{R"("dist": "normal", "mu": [0, 1, 2], "sigma": 2)", "ordered"},
        std::pair{R"("dist": "mv_normal", "mu": [0, 1, 2], "cov": [[1, 0, 0], [0, 2, 0], [0, 0, 1]])",
                  "positive_ordered"},
        std::pair{R"("dist": "mv_normal", "mu": [0, 1, 2], "cov": [[1, 0, 0], [0, 2, 0], [0, 0, 1]])", "positive"},
        std::pair{R"("dist": "gamma", "alpha": 2, "beta": 3)", "simplex"},
        std::pair{R"("dist": "normal", "mu": 0, "sigma": 2)", "unit_vector"},
        std::pair{R"("dist": "student_t", "nu": 3, "mu": 0, "sigma": 2)", "sum_to_zero"},
        std::pair{R"("dist": "skew_normal", "mu": 0, "sigma": 2, "alpha": 1)", "unit_interval"}}) {
    const std::string x = R"(, "support": ")" + std::string(support) + R"(", "shape": [3]})";
    EXPECT_NEAR(difference("\"x\": {" + std::string(law) + x,
                           R"("x": {"dist": "flat")" + x + ", \"t\": {" + law + R"(, "value": "x"})"),
                0, 1e-12)
        << law << " on " << support;
  }
}

TEST(OwnSupport, IsNotLeftForLearnedCoordinates) {
  const auto model = testing::parse_model(testing::model_text(
      R"("m": {"dist": "normal", "mu": 0, "sigma": 1}, "tau": {"dist": "half_normal", "sigma": 1},
         "x": {"dist": "normal", "mu": "m", "sigma": "tau", "support": "ordered", "shape": [3]})",
      "{}"));
  ModelDensity plain(compile(model)), learned(compile(model, kDefaultMemory, {}, CoordinatesChoice::automatic));
  Eigen::VectorXd position = some_position(5), unused;
  const double value = learned.log_density(position, unused) - learned.log_jacobian(position);
  learned.to_model(position);
  EXPECT_NEAR(plain.log_density(position, unused), value, 1e-12);
}

TEST(OwnSupport, OfObservedNodesTheDataAreThere) {
  Model observed(R"("s": {"dist": "flat"}, "y": {"dist": "normal", "mu": 0, "sigma": "s", "support": "positive",
                     "shape": [2], "observed": [1, 2]})");
  Eigen::VectorXd gradient;
  EXPECT_NEAR(observed.density.log_density(Eigen::VectorXd::Constant(1, 2.0), gradient),
              log_normal(1, 0, 2) + log_normal(2, 0, 2) + 2 * std::log(2), 1e-13);
}

TEST(OwnSupport, AreWhatTheSchemaHas) {
  using ::testing::ElementsAre;
  EXPECT_THAT(possible_supports(*find_distribution("gamma")),
              ElementsAre("positive", "unit_interval", "positive_ordered", "simplex"));
  EXPECT_THAT(possible_supports(*find_distribution("dirichlet")), ElementsAre("simplex"));
  EXPECT_THAT(possible_supports(*find_distribution("uniform")), ::testing::Not(::testing::Contains("positive")));
  EXPECT_EQ(possible_supports(*find_distribution("flat")), support_names());
}

/// Arrays of vectors, and bounds of each element.
TEST(OwnSupport, BatchesOfVectorsAreIndependent) {
  for (const std::string law :
       {R"("dist": "dirichlet", "a": [1, 2, 3, 4])", R"("dist": "flat", "support": "ordered")",
        R"("dist": "flat", "support": "simplex")", R"("dist": "normal", "mu": 0, "sigma": 2, "support": "ordered")"}) {
    Model all("\"x\": {" + law + R"(, "shape": [3, 4]})"), one("\"x\": {" + law + R"(, "shape": [4]})");
    const Eigen::VectorXd position = some_position(all.density.dimension());
    const auto size = static_cast<Eigen::Index>(one.density.dimension());
    ASSERT_EQ(all.density.dimension(), 3 * one.density.dimension());
    Eigen::VectorXd gradient, part;
    double sum = 0;
    const double value = all.density.log_density(position, gradient);
    for (Eigen::Index i = 0; i < 3; ++i) {
      sum += one.density.log_density(position.segment(size * i, size), part);
      EXPECT_TRUE(gradient.segment(size * i, size).isApprox(part, 1e-12)) << law;
    }
    EXPECT_NEAR(value, sum, 1e-12) << law;
  }
}

TEST(OwnSupport, BoundsMayBeParametersOfEachElement) {
  Model model(R"("a": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3]},
                 "x": {"dist": "normal", "mu": 0, "sigma": 2, "lower": "a", "upper": "a + [1, 2, 3]", "shape": [3]})");
  const Eigen::VectorXd position = some_position(6);
  const auto values = model.at({position.begin(), position.end()}, OutputGroup::posterior);
  const auto cdf = [](double x) { return 0.5 * std::erfc(-x / (2 * std::numbers::sqrt2)); };
  double expected = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const double a = values.at("a")[i], x = values.at("x")[i], u = position[static_cast<Eigen::Index>(3 + i)];
    const double width = static_cast<double>(i) + 1, share = 1 / (1 + std::exp(-u));
    EXPECT_NEAR(x, a + width * share, 1e-14);
    expected += log_normal(a, 0, 1) + log_normal(x, 0, 2) - std::log(cdf(a + width) - cdf(a)) +
                std::log(width * share * (1 - share));
  }
  Eigen::VectorXd gradient;
  EXPECT_NEAR(model.density.log_density(position, gradient), expected, 1e-12);
}

}  // namespace
}  // namespace exmc::density
