#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "density/program/program.hpp"
#include "domain_cases.hpp"
#include "drawn_model.hpp"
#include "quadrature.hpp"

/// Densities over one number, by quadrature: each distribution of numbers in the registry as a variable that is sampled
/// (its density integrates to 1 over what is sampled, and its moments are those over its own scale), and each parameter
/// as one that is sampled (the same moments over both scales). A distribution that is added is tested here.
namespace exmc::density {
namespace {

using testing::find_fault;
using testing::inside;
using testing::Line;
using testing::LinePoint;
using testing::Moments;
using testing::moments_about_mode;
using testing::ParameterCase;
using testing::place_of;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTolerance = 1e-7;

/// A model with one free number, its first parameter.
class OneFree {
 public:
  explicit OneFree(const std::string& nodes) : model_(nodes) {}
  LinePoint operator()(double u) {
    Eigen::VectorXd gradient(1);
    const double log_density = model_.density.log_density(Eigen::VectorXd::Constant(1, u), gradient);
    return {log_density, gradient[0], model_.at({u}, OutputGroup::posterior).begin()->second.front()};
  }

 private:
  testing::Model model_;
};

Line line_of(const std::string& nodes) {
  return [model = std::make_shared<OneFree>(nodes)](double u) { return (*model)(u); };
}

/// Where a line's quantity has these values, between its ends.
std::vector<double> places_of(const Line& line, const std::vector<double>& values) {
  std::vector<double> places{-kInfinity, kInfinity};
  for (const double value : values) {
    if (const double place = place_of(line, value); std::isfinite(place)) places.push_back(place);
  }
  return places;
}

/// A distribution with numbers as parameters, as members of a node; one of them may be another than usual.
struct Given {
  std::string text;
  std::vector<double> numbers;
};
Given given(const ParameterCase& c, const std::string& other = "") {
  Given result{R"("dist": ")" + std::string(c.distribution->name) + "\"", {}};
  for (const Parameter& parameter : *c.set) {
    const std::string value = &parameter == c.parameter && !other.empty() ? other : inside(parameter);
    result.text += ", \"" + std::string(parameter.name) + "\": " + value;
    if (value.find_first_of("[\"") == std::string::npos) result.numbers.push_back(std::stod(value));
  }
  return result;
}

/// Bounds as members of a node: none, within the support, at its ends.
std::vector<std::string> bounds_of(const Distribution& d) {
  std::vector<std::string> all{""};
  if (!d.cdf || d.lower_bound == "lower") return all;
  if (d.data == &kOpenUnitInterval) {
    return {"",
            R"(, "lower": 0.3)",
            R"(, "upper": 0.6)",
            R"(, "lower": 0.3, "upper": 0.6)",
            R"(, "lower": 0)",
            R"(, "upper": 1)",
            R"(, "lower": 0, "upper": 1)",
            R"(, "lower": 0.3, "upper": 1)"};
  }
  if (d.data == &kReal) return {"", R"(, "lower": -0.7)", R"(, "upper": 0.9)", R"(, "lower": -0.7, "upper": 0.9)"};
  return {"",
          R"(, "lower": 1.4)",
          R"(, "upper": 2.6)",
          R"(, "lower": 1.4, "upper": 2.6)",
          R"(, "lower": 0)",
          R"(, "lower": 0, "upper": 2.6)"};
}

/// Values for one parameter: the usual one, and where it is a positive number that no other must fit to, extreme ones.
std::vector<std::string> values_of(const ParameterCase& c) {
  const bool related = std::ranges::any_of(c.distribution->relations, [&](const Relation& relation) {
    return relation.first == c.parameter->name || relation.second == c.parameter->name;
  });
  const bool is_bound = c.parameter->name == c.distribution->lower_bound;
  if (c.parameter->domain != &kPositive || related || is_bound) return {""};
  return {"", c.distribution->data == &kReal ? "0.2" : "0.05", "30"};  // heavier tails reach beyond 1e98
}

/// Distributions of numbers that are probability distributions, with each of their parameters.
std::vector<ParameterCase> continuous_cases() {
  std::vector<ParameterCase> cases = testing::parameter_cases();
  std::erase_if(cases, [](const ParameterCase& c) {
    return c.distribution->discrete || !c.distribution->axes.empty() || !c.distribution->generator;
  });
  return cases;
}

/// The density of what is observed over its own scale, where nothing is transformed and all is data.
Moments moments_of_data(const std::string& node, const Domain& domain, const std::vector<double>& points) {
  std::vector<testing::QuadratureNode> nodes = testing::double_exponential(points);
  std::erase_if(nodes, [&](const testing::QuadratureNode& x) { return !domain.contains(x.at); });
  std::string data;
  for (const testing::QuadratureNode& x : nodes) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.16e", x.at);
    data += (data.empty() ? "" : ", ") + std::string(text.data());
  }
  testing::Model model(R"("t": {"dist": "normal", "mu": 0, "sigma": 1}, "x": {)" + node + R"(, "observed": [)" + data +
                           R"(], "shape": [)" + std::to_string(nodes.size()) + "]}",
                       "{}", {.log_likelihood = OutputSelection::kAny});
  const std::vector<double> log_density = model.at({0}, OutputGroup::log_likelihood).at("x");
  double mass = 0, first = 0, second = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const double weight = std::exp(log_density[i]) * nodes[i].weight, angle = std::atan(nodes[i].at);
    mass += weight;
    first += weight * angle;
    second += weight * angle * angle;
  }
  return {mass, first / mass, std::sqrt(second / mass - first / mass * (first / mass))};
}

