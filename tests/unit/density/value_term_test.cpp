#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <vector>

#include "domain_cases.hpp"
#include "drawn_model.hpp"
#include "exmc/core/error.hpp"
#include "exmc/density/evaluator.hpp"

/// Densities that are taken of expressions, for every continuous distribution that the registry has.
namespace exmc::density {
namespace {

using ::testing::HasSubstr;
using testing::Model;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr OutputSelection kAll{OutputSelection::kAny, OutputSelection::kAny, OutputSelection::kAny};

/// "dist" and parameters that are inside their domains.
std::string law_of(const Distribution& d) {
  std::string text = R"("dist": ")" + std::string(d.name) + "\"";
  for (const Parameter& parameter : d.parametrisations.front()) {
    text += ", \"" + std::string(parameter.name) + "\": " + testing::inside(parameter);
  }
  return text;
}

/// A flat variable that lives where that of the distribution does.
std::string flat_as(const Distribution& d) {
  std::string text = R"("dist": "flat")" + testing::shape_of(d);
  if (!d.lower_bound.empty() || !d.upper_bound.empty()) {
    for (const Parameter& parameter : d.parametrisations.front()) {
      const std::string value = ": " + testing::inside(parameter);
      if (parameter.name == d.lower_bound) text += R"(, "lower")" + value;
      if (parameter.name == d.upper_bound) text += R"(, "upper")" + value;
    }
    return text;
  }
  if (d.support == &kAngleSupport) return text + R"(, "lower": -3.141592653589793, "upper": 3.141592653589793)";
  return text + R"(, "support": ")" + std::string(d.support->name) + "\"";
}

std::vector<const Distribution*> continuous_distributions() {
  std::vector<const Distribution*> all;
  for (const std::string& name : distribution_names()) {
    const Distribution* const d = find_distribution(name);
    if (!d->discrete && !d->any_support && d->name != "half_flat") all.push_back(d);
  }
  return all;
}

std::string mixed(const std::string& law) {
  return R"("dist": "mixture", "w": [0.25, 0.75], "components": [{)" + law + "}, {" + law + "}]";
}

void expect_same_density(const std::string& variable, const std::string& flat, const std::string& law) {
  Model a("\"x\": {" + variable + "}", "{}", kAll);
  Model b("\"x\": {" + flat + "}, \"t\": {" + law + ", \"value\": \"x\"}", "{}", kAll);
  ASSERT_EQ(a.density.dimension(), b.density.dimension());
  const auto size = static_cast<Eigen::Index>(a.density.dimension());
  for (const double scale : {0.1, 0.7, -0.4}) {
    Eigen::VectorXd position(size), of_a, of_b;
    for (Eigen::Index i = 0; i < size; ++i) position[i] = scale * (1.0 + 0.5 * std::sin(static_cast<double>(i)));
    const double expected = a.density.log_density(position, of_a);
    ASSERT_TRUE(std::isfinite(expected));
    EXPECT_NEAR(b.density.log_density(position, of_b), expected, 1e-11 * std::max(1.0, std::abs(expected)));
    EXPECT_LT((of_a - of_b).cwiseAbs().maxCoeff(), 1e-9 * std::max(1.0, of_a.cwiseAbs().maxCoeff()));
    const std::vector<double> at(position.begin(), position.end());
    const std::vector<double> prior = a.at(at, OutputGroup::log_prior).at("x");
    const std::vector<double> of_term = b.at(at, OutputGroup::log_prior).at("t");
    ASSERT_EQ(of_term.size(), prior.size());
    for (std::size_t i = 0; i < prior.size(); ++i) EXPECT_NEAR(of_term[i], prior[i], 1e-10);
  }
}

TEST(ValueTerms, AreTheDensityOfAVariable) {
  for (const Distribution* d : continuous_distributions()) {
    SCOPED_TRACE(d->name);
    const std::string law = law_of(*d);
    expect_same_density(law + testing::shape_of(*d), flat_as(*d), law);
    if (!d->lower_bound.empty() || !d->upper_bound.empty()) continue;
    expect_same_density(mixed(law) + testing::shape_of(*d), flat_as(*d), mixed(law));
  }
}

