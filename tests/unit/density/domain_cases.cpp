#include "domain_cases.hpp"

#include <limits>
#include <map>
#include <stdexcept>

#include "density/supports/covariance.hpp"

namespace exmc::density::testing {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity(), kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTiny = std::numeric_limits<double>::denorm_min(), kEps = std::numeric_limits<double>::epsilon();

const std::string kMatrix = "[[2, 0.3, 0.1], [0.3, 1, 0.2], [0.1, 0.2, 1.5]]";
const std::string kTriangle = "[[1, 0, 0], [0.4, 0.8, 0], [0.1, 0.2, 0.9]]";

const std::string kSeries = R"(, "shape": [5])";

std::string inside_of(const Domain* domain) {
  const std::map<const Domain*, std::string> numbers{
      {&kReal, "0.3"},          {&kPositive, "1.3"},         {&kNonNegative, "1.3"},  {&kUnitInterval, "0.4"},
      {&kCount, "3"},           {&kOpenUnitInterval, "0.4"}, {&kPositiveCount, "3"},  {&kInteger, "3"},
      {&kPositiveShare, "0.4"}, {&kLogarithm, "0.3"},        {&kExtendedReal, "0.3"}, {&kBinary, "1"}};
  const auto found = numbers.find(domain);
  if (found == numbers.end()) throw std::logic_error("no value of this domain here: add one");
  return found->second;
}

}  // namespace

std::string ParameterCase::name() const {
  std::string text;
  for (const Parameter& other : *set) text += (text.empty() ? "" : ", ") + std::string(other.name);
  return std::string(distribution->name) + "(" + text + ")." + std::string(parameter->name);
}

std::vector<ParameterCase> parameter_cases() {
  std::vector<ParameterCase> cases;
  for (const std::string& name : distribution_names()) {
    const Distribution* const distribution = find_distribution(name);
    for (const std::vector<Parameter>& set : distribution->parametrisations) {
      for (const Parameter& parameter : set) {
        if (!parameter.data) cases.push_back({distribution, &set, &parameter});
      }
    }
  }
  return cases;
}

std::vector<WayOut> ways_out(const Parameter& parameter) {
  const Domain* const domain = parameter.domain;
  if (parameter.axes.empty()) {
    const std::map<const Domain*, std::vector<double>> outside{
        {&kReal, {kNaN}},
        {&kLogarithm, {kNaN}},
        {&kExtendedReal, {kNaN}},
        {&kPositiveShare, {0, -kTiny, 1 + kEps, -0.4, 1.6, 40, -1e15, kInf, kNaN}},
        {&kPositive, {0, -kTiny, -1e-9, -1.3, -1e15, -kInf, kInf, kNaN}},
        {&kNonNegative, {-kTiny, -1e-9, -1.3, -1e15, -kInf, kNaN}},
        {&kUnitInterval, {-kTiny, 1 + kEps, -0.4, 1.6, 40, -1e15, kInf, kNaN}},
        {&kOpenUnitInterval, {0, 1, -kTiny, 1 + kEps, -0.4, 1.6, 40, -1e15, kInf, kNaN}}};
    std::vector<WayOut> ways{{"t", "", "", std::stod(inside(parameter)), outside.at(domain)}};
    // What is known to be inside, but for NaN, which may have come on the way.
    if (domain == &kPositive || domain == &kNonNegative)
      ways.push_back({"exp(log(t))", "", "", std::stod(inside(parameter)), {-1, kNaN}});
    if (domain == &kUnitInterval || domain == &kOpenUnitInterval)
      ways.push_back({"sigmoid(log(t))", "", "", 0.4, {-1, kNaN}});
    return ways;
  }
  const std::string value = "base + t * direction", vector = inside(parameter);
  if (domain == &kReal) return {{value, vector, "[0, 1, 0]", 0, {kNaN}}};
  if (domain == &kPositive) return {{value, vector, "[0, 1, 0]", 0, {-1.3, -1.4, -1e9, kNaN}}};
  if (domain == &kSimplex) {
    return {{value, vector, "[1, 0, 0]", 0, {1e-6, -1e-6, 3, kNaN}}, {value, vector, "[-1, 1, 0]", 0, {0.21, 7}}};
  }
  if (domain == &kIncreasing) return {{value, vector, "[1, 0, 0]", 0, {1.5, 1.51, 1e9, kNaN}}};
  if (domain == &kPositiveDefinite) {
    return {{value, vector, "[[0, 1, 0], [1, 0, 0], [0, 0, 0]]", 0, {1.2, 9, kNaN}},
            {value, vector, "[[0, 1, 0], [0, 0, 0], [0, 0, 0]]", 0, {1e-3, kNaN}},
            {value, vector, "[[0, 0, 0], [0, 1, 0], [0, 0, 0]]", 0, {-1, -9}}};
  }
  if (domain == &kCovariance) {
    return {{value, vector, "[[0, 1, 0], [0, 0, 0], [0, 0, 0]]", 0, {1e-3, kNaN}},
            {value, vector, "[[0, 0, 0], [0, 1, 0], [0, 0, 0]]", 0, {-1.001, -9}}};
  }
  if (domain == &kLowerTriangle) {
    return {{value, vector, "[[0, 0, 0], [0, 1, 0], [0, 0, 0]]", 0, {-0.8, -0.9, -7, kNaN}},
            {value, vector, "[[0, 0, 1], [0, 0, 0], [0, 0, 0]]", 0, {1e-9, -3}}};
  }
  throw std::logic_error("no way out of the domain of " + std::string(parameter.name) + " here: add one");
}

