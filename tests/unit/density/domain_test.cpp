#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "density/program/program.hpp"
#include "domain_cases.hpp"
#include "drawn_model.hpp"
#include "exmc/core/error.hpp"

/// Outside the domains of its parameters a distribution has density zero and no random numbers, whatever the form. The
/// cases come from the registry: a distribution that is added to it is tested here.
namespace exmc::density {
namespace {

using testing::bounds_around;
using testing::inside;
using testing::Model;
using testing::ParameterCase;
using testing::possible_data;
using testing::shape_of;
using testing::WayOut;
using testing::ways_out;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A node of a distribution of which one parameter has a way out, or none of them, as members of a JSON object.
std::string members(const ParameterCase& c, const WayOut* way) {
  std::string text = R"("dist": ")" + std::string(c.distribution->name) + "\"";
  for (const Parameter& parameter : *c.set) {
    const bool leaves = way != nullptr && &parameter == c.parameter;
    const std::string value = leaves ? "\"" + way->value + "\"" : inside(parameter);
    text += ", \"" + std::string(parameter.name) + "\": " + value;
  }
  return text;
}

struct Form {
  std::string name, node;  ///< the node without its braces
  bool observed = true;
};

/// All forms in which a model may have the distribution.
std::vector<Form> forms(const ParameterCase& c, const WayOut& way) {
  const Distribution& d = *c.distribution;
  const std::string node = members(c, &way), other = members(c, nullptr), data = possible_data(d);
  const std::string seen = shape_of(d) + R"(, "observed": )" + data, bounds = bounds_around(d);
  std::vector<Form> all{
      {"plain", node + seen},
      {"mixture", R"("dist": "mixture", "w": [0.3, 0.7], "components": [{)" + other + "}, {" + node + "}]" + seen},
      {"mixture of a weight 0",
       R"("dist": "mixture", "w": [1, 0], "components": [{)" + other + "}, {" + node + "}]" + seen}};
  if (d.axes.empty()) {
    all.push_back({"array", node + R"(, "shape": [3], "observed": [)" + data + ", " + data + ", " + data + "]"});
  }
  if (d.axes.empty() && std::ranges::all_of(*c.set, [](const Parameter& p) { return p.axes.empty(); })) {
    all.push_back({"components", R"("dist": "mixture", "w": [0.3, 0.7], "components": {)" + node + "}" + seen});
  }
  if (!d.discrete) {
    all.push_back({"free", node + shape_of(d), false});
  }
  const bool takes_bounds = d.lower_bound == "lower" || d.upper_bound == "upper";
  if (!d.cdf || takes_bounds || std::ranges::count(d.cdf->data, c.parameter->name) > 0) return all;
  all.push_back({"truncated", node + ", " + bounds + seen});
  if (!d.discrete) all.push_back({"truncated free", node + ", " + bounds, false});
  all.push_back({"censored", R"("dist": "censored", "base": {)" + node + "}, " + bounds + seen});
  all.push_back({"mixture of truncated", R"("dist": "mixture", "w": [0.3, 0.7], "components": [{)" + other + "}, {" +
                                             node + ", " + bounds + "}]" + seen});
  return all;
}

class Law {
 public:
  Law(const std::string& node, const WayOut& way)
      : model_(R"("t": {"dist": "flat"}, "x": {)" + node + "}",
               way.base.empty() ? "{}" : R"({"base": )" + way.base + R"(, "direction": )" + way.direction + "}",
               {OutputSelection::kAny, OutputSelection::kAny, OutputSelection::kAny}) {}

  double log_density(double t) {
    Eigen::VectorXd gradient;
    return model_.density.log_density(position(t), gradient);
  }
  std::string explanation(double t) { return model_.density.explain(position(t)); }
  /// Of x: its log densities or random numbers; empty where there are none.
  std::vector<double> numbers(OutputGroup group, double t) {
    const Eigen::VectorXd at = position(t);
    const auto found = model_.at({at.begin(), at.end()}, group);
    return found.contains("x") ? found.at("x") : std::vector<double>{};
  }

 private:
  [[nodiscard]] Eigen::VectorXd position(double t) const {
    Eigen::VectorXd at = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(model_.density.dimension()));
    at[0] = t;
    return at;
  }
  Model model_;
};