TEST(ValueTerms, OutsideOfTheSupportAreImpossible) {
  for (const Distribution* d : continuous_distributions()) {
    if (!d->axes.empty()) continue;
    const std::string law = law_of(*d);
    Model observed("\"m\": {\"dist\": \"flat\"}, \"y\": {" + law + ", \"observed\": " + testing::possible_data(*d) +
                   "}");
    for (const std::string& form : {law, mixed(law)}) {
      Model model("\"x\": {\"dist\": \"flat\"}, \"t\": {" + form + ", \"value\": \"x\"}", "{}", kAll);
      for (const double x : {-40.0, -3.5, -0.25, 0.3, 1.5, 40.0}) {
        Eigen::VectorXd gradient;
        const double found = model.density.log_density(Eigen::VectorXd::Constant(1, x), gradient);
        bool possible = d->data->contains(x);
        for (const Parameter& parameter : d->parametrisations.front()) {
          if (parameter.name == d->lower_bound) possible = possible && x >= std::stod(testing::inside(parameter));
          if (parameter.name == d->upper_bound) possible = possible && x <= std::stod(testing::inside(parameter));
        }
        EXPECT_EQ(std::isfinite(found), possible) << form << " at " << x << ": " << found;
        if (!possible) {
          EXPECT_EQ(found, -kInfinity) << form << " at " << x;
        }
        EXPECT_EQ(std::isfinite(model.at({x}, OutputGroup::log_prior).at("t")[0]), possible) << form << " at " << x;
      }
    }
  }
}

TEST(ValueTerms, OfTruncatedVariablesKeepTheirBounds) {
  Model model(R"("x": {"dist": "flat"}, "b": {"dist": "flat"},
                 "t": {"dist": "normal", "mu": 0, "sigma": 1, "lower": "b", "upper": 2, "value": "x"})");
  const auto density = [&](double x, double b) {
    Eigen::VectorXd gradient;
    return model.density.log_density(Eigen::Vector2d(x, b), gradient);
  };
  EXPECT_NEAR(density(1, 0), -0.5 - 0.5 * std::log(2 * std::numbers::pi) - std::log(0.4772498680518208), 1e-12);
  EXPECT_EQ(density(-0.1, 0), -kInfinity);
  EXPECT_EQ(density(2.1, 0), -kInfinity);
  EXPECT_TRUE(std::isfinite(density(-0.1, -1)));
}

double log_normal(double x, double mu, double sigma) {
  return -0.5 * (x - mu) * (x - mu) / (sigma * sigma) - std::log(sigma) - 0.5 * std::log(2 * std::numbers::pi);
}

TEST(ValueTerms, WithDataInThemAreLikelihoods) {
  const std::string data = R"({"y": [1, 2, 4], "g": [0, 1, 1], "N": 3})";
  const auto groups_of = [&](const std::string& value) {
    Model model(R"("a": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [3]}, "r": {"expr": "a - y"},
                   "t": {"dist": "normal", "mu": 0, "sigma": 2, "value": ")" +
                    value + "\"}",
                data, kAll);
    std::vector<OutputGroup> groups;
    for (const OutputGroup group : {OutputGroup::log_likelihood, OutputGroup::log_prior, OutputGroup::predictive}) {
      if (model.at({0.5, 1, 3}, group).contains("t")) groups.push_back(group);
    }
    return groups;
  };
  const std::vector likelihood{OutputGroup::log_likelihood}, prior{OutputGroup::log_prior};
  EXPECT_EQ(groups_of("a - y"), likelihood);
  EXPECT_EQ(groups_of("exp(r)"), likelihood);
  EXPECT_EQ(groups_of("a[g]"), prior) << "data that says which elements";
  EXPECT_EQ(groups_of("sum(a) / N"), prior) << "a length";
  EXPECT_EQ(groups_of("y"), (std::vector{OutputGroup::log_likelihood, OutputGroup::predictive})) << "as observed";
}

TEST(ValueTerms, ArePointwise) {
  Model model(R"("a": {"dist": "flat"}, "t": {"dist": "normal", "mu": [[0], [1]], "sigma": 2, "value": "a - y"})",
              R"({"y": [1, 2, 4]})", kAll);
  const std::vector<double> found = model.at({0.5}, OutputGroup::log_likelihood).at("t");
  ASSERT_EQ(found.size(), 6U);
  double sum = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const double expected = log_normal(0.5 - std::array{1, 2, 4}.at(i % 3), i < 3 ? 0 : 1, 2);
    EXPECT_NEAR(found[i], expected, 1e-14);
    sum += expected;
  }
  Eigen::VectorXd gradient;
  EXPECT_NEAR(model.density.log_density(Eigen::VectorXd::Constant(1, 0.5), gradient), sum, 1e-13);
}