std::string inside(const Parameter& parameter) {
  const std::map<std::string_view, std::string> together{{"lower", "-1"}, {"c", "0.1"}, {"upper", "5"}, {"N", "10"}};
  if (parameter.axes.empty()) {
    const auto found = together.find(parameter.name);
    if (parameter.name == "sigma") return "0.2";  // small enough for a beta too
    return found == together.end() ? inside_of(parameter.domain) : found->second;
  }
  if (parameter.domain == &kSimplex) return "[0.2, 0.3, 0.5]";
  if (parameter.domain == &kIncreasing) return "[-1, 0.5, 2]";
  if (parameter.domain == &kPositiveDefinite || parameter.domain == &kCovariance) return kMatrix;
  if (parameter.domain == &kLowerTriangle) return kTriangle;
  const std::string one = inside_of(parameter.domain);
  if (parameter.axes.size() == 2) return "[[" + one + ", 0, 0], [0, " + one + ", 0], [0, 0, " + one + "]]";
  return "[" + one + ", " + one + ", " + one + "]";
}

std::string shape_of(const Distribution& distribution) {
  if (distribution.axes.empty()) return "";
  if (distribution.axes.size() == 2) return R"(, "shape": [3, 3])";
  for (const Parameter& parameter : distribution.parametrisations.front()) {
    if (parameter.axes.starts_with(distribution.axes)) return R"(, "shape": [3])";
  }
  return kSeries;
}

std::string possible_data(const Distribution& distribution) {
  const Domain* const data = distribution.data;
  if (data == &kSimplex || data == &kOpenSimplex) return "[0.2, 0.3, 0.5]";
  if (data == &kCorrelation) return "[[1, 0.2, 0.1], [0.2, 1, 0.3], [0.1, 0.3, 1]]";
  if (data == &kCorrelationFactor) return "[[1, 0, 0], [0.6, 0.8, 0], [0, 0, 1]]";
  if (shape_of(distribution) == kSeries) return "[0.1, 0.2, 0.3, 0.4, 0.5]";
  if (distribution.axes.size() == 2 && data == &kReal) return "[[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0, 0, 0]]";
  if (!distribution.axes.empty()) return data == &kReal ? "[0.1, 0.2, 0.3]" : "[1, 1, 1]";
  if (data == &kUnitInterval || data == &kOpenUnitInterval) return "0.4";
  if (data == &kReal || data == &kAngle) return "0.3";
  return distribution.discrete ? "1" : "2";
}

std::string bounds_around(const Distribution& distribution) {
  const Domain* const data = distribution.data;
  if (data == &kUnitInterval || data == &kOpenUnitInterval) return R"("lower": 0.1, "upper": 0.9)";
  if (data == &kReal || data == &kAngle) return R"("lower": -2, "upper": 2)";
  return distribution.discrete ? R"("lower": 0, "upper": 9)" : R"("lower": 0.1, "upper": 9)";
}

}  // namespace exmc::density::testing