bool all_of(const std::vector<double>& numbers, bool (*is)(double)) { return std::ranges::all_of(numbers, is); }
bool is_nan(double x) { return std::isnan(x); }

TEST(Domains, OutsideOfThemTheDensityIsZeroAndNothingIsDrawn) {
  for (const ParameterCase& c : testing::parameter_cases()) {
    for (const WayOut& way : ways_out(*c.parameter)) {
      for (const Form& form : forms(c, way)) {
        SCOPED_TRACE(c.name() + " = " + way.value + " " + way.direction + ", " + form.name);
        Law law(form.node, way);
        EXPECT_TRUE(std::isfinite(law.log_density(way.inside))) << law.explanation(way.inside);
        EXPECT_FALSE(all_of(law.numbers(OutputGroup::predictive, way.inside), is_nan) && form.observed &&
                     c.distribution->generator);
        const OutputGroup log_densities = form.observed ? OutputGroup::log_likelihood : OutputGroup::log_prior;
        for (const double t : way.outside) {
          // A component that is not a number counts for nothing where its weight is 0.
          if (form.name == "mixture of a weight 0" && (std::isnan(t) || way.value != "t")) continue;
          EXPECT_EQ(law.log_density(t), -kInfinity) << "t = " << t;
          EXPECT_NE(law.explanation(t), "") << "t = " << t;
          EXPECT_FALSE(std::ranges::any_of(law.numbers(log_densities, t), [](double x) { return std::isfinite(x); }))
              << "t = " << t;
          const std::vector<double> random = law.numbers(OutputGroup::predictive, t);
          const bool drawn = !random.empty() && !std::ranges::any_of(random, is_nan);
          EXPECT_FALSE(drawn && form.name != "mixture" && form.name != "components") << "t = " << t;
        }
      }
    }
  }
}

/// A model of one observed distribution given `t`, which is any number, and others.
Law law_of(const std::string& node) { return {node, WayOut{}}; }

TEST(Domains, RelationsBetweenParametersAreEnforced) {
  for (const std::string& name : distribution_names()) {
    const Distribution& d = *find_distribution(name);
    for (const Relation& relation : d.relations) {
      const auto set = std::ranges::find_if(d.parametrisations, [&](const auto& parameters) {
        return std::ranges::count(parameters, relation.first, &Parameter::name) > 0 &&
               std::ranges::count(parameters, relation.second, &Parameter::name) > 0;
      });
      ASSERT_NE(set, d.parametrisations.end()) << name << ": " << relation.text;
      const Parameter& first = *std::ranges::find(*set, relation.first, &Parameter::name);
      const std::string seen = R"(, "observed": )" + possible_data(d);
      const WayOut far{"1e6", "", "", 0, {}};
      EXPECT_THROW(Law(members({&d, &*set, &first}, &far) + seen, far), InputError) << name << ": " << relation.text;
      if (first.data) continue;
      const WayOut way{"t", "", "", std::stod(inside(first)), {}};
      Law law(members({&d, &*set, &first}, &way) + seen, way);
      EXPECT_TRUE(std::isfinite(law.log_density(way.inside))) << name << ": " << relation.text;
      EXPECT_EQ(law.log_density(1e6), -kInfinity) << name << ": " << relation.text;
      EXPECT_EQ(law.explanation(1e6), "outside its domain: x." + std::string(relation.first)) << relation.text;
      EXPECT_TRUE(all_of(law.numbers(OutputGroup::predictive, 1e6), is_nan)) << name << ": " << relation.text;
    }
  }
}

TEST(Domains, BoundsThatDependOnParametersKeepTheirOrder) {
  for (const std::string node :
       {R"("dist": "uniform", "lower": "t", "upper": 1, "observed": 0.5)",
        R"("dist": "uniform", "lower": "t", "upper": 1)", R"("dist": "flat", "lower": "t", "upper": 1)",
        R"("dist": "normal", "mu": 0, "sigma": 1, "lower": "t", "upper": 1, "observed": 0.5)",
        R"("dist": "normal", "mu": 0, "sigma": 1, "lower": "t", "upper": 1)"}) {
    Law law = law_of(node);
    EXPECT_TRUE(std::isfinite(law.log_density(0))) << node;
    for (const double t : {1.0, 1.5, 1e9, std::nan("")}) {
      EXPECT_EQ(law.log_density(t), -kInfinity) << node << ", t = " << t;
      EXPECT_EQ(law.explanation(t), "outside its domain: x.lower") << node << ", t = " << t;
    }
  }
}