TEST(ValueTerms, OfDataAloneAreObserved) {
  const std::string rest = R"("m": {"dist": "normal", "mu": 0, "sigma": 1}, "s": {"dist": "half_normal", "sigma": 1},)";
  for (const std::string law : {R"("dist": "normal", "mu": "m", "sigma": "s")", R"("dist": "poisson", "mu": "s")",
                                R"("dist": "mixture", "w": [0.5, 0.5], "components": {"dist": "normal", "mu": "[m, 1]",
                                "sigma": "s"})"}) {
    Model observed(rest + "\"y\": {" + law + R"(, "shape": [3], "observed": "y0"})", R"({"y0": [1, 2, 4]})", kAll);
    Model valued(rest + "\"y\": {" + law + R"(, "value": "y0"})", R"({"y0": [1, 2, 4]})", kAll);
    Eigen::VectorXd of_a, of_b;
    const Eigen::Vector2d position(0.3, -0.2);
    EXPECT_EQ(observed.density.log_density(position, of_a), valued.density.log_density(position, of_b));
    EXPECT_EQ(of_a, of_b);
    for (const OutputGroup group : {OutputGroup::log_likelihood, OutputGroup::predictive}) {
      EXPECT_EQ(observed.at({0.3, -0.2}, group), valued.at({0.3, -0.2}, group));
    }
    EXPECT_EQ(valued.density.observed().size(), 1U);
  }
}

TEST(ValueTerms, AreToldByNode) {
  Evaluator evaluator(testing::parse_model(testing::model_text(
      R"("a": {"dist": "normal", "mu": 0, "sigma": 1}, "t": {"dist": "normal", "mu": 0, "sigma": 2, "value": "a - y"},
         "p": {"dist": "normal", "mu": 0, "sigma": 3, "value": "exp(a) "})",
      R"({"y": [1, 2, 4]})")));
  const Evaluation found = evaluator.evaluate(Eigen::VectorXd::Constant(1, 0.5));
  EXPECT_NEAR(found.terms.at("t"), log_normal(-0.5, 0, 2) + log_normal(-1.5, 0, 2) + log_normal(-3.5, 0, 2), 1e-13);
  EXPECT_NEAR(found.terms.at("p"), log_normal(std::exp(0.5), 0, 3), 1e-14);
  EXPECT_NEAR(found.log_density, found.terms.at("a") + found.terms.at("t") + found.terms.at("p"), 1e-13);
}

TEST(ValueTerms, LeaveThePriorToTheLikelihood) {
  const std::string nodes = R"("a": {"dist": "normal", "mu": 0, "sigma": 1},
                               "t": {"dist": "normal", "mu": 0, "sigma": 1, "value": )";
  const auto compile = [&](const std::string& value) {
    return compile_prior(testing::parse_model(testing::model_text(nodes + value + "}", R"({"y": [1, 2]})")));
  };
  EXPECT_NO_THROW((void)compile("\"a - y\""));
  try {
    (void)compile("\"exp(a)\"");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("nodes.t: a model with densities of expressions has no prior"));
  }
}

/// What is sampled in learned coordinates has the same density, whatever the terms are that it feeds.
TEST(ValueTerms, LeaveLearnedCoordinatesExact) {
  const auto model = testing::parse_model(testing::model_text(
      R"("m": {"dist": "normal", "mu": 0, "sigma": 5}, "tau": {"dist": "half_normal", "sigma": 5},
         "theta": {"dist": "normal", "mu": "m", "sigma": "tau", "shape": [3]},
         "t": {"dist": "normal", "mu": "theta", "sigma": 2, "value": "y + 0 * m"})",
      R"({"y": [1, 2, 4]})"));
  ModelDensity plain(compile(model)), learned(compile(model, kDefaultMemory, {}, CoordinatesChoice::automatic));
  ASSERT_TRUE(learned.learns());
  Eigen::VectorXd position(5), unused;
  position << 0.2, -0.3, 0.1, 0.9, -1.1;
  const double value = learned.log_density(position, unused) - learned.log_jacobian(position);
  learned.to_model(position);
  EXPECT_NEAR(plain.log_density(position, unused), value, 1e-12);
}

}  // namespace
}  // namespace exmc::density
