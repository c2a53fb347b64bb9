// One-dimensional posteriors on the unconstrained scale, against what their integrals must be, for all that the
// registry has: a distribution or a parametrisation that is added takes part by itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "density/distributions/distribution.hpp"
#include "differences.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

std::string node(const std::string& name, const std::string& body) { return "\"" + name + "\": {" + body + "}"; }

ModelDensity model(const std::string& nodes) {
  return ModelDensity(compile(testing::parse_model("{\"exmc_ir\": 1, \"nodes\": {" + nodes + "}}")));
}

struct At {
  double log_density, gradient, value;  ///< value: of the first saved variable
};

At evaluate(ModelDensity& density, double u) {
  Eigen::VectorXd position = Eigen::VectorXd::Constant(1, u), gradient(1);
  const double log_density = density.log_density(position, gradient);
  std::vector<double> row(density.saved_size());
  density.write_saved(position, row);
  return {log_density, gradient[0], row.front()};
}

struct Moments {
  double mass = 0, mean = 0;
};

/// Integrals over the real line, by steps of t in u = scale sinh t: tails may fall as slowly as 1 / u^2.
Moments integrate(ModelDensity& density, double scale = 1, double step = 0.01) {
  Moments moments;
  for (double t = -25; t <= 25; t += step) {
    const At at = evaluate(density, scale * std::sinh(t));
    if (at.log_density < -700) continue;
    const double weight = std::exp(at.log_density) * scale * std::cosh(t) * step;
    moments.mass += weight;
    moments.mean += weight * at.value;
  }
  moments.mean /= moments.mass;
  return moments;
}

/// What a parameter is where nothing else is said, from its domain alone.
std::string usual_value(const Parameter& parameter) {
  static const std::map<std::string, std::string> by_name = {
      {"lower", "-1"}, {"c", "0.125"}, {"upper", "2"}, {"m", "0.25"}, {"sigma", "0.25"}};
  if (const auto found = by_name.find(std::string(parameter.name)); found != by_name.end()) return found->second;
  for (const double value : {1.75, 0.375, 3.0}) {
    if (parameter.domain->contains(value)) return value == 1.75 ? "1.75" : value == 3.0 ? "3" : "0.375";
  }
  return "1";
}

std::string parameters_of(const std::vector<Parameter>& parametrisation) {
  std::string text;
  for (const Parameter& parameter : parametrisation) {
    text += ", \"" + std::string(parameter.name) + "\": " + usual_value(parameter);
  }
  return text;
}

struct Entry {
  const Distribution* distribution;
  std::size_t parametrisation;
};

bool of_numbers(const Distribution& distribution) {
  if (distribution.event_rank() > 0) return false;
  for (const auto& parametrisation : distribution.parametrisations) {
    for (const Parameter& parameter : parametrisation) {
      if (!parameter.axes.empty()) return false;
    }
  }
  return true;
}

std::vector<Entry> entries(const std::function<bool(const Distribution&)>& wanted) {
  std::vector<Entry> all;
  for (const std::string& name : distribution_names()) {
    const Distribution* const distribution = find_distribution(name);
    if (!of_numbers(*distribution) || !wanted(*distribution)) continue;
    for (std::size_t i = 0; i < distribution->parametrisations.size(); ++i) all.push_back({distribution, i});
  }
  return all;
}

std::string label(const ::testing::TestParamInfo<Entry>& entry) {
  std::string text(entry.param.distribution->name);
  for (const Parameter& parameter : entry.param.distribution->parametrisations[entry.param.parametrisation]) {
    text += "_" + std::string(parameter.name);
  }
  return text;
}

/// A free variable of each continuous distribution: a density, whatever the transform.
class Free : public ::testing::TestWithParam<Entry> {};

std::string law(const Entry& entry) {
  return "\"dist\": \"" + std::string(entry.distribution->name) + "\"" +
         parameters_of(entry.distribution->parametrisations[entry.parametrisation]);
}

TEST_P(Free, IntegratesToOne) {
  ModelDensity density = model(node("x", law(GetParam())));
  EXPECT_NEAR(integrate(density).mass, 1, 1e-6);
}

