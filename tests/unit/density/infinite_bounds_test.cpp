#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "drawn_model.hpp"
#include "exmc/core/error.hpp"
#include "exmc/density/point_transform.hpp"

/// A bound that is infinite is none: for all elements or for some of them.
namespace exmc::density {
namespace {

using ::testing::EndsWith;
using testing::Model;

const OutputSelection kAll{OutputSelection::kAny, OutputSelection::kAny, OutputSelection::kAny};

/// The ends of each element as JSON, and what they are as members of a node of its own.
struct Element {
  std::string lower, upper, own;
};
const std::vector<Element> kElements{{"\"-inf\"", "\"inf\"", ""},
                                     {"0.5", "\"inf\"", R"(, "lower": 0.5)"},
                                     {"\"-inf\"", "1.5", R"(, "upper": 1.5)"},
                                     {"0.5", "1.5", R"(, "lower": 0.5, "upper": 1.5)"}};

std::string list_of(std::string Element::*end) {
  std::string text;
  for (const Element& element : kElements) text += (text.empty() ? "[" : ", ") + element.*end;
  return text + "]";
}

const std::vector<std::string> kNodes{
    R"("dist": "normal", "mu": 0.3, "sigma": 1)", R"("dist": "student_t", "nu": 3, "mu": 0.3, "sigma": 1)",
    R"("dist": "gamma", "alpha": 2, "beta": 1)",  R"("dist": "weibull", "alpha": 2, "beta": 1)",
    R"("dist": "cauchy", "alpha": 0, "beta": 2)", R"("dist": "flat")"};

TEST(InfiniteBounds, EachElementIsAsItWouldBeAlone) {
  for (const std::string& node : kNodes) {
    SCOPED_TRACE(node);
    Model together(R"("x": {)" + node + R"(, "shape": [4], "lower": )" + list_of(&Element::lower) + R"(, "upper": )" +
                   list_of(&Element::upper) + "}");
    for (const double u : {-3.0, -0.2, 0.0, 0.7, 2.5}) {
      const Eigen::VectorXd at = u + Eigen::VectorXd::LinSpaced(4, 0, 0.3).array();
      Eigen::VectorXd gradient(4);
      const double log_density = together.density.log_density(at, gradient);
      const std::vector<double> values = together.at({at.begin(), at.end()}, OutputGroup::posterior).at("x");
      double sum = 0;
      for (Eigen::Index i = 0; i < 4; ++i) {
        Model alone(R"("x": {)" + node + kElements[static_cast<std::size_t>(i)].own + "}");
        Eigen::VectorXd own(1);
        sum += alone.density.log_density(at.segment(i, 1), own);
        EXPECT_NEAR(gradient[i], own[0], 1e-13 * (1 + std::abs(own[0]))) << i;
        EXPECT_NEAR(values[static_cast<std::size_t>(i)], alone.at({at[i]}, OutputGroup::posterior).at("x").front(),
                    1e-14);
      }
      EXPECT_NEAR(log_density, sum, 1e-13 * (1 + std::abs(sum)));
    }
  }
}

TEST(InfiniteBounds, FarOutTheOtherElementsAreLeftAlone) {
  Model model(R"("x": {"dist": "normal", "mu": 0.3, "sigma": 1, "shape": [4], "lower": )" + list_of(&Element::lower) +
              R"(, "upper": )" + list_of(&Element::upper) + "}");
  Eigen::VectorXd at(4), gradient(4);
  at << 0, 0, 0, 800;
  EXPECT_TRUE(std::isfinite(model.density.log_density(at, gradient)));
  EXPECT_TRUE(gradient.allFinite());
  EXPECT_EQ(gradient[3], -1);
}

TEST(InfiniteBounds, ThoseThatAreInfiniteEverywhereAreNone) {
  for (const std::string& node : kNodes) {
    for (const std::string bounds :
         {R"(, "lower": "-inf")", R"(, "upper": "inf")", R"(, "lower": "-inf", "upper": "+inf")",
          R"(, "upper": ["inf"])", R"(, "lower": "low")"}) {
      SCOPED_TRACE(node + bounds);
      Model bounded(R"("x": {)" + node + bounds + R"(, "shape": [1]})",
                    bounds.find("low\"") == std::string::npos ? "{}" : R"({"low": ["-inf"]})");
      Model plain(R"("x": {)" + node + R"(, "shape": [1]})");
      EXPECT_EQ(bounded.density.parameters().front().support, plain.density.parameters().front().support);
      Eigen::VectorXd at = Eigen::VectorXd::Constant(1, 0.4), gradient(1), expected(1);
      EXPECT_EQ(bounded.density.log_density(at, gradient), plain.density.log_density(at, expected));
      EXPECT_EQ(gradient, expected);
    }
  }
}

TEST(InfiniteBounds, OfDataAndDraws) {
  const std::string bounds = R"(, "lower": [0, "-inf", 2], "upper": ["inf", 1, 3], "shape": [3])";
  for (const std::string node : {R"("dist": "poisson", "mu": 1.3)", R"("dist": "normal", "mu": 0.5, "sigma": 1)",
                                 R"("dist": "gamma", "alpha": 2, "beta": 1)"}) {
    SCOPED_TRACE(node);
    Model together(R"("t": {"dist": "flat"}, "y": {)" + node + bounds + R"(, "observed": [1, 1, 2]})", "{}", kAll);
    Model alone(R"("t": {"dist": "flat"}, "a": {)" + node + R"(, "lower": 0, "observed": 1}, "b": {)" + node +
                    R"(, "upper": 1, "observed": 1}, "c": {)" + node + R"(, "lower": 2, "upper": 3, "observed": 2})",
                "{}", kAll);
    const auto found = together.at({0}, OutputGroup::log_likelihood).at("y");
    const auto expected = alone.at({0}, OutputGroup::log_likelihood);
    EXPECT_NEAR(found[0], expected.at("a").front(), 1e-14);
    EXPECT_NEAR(found[1], expected.at("b").front(), 1e-14);
    EXPECT_NEAR(found[2], expected.at("c").front(), 1e-14);
    for (std::uint64_t iteration = 0; iteration < 50; ++iteration) {
      const auto drawn = together.at({0}, OutputGroup::predictive, iteration).at("y");
      EXPECT_TRUE(drawn[0] >= 0 && drawn[1] <= 1 && drawn[2] >= 2 && drawn[2] <= 3);
    }
  }
}

TEST(InfiniteBounds, OfWhatIsCensored) {
  const std::string base = R"({"dist": "weibull", "alpha": 1.5, "beta": "exp(t) + 0"})",
                    t = R"("t": {"dist": "flat"}, )";
  Model together(t + R"("y": {"dist": "censored", "base": )" + base +
                     R"(, "upper": ["inf", 2], "shape": [2], "observed": [2, 2]})",
                 "{}", kAll);
  Model alone(t + R"("a": )" + base.substr(0, base.size() - 1) + R"(, "observed": 2}, )" +
                  R"("b": {"dist": "censored", "base": )" + base + R"(, "upper": 2, "observed": 2})",
              "{}", kAll);
  Eigen::VectorXd at = Eigen::VectorXd::Constant(1, 0.4), gradient(1), expected(1);
  EXPECT_NEAR(together.density.log_density(at, gradient), alone.density.log_density(at, expected), 1e-14);
  EXPECT_NEAR(gradient[0], expected[0], 1e-14);
}

TEST(InfiniteBounds, PointsGoThereAndBack) {
  const std::string text =
      testing::model_text(R"("x": {"dist": "flat", "shape": [4], "lower": )" + list_of(&Element::lower) +
                              R"(, "upper": )" + list_of(&Element::upper) + "}",
                          "{}");
  PointTransform transform(compile(testing::parse_model(text), kDefaultMemory, {.bounds = true}));
  Eigen::VectorXd position(4);
  EXPECT_FALSE(transform.place({{"x", {{4}, {-7, 2, 1, 0.75}}}}, position));
  EXPECT_NEAR(position[0], -7, 1e-15);
  EXPECT_NEAR(position[1], std::log(1.5), 1e-15);
  EXPECT_NEAR(position[2], std::log(0.5), 1e-15);
  EXPECT_NEAR(position[3], std::log(0.25 / 0.75), 1e-15);
  EXPECT_TRUE(transform.place({{"x", {{4}, {-7, 0.5, 1, 0.75}}}}, position));
}

TEST(InfiniteBounds, AtTheOtherEndAreRefused) {
  const auto of = [](const std::string& dist, const std::string& bounds) -> std::string {
    try {
      const Model model(R"("x": {)" + dist + R"(, "shape": [2], )" + bounds + "}");
      return "accepted";
    } catch (const InputError& error) {
      return error.what();
    }
  };
  for (const std::string& node : kNodes) {
    EXPECT_THAT(of(node, R"("lower": "inf")"), EndsWith("nodes.x.lower: expected a finite number or -inf, found inf"));
    EXPECT_THAT(of(node, R"("upper": ["inf", "-inf"])"),
                EndsWith("nodes.x.upper: expected a finite number or inf, found -inf at [1]"));
  }
  EXPECT_THAT(of(R"("dist": "uniform")", R"("lower": 0, "upper": "inf")"),
              EndsWith("nodes.x.upper: expected a finite number, found inf"));
  EXPECT_THAT(of(R"("dist": "normal", "mu": ["inf", 0], "sigma": 1)", R"("lower": 0)"),
              EndsWith("nodes.x.mu[0]: found the string \"inf\", expected a number"));
}

}  // namespace
}  // namespace exmc::density