TEST(Domains, WeightsOfAMixtureAreSharesOfOne) {
  const std::string components =
      R"("components": [{"dist": "normal", "mu": 0, "sigma": 1}, {"dist": "normal", "mu": 3, "sigma": 1}])";
  Law law = law_of(R"("dist": "mixture", "w": "[t, 0.7 * t / t]", )" + components + R"(, "observed": 0.5)");
  EXPECT_TRUE(std::isfinite(law.log_density(0.3)));
  EXPECT_TRUE(std::isfinite(law.log_density(std::nextafter(0.3, 1)))) << "rounding";
  for (const double t : {0.3001, 0.0, -0.3, 5.0, std::nan("")}) {
    EXPECT_EQ(law.log_density(t), -kInfinity) << t;
    EXPECT_EQ(law.explanation(t), "outside its domain: x.w") << t;
    EXPECT_EQ(law.numbers(OutputGroup::log_likelihood, t), std::vector{-kInfinity}) << t;
    EXPECT_TRUE(all_of(law.numbers(OutputGroup::predictive, t), is_nan)) << t;
  }
}

TEST(Domains, OfAnArrayTheElementsOutsideAreImpossible) {
  Law law = law_of(R"("dist": "poisson", "mu": "[1, 1 + t, 1 - t]", "observed": [0, 0, 0])");
  EXPECT_EQ(law.numbers(OutputGroup::log_likelihood, 2), (std::vector<double>{-1, -3, -kInfinity}));
  const std::vector<double> drawn = law.numbers(OutputGroup::predictive, 2);
  EXPECT_TRUE(drawn[0] >= 0 && drawn[1] >= 0 && std::isnan(drawn[2]));
  EXPECT_EQ(law.log_density(2), -kInfinity);
}

/// How often the density of a normal asks whether this is positive, where s is a positive vector, t any number, p a
/// share and X data.
std::size_t questions(const std::string& sigma) {
  const auto program = compile(testing::parse_model(testing::model_text(
      R"("t": {"dist": "flat"}, "s": {"dist": "half_normal", "sigma": 1, "shape": [3]},
         "p": {"dist": "uniform", "lower": 0, "upper": 1},
         "x": {"dist": "normal", "mu": 0, "sigma": ")" +
          sigma + R"(", "shape": [3], "observed": [1, 2, 3]})",
      R"({"g": [2, 0, 2], "X": [1, 2, 3]})")));
  return static_cast<std::size_t>(std::ranges::count(program->origins, true, &Origin::requirement));
}

TEST(Domains, WhatIsKnownToBeInsideIsNotAsked) {
  for (const std::string inside : {"exp(t)",
                                   "s",
                                   "s[g]",
                                   "s[1]",
                                   "2 * s",
                                   "s + 1",
                                   "s + square(t)",
                                   "s * exp(t)",
                                   "s / s[0]",
                                   "sqrt(s)",
                                   "s ** 2",
                                   "s ** t",
                                   "softplus(t)",
                                   "sigmoid(t)",
                                   "1 - sigmoid(t)",
                                   "p",
                                   "1 - p",
                                   "1 - 0.5 * p",
                                   "sum(s)",
                                   "mean(s)",
                                   "max(s)",
                                   "prod(s)",
                                   "cumsum(s)",
                                   "maximum(t, 0.1)",
                                   "clip(t, 1, 2)",
                                   "where(t > 0, s, 1)",
                                   "[s[0], exp(t), 1]",
                                   "softmax([t, 1, 2])",
                                   "1 + abs(t)",
                                   "X * exp(t)",
                                   "-s / (-1)"}) {
    EXPECT_EQ(questions(inside), 0) << inside;
  }
  for (const std::string unknown :
       {"t", "s - 1", "log(s)", "t * s", "square(t)", "abs(t)", "1 - 2 * p", "minimum(t, 1)", "where(t > 0, s, t)",
        "X * t", "s / t", "-s", "(X - 1) * exp(t)", "[1, t, 1]"}) {
    EXPECT_EQ(questions(unknown), 1) << unknown;
  }
}

}  // namespace
}  // namespace exmc::density