TEST_P(Free, IntegratesToOneBetweenBounds) {
  const Distribution& distribution = *GetParam().distribution;
  const bool own = distribution.lower_bound == "lower";
  if (own || !distribution.cdf) GTEST_SKIP() << "no truncation";
  for (const std::string bounds : {", \"lower\": 0.5, \"upper\": 0.875", ", \"lower\": 0.5", ", \"upper\": 0.5"}) {
    ModelDensity density = model(node("x", law(GetParam()) + bounds));
    EXPECT_NEAR(integrate(density).mass, 1, 1e-6) << bounds;
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, Free, ::testing::ValuesIn(entries([](const Distribution& distribution) {
                           return !distribution.discrete && distribution.name != "flat" &&
                                  distribution.name != "half_flat";
                         })),
                         label);

/// Each distribution as a likelihood of which one parameter after the other is free.
class Likelihood : public ::testing::TestWithParam<Entry> {};

std::string prior(const Domain& domain) {
  const std::string flat = R"("dist": "flat")";
  if (!domain.contains(2.0)) return flat + R"(, "support": "unit_interval")";
  return domain.contains(-2.0) ? flat : flat + R"(, "support": "positive")";
}

/// Data that is possible for every distribution: found among these.
std::string data_of(const Distribution& distribution) {
  std::string text;
  for (const double value : {0.5, 0.75, 0.0, 1.0, 2.0}) {
    const bool low = distribution.name == "triangular" && value > 1;
    if (!distribution.data->contains(value) || low) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(value);
  }
  return "[" + text + "]";
}

TEST_P(Likelihood, HasAGradientThatIsItsSlope) {
  const Distribution& distribution = *GetParam().distribution;
  const auto& parametrisation = distribution.parametrisations[GetParam().parametrisation];
  const std::string data = data_of(distribution);
  const std::string count = std::to_string(std::count(data.begin(), data.end(), ',') + 1);
  for (const Parameter& free : parametrisation) {
    if (free.data) continue;
    std::string text =
        node("free", prior(*free.domain)) + ", \"y\": {\"dist\": \"" + std::string(distribution.name) + "\"";
    for (const Parameter& parameter : parametrisation) {
      const std::string value = parameter.name == free.name ? "\"free\"" : usual_value(parameter);
      text += ", \"" + std::string(parameter.name) + "\": " + value;
    }
    ModelDensity density = model(text + ", \"shape\": [" + count + "], \"observed\": " + data + "}");
    std::size_t finite = 0;
    for (double u = -6.03; u < 6; u += 0.5) {
      const At at = evaluate(density, u);
      if (!std::isfinite(at.log_density)) continue;
      ++finite;
      const double slope = testing::extrapolated_difference(density, Eigen::VectorXd::Constant(1, u), 0, 1e-3);
      if (!std::isfinite(slope)) continue;  // the end of where it can be
      const double scale = std::max({1.0, std::abs(at.gradient), 1e-3 * std::abs(at.log_density)});
      EXPECT_NEAR(at.gradient, slope, 1e-6 * scale) << free.name << " at " << u;
    }
    EXPECT_GT(finite, 3U) << free.name;
    for (const double u : {-800.0, -40.0, 40.0, 800.0}) {  // and far out: finite where the density is
      const At at = evaluate(density, u);
      EXPECT_TRUE(!std::isfinite(at.log_density) || std::isfinite(at.gradient)) << free.name << " at " << u;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, Likelihood, ::testing::ValuesIn(entries([](const Distribution& distribution) {
                           return distribution.name != "flat" && distribution.name != "half_flat" &&
                                  distribution.name != "hyper_geometric" && distribution.name != "discrete_uniform";
                         })),
                         label);

/// Pairs of laws of which one is that of 1 - x for the x of the other.
struct Pair {
  std::string law, mirrored;
  double mean;
};

std::vector<Pair> mirrored_laws() {
  std::vector<Pair> pairs;
  const std::vector<std::string> shapes = {"0.01", "0.05", "1", "7", "100"};
  for (const std::string& a : shapes) {
    for (const std::string& b : shapes) {
      const auto beta = [](const std::string& alpha, const std::string& other) {
        return R"("dist": "beta", "alpha": )" + alpha + R"(, "beta": )" + other;
      };
      pairs.push_back({beta(a, b), beta(b, a), std::stod(a) / (std::stod(a) + std::stod(b))});
      pairs.push_back({beta(a, b) + R"(, "lower": 0)", beta(b, a) + R"(, "upper": 1)", pairs.back().mean});
    }
  }
  pairs.push_back(
      {R"("dist": "uniform", "lower": 0, "upper": 1)", R"("dist": "uniform", "lower": 0, "upper": 1)", 0.5});
  return pairs;
}

TEST(Complement, MirrorImagesAgree) {
  for (const Pair& pair : mirrored_laws()) {
    ModelDensity density = model(node("x", pair.law)), mirrored = model(node("x", pair.mirrored));
    for (const double u : {-5000.0, -800.0, -40.0, -20.0, -3.0, 0.0, 0.5, 18.0, 37.0, 700.0, 5000.0}) {
      const At at = evaluate(density, u), other = evaluate(mirrored, -u);
      EXPECT_NEAR(at.log_density, other.log_density, 1e-11 * std::max(1.0, std::abs(at.log_density))) << pair.law << u;
      EXPECT_NEAR(at.gradient, -other.gradient, 1e-11 * std::max(1.0, std::abs(at.gradient))) << pair.law << u;
    }
    const Moments moments = integrate(density, 0.1, 0.02);
    EXPECT_NEAR(moments.mass, 1, 1e-8) << pair.law;
    EXPECT_NEAR(moments.mean, pair.mean, 1e-8) << pair.law;
  }
}

TEST(Complement, OfKumaraswamyIsExactAtBothEnds) {
  for (const std::string a : {"0.01", "1", "100"}) {
    for (const std::string b : {"0.01", "1", "100"}) {
      ModelDensity density = model(node("x", R"("dist": "kumaraswamy", "a": )" + a + R"(, "b": )" + b));
      EXPECT_NEAR(integrate(density, 0.1, 0.02).mass, 1, 1e-7) << a << " " << b;
      EXPECT_NEAR(evaluate(density, 5000).gradient, -std::stod(b), 1e-9);
      EXPECT_NEAR(evaluate(density, -5000).gradient, std::stod(a), 1e-9);
    }
  }
}

/// What users write of what is left of 1, and the same by a function that knows it from the start.
TEST(Complement, IsExactInExpressions) {
  const std::string x = node("x", R"("dist": "beta", "alpha": 1, "beta": 1)");
  const std::string bounded = node("x", R"("dist": "uniform", "lower": -2, "upper": 1)");
  const std::string sigmoid = node("u", R"("dist": "flat")") + ", " + node("x", R"~("expr": "sigmoid(u)")~");
  const std::string probit = node("u", R"("dist": "flat")") + ", " + node("x", R"~("expr": "Phi(u)")~");
  const auto logs = [](const std::string& nodes, const std::string& expression, double u) {
    ModelDensity with = model(nodes + ", " + node("p", "\"potential\": \"" + expression + "\""));
    ModelDensity without = model(nodes);
    const At a = evaluate(with, u), b = evaluate(without, u);
    return At{a.log_density - b.log_density, a.gradient - b.gradient, 0};
  };
  for (const std::string expression : {"log(1 - x)", "log1p(-x)"}) {
    for (const std::string& nodes : {x, sigmoid}) {
      EXPECT_NEAR(logs(nodes, expression, 50).log_density, -50, 1e-12) << expression;
      EXPECT_NEAR(logs(nodes, expression, 5000).log_density, -5000, 1e-9) << expression;
      EXPECT_NEAR(logs(nodes, expression, 5000).gradient, -1, 1e-12) << expression;
      EXPECT_NEAR(logs(nodes, expression, -0.5).log_density, -std::log1p(std::exp(-0.5)), 1e-14) << expression;
    }
    EXPECT_NEAR(logs(bounded, expression, 50).log_density, std::log(3.0) - 50, 1e-12);
    EXPECT_NEAR(logs(probit, expression, 40).log_density, -804.608442013754, 1e-9);
  }
  EXPECT_NEAR(logs(bounded, "log(x + 2)", -50).log_density, 0, 40);  // of x alone: no digits are left
  EXPECT_NEAR(logs(bounded, "log(x - (-2))", -50).log_density, std::log(3.0) - 50, 1e-12);
  EXPECT_NEAR(logs(x, "logit(x)", 50).log_density, 50, 1e-12);
  EXPECT_NEAR(logs(x, "log(x) - log(1 - x)", -900).log_density, -900, 1e-9);
  const std::string many = node("x", R"("dist": "beta", "alpha": 1, "beta": 1, "shape": [1])");
  EXPECT_NEAR(logs(many, "log(1 - x[[0, 0, 0]])[1]", 50).log_density, -50, 1e-12);
  EXPECT_NEAR(logs(many, "log(1 - x[0])", 50).log_density, -50, 1e-12);
}

TEST(Complement, OfWhatIsBetweenBoundsNeverPassesThem) {
  ModelDensity density = model(node("x", R"("dist": "uniform", "lower": 0.1, "upper": 0.3)"));
  for (const double u : {-800.0, -40.0, 36.0, 40.0, 800.0}) {
    const At at = evaluate(density, u);
    EXPECT_TRUE(std::isfinite(at.log_density)) << u;
    EXPECT_GE(at.value, 0.1);
    EXPECT_LE(at.value, 0.3);
  }
}

/// A likelihood that takes a share sees what is left of it, too.
TEST(Complement, IsExactInLikelihoods) {
  const auto slope = [](const std::string& likelihood, double u) {
    ModelDensity density = model(node("x", R"("dist": "beta", "alpha": 1, "beta": 1)") + ", " + node("y", likelihood));
    return evaluate(density, u).gradient + std::tanh(u / 2);  // less the prior's
  };
  EXPECT_NEAR(slope(R"("dist": "bernoulli", "p": "x", "observed": 0)", 60), -1, 1e-12);
  EXPECT_NEAR(slope(R"("dist": "binomial", "n": 5, "p": "x", "observed": 3)", 60), -2, 1e-12);
  EXPECT_NEAR(slope(R"("dist": "binomial", "n": 5, "p": "1 - x", "observed": 3)", -60), 2, 1e-12);
  EXPECT_NEAR(slope(R"("dist": "geometric", "p": "x", "observed": 4)", 900), -3, 1e-12);
  EXPECT_NEAR(slope(R"("dist": "negative_binomial", "n": 2, "p": "x", "observed": 4)", 900), -4, 1e-9);
  EXPECT_NEAR(slope(R"("dist": "zero_inflated_poisson", "psi": "x", "mu": 2000, "observed": 0)", 60), -1, 1e-12);
  EXPECT_NEAR(slope(R"("dist": "mixture", "w": "[x, 1 - x]", "components": [{"dist": "poisson", "mu": 1e4},
      {"dist": "poisson", "mu": 1}], "observed": 1})",
                    60),
              -1, 1e-12);
}

