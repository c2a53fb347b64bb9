// Random numbers between bounds where hardly any of the distribution is: in both tails of every distribution that can
// be truncated, beyond e^-20. They are compared with the distribution function, which cdf_test compares with mpmath.

#include "density/laws/truncated_generator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "density/distributions/distribution.hpp"
#include "density/laws/inverse_search.hpp"
#include "density/laws/tail_program.hpp"
#include "drawn_model.hpp"
#include "generator_cases.hpp"
#include "goodness_of_fit.hpp"

namespace exmc::density {
namespace {

using testing::chi_squared_misfit;
using testing::ks_misfit;
using Case = testing::GeneratorCase;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kFar = -20;  ///< logarithm of the probability of a tail

std::vector<Case> all_cases() {
  std::vector<Case> cases = testing::continuous_cases();
  const std::vector<Case> discrete = testing::discrete_cases();
  cases.insert(cases.end(), discrete.begin(), discrete.end());
  return cases;
}

/// The distribution function of a case, one point at a time.
class Tails {
 public:
  explicit Tails(const Case& c) : distribution_(*find_distribution(c.distribution)) {
    for (const auto& [name, value] : c.parameters) variable_.parameters[name] = {};
    program_ = &tail_program(tail_program_number(distribution_, variable_));
    std::size_t k = 0;
    for (const auto& [name, view] : variable_.parameters) {
      std::fill_n(TailProgram::parameter(room_.data(), k++), TailProgram::kBlock, c.parameters.at(name));
    }
  }
  LogTails at(double x) {
    std::fill_n(TailProgram::points(room_.data()), TailProgram::kBlock, x);
    program_->run(room_.data());
    return program_->tails(room_.data(), 0);
  }