void expect_equal(const Moments& a, const Moments& b, double tolerance = kTolerance) {
  EXPECT_NEAR(a.mean, b.mean, tolerance);
  EXPECT_NEAR(a.sd, b.sd, tolerance);
}

TEST(Posteriors, VariablesHaveMassOneAndNoFault) {
  for (const ParameterCase& c : continuous_cases()) {
    for (const std::string& value : values_of(c)) {
      const Given node = given(c, value);
      for (const std::string& bounds : bounds_of(*c.distribution)) {
        SCOPED_TRACE(node.text + bounds);
        const Line line = line_of(R"("x": {)" + node.text + bounds + "}");
        const std::vector<double> places = places_of(line, node.numbers);
        EXPECT_EQ(find_fault(line, places), "");
        EXPECT_NEAR(moments_about_mode(line, places).mass, 1, kTolerance);
      }
    }
  }
}

TEST(Posteriors, VariablesHaveTheMomentsOfTheirOwnScale) {
  for (const ParameterCase& c : continuous_cases()) {
    if (c.parameter != &c.set->front()) continue;
    const Given node = given(c);
    SCOPED_TRACE(node.text);
    const Domain& domain = *c.distribution->data;
    std::vector<double> ends{-kInfinity, kInfinity};
    if (domain.range.least() >= 0) ends = {0, domain.range.greatest() <= 1 ? 1 : kInfinity};
    if (&domain == &kAngle) ends = {-M_PI, M_PI};
    if (c.distribution->lower_bound == "lower") ends = {-1, 5};
    if (c.distribution->lower_bound == "m") ends = {1.3, kInfinity};
    std::vector<double> points = ends;
    std::ranges::copy_if(node.numbers, std::back_inserter(points),
                         [&](double x) { return x > ends[0] && x < ends[1]; });
    std::ranges::sort(points);
    const auto last = std::ranges::unique(points);
    points.erase(last.begin(), last.end());
    const Line line = line_of(R"("x": {)" + node.text + "}");
    const Moments sampled = moments_about_mode(line, places_of(line, node.numbers));
    const Moments own = moments_of_data(node.text, domain, points);
    EXPECT_NEAR(own.mass, 1, kTolerance);
    expect_equal(sampled, own);
  }
}

/// What is observed of a distribution: not at the usual location.
std::string observations(const Distribution& d) {
  if (!d.axes.empty()) return testing::possible_data(d) + testing::shape_of(d);
  if (d.data == &kBinary) return R"([0, 1, 1], "shape": [3])";
  if (d.discrete) return R"([1, 2, 3], "shape": [3])";
  if (d.data == &kOpenUnitInterval) return R"([0.2, 0.4, 0.9], "shape": [3])";
  return d.data == &kReal || d.data == &kAngle ? R"([-0.4, 0.35, 1.7], "shape": [3])"
                                               : R"([1.4, 2, 3.1], "shape": [3])";
}

/// A parameter as a variable, with a prior over its own scale; where that is; and how the same is sampled as it is.
struct Sampled {
  std::string node, prior;
  std::vector<double> ends;
};
Sampled sampled(const Domain& domain) {
  const bool positive = domain.range.least() >= 0, unit = positive && domain.range.greatest() <= 1;
  if (unit) return {R"("t": {"dist": "flat", "support": "unit_interval"})", "-0.5 * square(t)", {0, 1}};
  if (positive) {
    return {R"("t": {"dist": "flat", "support": "positive"})", "-0.5 * square(log(t)) - t", {0, kInfinity}};
  }
  return {R"("t": {"dist": "flat", "lower": -3, "upper": 4})", "-0.5 * square(t)", {-3, 4}};
}

TEST(Posteriors, OfEveryParameterAreThoseOfItsOwnScale) {
  for (const ParameterCase& c : testing::parameter_cases()) {
    if (!c.parameter->axes.empty()) continue;
    SCOPED_TRACE(c.name());
    const Given node = given(c, "\"t\"");
    const Sampled t = sampled(*c.parameter->domain);
    const std::string rest = R"(, "prior": {"potential": ")" + t.prior + R"("}, "x": {)" + node.text +
                             R"(, "observed": )" + observations(*c.distribution) + "}";
    const Line transformed = line_of(t.node + rest), plain = line_of(R"("t": {"dist": "flat"})" + rest);
    std::vector<double> kinks{-0.4, 0.35, 1.4, 1.7, 0.2, 0.9};
    kinks.insert(kinks.end(), node.numbers.begin(), node.numbers.end());
    std::vector<double> points = t.ends;
    std::ranges::copy_if(kinks, std::back_inserter(points), [&](double x) { return x > t.ends[0] && x < t.ends[1]; });
    const std::vector<double> places = places_of(transformed, kinks);
    constexpr double farthest_exponent = 230, farthest = 1e100;
    EXPECT_EQ(find_fault(transformed, places, farthest_exponent), "");
    EXPECT_EQ(find_fault(plain, points, farthest), "");
    const Moments a = moments_about_mode(transformed, places), b = moments_about_mode(plain, points);
    EXPECT_NEAR(a.mass / b.mass, 1, kTolerance);
    expect_equal(a, b);
  }
}

}  // namespace
}  // namespace exmc::density