/// Probabilities of exactly 0 or 1, infinite logits, means of 0: a row that says nothing leaves the others alone.
TEST(Edge, RowsThatSayNothingLeaveTheOthersAlone) {
  const std::vector<std::string> cases = {
      R"~("dist": "binomial", "n": 5, "p": "open * sigmoid(a)", "observed": [2, 0])~",
      R"~("dist": "binomial", "n": 5, "p": "1 - open * sigmoid(a)", "observed": [2, 5])~",
      R"~("dist": "binomial", "n": 5, "logit_p": "a + log(open)", "observed": [2, 0])~",
      R"~("dist": "binomial", "n": 5, "logit_p": "a - log(open)", "observed": [2, 5])~",
      R"~("dist": "bernoulli", "logit_p": "a + log(open)", "observed": [1, 0])~",
      R"~("dist": "bernoulli", "p": "open * sigmoid(a)", "observed": [1, 0])~",
      R"~("dist": "poisson", "mu": "open * exp(a)", "observed": [2, 0])~",
      R"~("dist": "poisson", "log_mu": "a + log(open)", "observed": [2, 0])~",
      R"~("dist": "negative_binomial", "mu": "open * exp(a)", "alpha": 2, "observed": [2, 0])~",
      R"~("dist": "negative_binomial", "log_mu": "a + log(open)", "alpha": 2, "observed": [2, 0])~",
      R"~("dist": "negative_binomial", "n": 2, "p": "1 - open * sigmoid(a)", "observed": [2, 0])~",
      R"~("dist": "geometric", "p": "1 - open * sigmoid(a)", "observed": [2, 1])~",
      R"~("dist": "zero_inflated_poisson", "psi": 0.5, "mu": "open * exp(a)", "observed": [2, 0])~",
      R"~("dist": "zero_inflated_poisson", "psi": "open * sigmoid(a)", "mu": 3, "observed": [2, 0])~",
      R"~("dist": "zero_inflated_binomial", "psi": 0.5, "n": 5, "p": "open * sigmoid(a)", "observed": [2, 0])~",
      R"~("dist": "zero_inflated_negative_binomial", "psi": 0.5, "mu": "open * exp(a)", "alpha": 2, "observed": [2, 0])~",
  };
  for (const std::string& both : cases) {
    const std::string data =
        R"({"exmc_ir": 1, "data": {"open": [1, 0]}, "nodes": {"a": {"dist": "normal", "mu": 0, "sigma": 1}, )";
    ModelDensity with(compile(testing::parse_model(data + node("y", both) + "}}")));
    std::string open = both;
    open.replace(open.find("\"observed\": [") + 13, open.find(']') - open.find("\"observed\": [") - 13,
                 open.substr(open.find("\"observed\": [") + 13, 1));
    ModelDensity alone(compile(testing::parse_model(
        R"({"exmc_ir": 1, "data": {"open": [1]}, "nodes": {"a": {"dist": "normal", "mu": 0, "sigma": 1}, )" +
        node("y", open) + "}}")));
    const At at = evaluate(with, 0.3), expected = evaluate(alone, 0.3);
    EXPECT_TRUE(std::isfinite(at.log_density)) << both;
    EXPECT_NEAR(at.gradient, expected.gradient, 1e-12) << both;
  }
}

}  // namespace
}  // namespace exmc::density