 private:
  const Distribution& distribution_;
  Variable variable_;
  const TailProgram* program_;
  AlignedVector room_ = AlignedVector(TailProgram::kRoom);
};

/// A bound of which no more than e^-20 lies beyond; infinite where the distribution has no such thin tail.
double far_bound(Tails& tails, Tail tail, bool discrete) {
  double low = discrete ? -1 : -1e300, high = discrete ? 5000 : 1e300;
  for (int i = 0; i < 70; ++i) {
    const double x = discrete ? std::floor(0.5 * (low + high)) : middle(low, high);
    const LogTails at = tails.at(x);
    const bool is_low = tail == Tail::upper ? at.upper > kFar : at.lower < kFar;
    (is_low ? low : high) = x;
  }
  const double bound = tail == Tail::upper ? high : low;
  const LogTails at = tails.at(bound);
  return std::isfinite(tail == Tail::upper ? at.upper : at.lower) ? bound : kInfinity;
}

std::vector<double> sample_between(const Case& c, double lower, double upper, std::size_t count) {
  const Distribution& distribution = *find_distribution(c.distribution);
  Builder builder(1 << 24);
  Variable variable;
  for (const auto& [name, value] : c.parameters) variable.parameters[name] = builder.constant(value);
  builder.draw_from(Purpose::predictive, 3);
  const DrawBounds bounds{builder.constant(lower), builder.constant(upper), builder.constant(kFar)};
  const View drawn = draw_between(builder, distribution, variable, bounds, {count});
  const Program program = builder.finish(std::vector{drawn});
  AlignedVector values(program.variables);
  std::vector<double> sample(count);
  const RandomSource random{{1, ChainId{2}}, 0};
  const Arena arena{program.constants.data(), values.data(), nullptr, &random};
  for (const Instruction& instruction : program.saved_instructions) instruction.forward(instruction, arena);
  copy_elements(values.data(), program.saved_views.front(), sample.data());
  return sample;
}

/// The distribution of what lies beyond a bound.
std::function<double(double)> beyond(Tails& tails, Tail tail, double bound, bool discrete) {
  const double before = discrete ? bound - 1 : bound;
  if (tail == Tail::lower)
    return [&, all = tails.at(bound).lower](double x) { return std::exp(tails.at(x).lower - all); };
  return [&, all = tails.at(before).upper](double x) { return -std::expm1(tails.at(x).upper - all); };
}

void expect_fit(const Case& c, Tail tail, double bound) {
  constexpr std::size_t count = 400;
  Tails tails(c);
  const bool up = tail == Tail::upper;
  std::vector<double> sample = sample_between(c, up ? bound : -kInfinity, up ? kInfinity : bound, count);
  const auto cdf = beyond(tails, tail, bound, c.discrete);
  const auto misfit = [&] { return c.discrete ? chi_squared_misfit(sample, cdf) : ks_misfit(sample, cdf); };
  const std::string label = c.distribution + (up ? " above " : " below ") + std::to_string(bound);
  for (const double x : sample) ASSERT_TRUE(up ? x >= bound : x <= bound) << label << ": " << x;
  EXPECT_LT(misfit(), 1) << label;
  // A generator whose numbers lie ten times too near to the bound, or two counts too far from it.
  for (double& x : sample) x = c.discrete ? bound + (up ? 2 : -2) : bound + 0.1 * (x - bound);
  EXPECT_GT(misfit(), 1) << label << ": a wrong sample must not pass";
}

TEST(TruncatedGenerators, FitEveryDistributionFunctionFarOut) {
  std::set<std::string> upper, lower, known;
  for (const std::string& name : distribution_names()) {
    if (find_distribution(name)->cdf) known.insert(name);
  }
  for (const Case& c : all_cases()) {
    if (!find_distribution(c.distribution)->cdf) continue;
    Tails tails(c);
    for (const Tail tail : {Tail::lower, Tail::upper}) {
      std::set<std::string>& tested = tail == Tail::upper ? upper : lower;
      const double bound = far_bound(tails, tail, c.discrete);
      if (!std::isfinite(bound) || !tested.insert(c.distribution).second) continue;
      expect_fit(c, tail, bound);
    }
  }
  // Of these no tail is that thin with the cases' parameters.
  upper.insert({"bernoulli", "discrete_uniform", "zero_inflated_binomial"});
  EXPECT_EQ(upper, known);
  EXPECT_GE(lower.size(), 18U);
}

TEST(TruncatedGenerators, FiveAndFortyDeviationsAreNumbers) {
  testing::Model model(R"("x": {"dist": "normal", "mu": 0, "sigma": 1},
      "far": {"generated": {"dist": "normal", "mu": 0, "sigma": 1, "lower": 5, "shape": [1000]}},
      "farther": {"generated": {"dist": "normal", "mu": "0 * x", "sigma": 1, "upper": -40, "shape": [1000]}},
      "narrow": {"generated": {"dist": "normal", "mu": 0, "sigma": 1, "lower": 10, "upper": "10 + 1e-9"}},
      "nothing": {"generated": {"dist": "gamma", "alpha": 2, "beta": 1, "upper": "-1 + 0 * x"}})");
  const testing::Values values = model.at({0.3}, OutputGroup::posterior);
  const auto mean = [&](const char* name) {
    double sum = 0;
    for (const double x : values.at(name)) sum += x;
    return sum / static_cast<double>(values.at(name).size());
  };
  // phi(a) / Q(a) and its deviation; thresholds are four Monte Carlo standard errors.
  EXPECT_NEAR(mean("far"), 5.18650396, 4 * 0.1792 / std::sqrt(1000.0));
  EXPECT_NEAR(mean("farther"), -40.0249688, 4 * 0.02494 / std::sqrt(1000.0));
  EXPECT_GT(values.at("narrow").front(), 10);
  EXPECT_LE(values.at("narrow").front(), 10 + 1e-9);
  EXPECT_TRUE(std::isnan(values.at("nothing").front()));
}

TEST(TruncatedGenerators, AZeroTruncatedCountOfATinyRateIsOne) {
  testing::Model model(R"("x": {"dist": "normal", "mu": 0, "sigma": 1},
      "y": {"generated": {"dist": "poisson", "log_mu": "x - 11.5", "lower": 1, "shape": [10000]}})");
  const std::vector<double> counts = model.at({0}, OutputGroup::posterior).at("y");
  const auto ones = std::count(counts.begin(), counts.end(), 1.0), twos = std::count(counts.begin(), counts.end(), 2.0);
  EXPECT_EQ(ones + twos, 10000);
  EXPECT_LE(twos, 2) << "a share of 5e-6";
}

TEST(TruncatedGenerators, TheSameAddressGivesTheSameNumbers) {
  testing::Model model(R"("x": {"dist": "normal", "mu": 0, "sigma": 1},
      "y": {"generated": {"dist": "student_t", "nu": 3, "mu": "x", "sigma": 1, "lower": 9, "shape": [40]}})");
  const testing::Values first = model.at({0.5}, OutputGroup::posterior, 7);
  EXPECT_EQ(model.at({0.5}, OutputGroup::posterior, 7), first);
  EXPECT_NE(model.at({0.5}, OutputGroup::posterior, 8), first);
}

}  // namespace
}  // namespace exmc::density
