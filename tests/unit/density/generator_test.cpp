#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "density/distributions/distribution.hpp"
#include "generator_cases.hpp"
#include "goodness_of_fit.hpp"

namespace exmc::density {
namespace {

using testing::chi_squared_misfit;
using testing::continuous_cases;
using testing::discrete_cases;
using testing::ks_misfit;
using Case = testing::GeneratorCase;
using Parameters = std::map<std::string, double>;

constexpr std::size_t kSample = 20'000;

/// Random numbers of a distribution, made by the program that its generator is compiled to.
std::vector<double> sample_of(const std::string& name, const Parameters& parameters, std::size_t count = kSample,
                              std::uint64_t seed = 1, std::uint64_t iteration = 0) {
  const Distribution* distribution = find_distribution(name);
  if (distribution == nullptr || !distribution->generator) throw std::logic_error("no generator of " + name);
  Builder builder(1 << 20);
  Variable variable;
  for (const auto& [parameter, value] : parameters) variable.parameters[parameter] = builder.constant(value);
  builder.draw_from(Purpose::predictive, 3);
  const View drawn =
      builder.draw(distribution->generator.element, distribution->generator.operands(builder, variable), {count});
  const Program program = builder.finish(std::vector{drawn});
  std::vector<double> values(program.variables), sample(count);
  const RandomSource random{{seed, ChainId{2}}, iteration};
  const Arena arena{program.constants.data(), values.data(), nullptr, &random};
  for (const Instruction& instruction : program.saved_instructions) instruction.forward(instruction, arena);
  copy_elements(values.data(), program.saved_views.front(), sample.data());
  return sample;
}

std::string name_of(const Case& c) {
  std::string name = c.distribution;
  for (const auto& [parameter, value] : c.parameters) name += " " + parameter + "=" + std::to_string(value);
  return name;
}

/// A tenth of the distance between the quartiles; a whole number for counts.
double small_shift(std::vector<double> sample, bool discrete) {
  std::sort(sample.begin(), sample.end());
  const double tenth = 0.1 * (sample[sample.size() * 3 / 4] - sample[sample.size() / 4]);
  return discrete ? std::max(1.0, std::round(tenth)) : tenth;
}

void expect_fit(const Case& c) {
  const auto misfit = [&](const std::vector<double>& sample) {
    return c.discrete ? chi_squared_misfit(sample, c.cdf) : ks_misfit(sample, c.cdf);
  };
  std::vector<double> sample = sample_of(c.distribution, c.parameters);
  EXPECT_LT(misfit(sample), 1) << name_of(c);
  const double shift = small_shift(sample, c.discrete);
  for (double& x : sample) x += shift;
  EXPECT_GT(misfit(sample), 1) << name_of(c) << ": a wrong sample must not pass";
}

TEST(Generators, ContinuousOnesFitTheirDistributionFunctions) {
  for (const Case& c : continuous_cases()) expect_fit(c);
}

TEST(Generators, CountsFitTheirDistributionFunctions) {
  for (const Case& c : discrete_cases()) expect_fit(c);
}

TEST(Generators, EveryDistributionThatCanHasOneAndEveryOneIsTested) {
  std::set<std::string> tested;
  for (const auto& cases : {continuous_cases(), discrete_cases()}) {
    for (const Case& c : cases) tested.insert(c.distribution);
  }
  const std::set<std::string> improper{"flat", "half_flat"};
  for (const std::string& name : distribution_names()) {
    const Generator& generator = find_distribution(name)->generator;
    if (generator.array != nullptr) continue;  // in event_generator_test.cpp, random walks in outputs_test.cpp
    EXPECT_EQ(generator.element != nullptr, !improper.contains(name)) << name;
    EXPECT_EQ(tested.contains(name), !improper.contains(name)) << name;
  }
}

TEST(Generators, TheSameStreamGivesTheSameNumbersAndAnotherOneOthers) {
  const Parameters parameters{{"alpha", 0.5}, {"beta", 2}};
  const std::vector<double> sample = sample_of("gamma", parameters, 100, 1, 7);
  EXPECT_EQ(sample_of("gamma", parameters, 100, 1, 7), sample);
  EXPECT_NE(sample_of("gamma", parameters, 100, 1, 8), sample) << "iteration";
  EXPECT_NE(sample_of("gamma", parameters, 100, 2, 7), sample) << "seed";
}

TEST(Generators, TwoDrawsOfOneNodeDiffer) {
  Builder builder(1 << 20);
  const auto element = find_distribution("normal")->generator.element;
  const std::vector<View> operands{builder.constant(0.0), builder.constant(1.0)};
  builder.draw_from(Purpose::generated, 0);
  const View first = builder.draw(element, operands, {}), second = builder.draw(element, operands, {});
  const Program program = builder.finish(std::vector{first, second});
  std::vector<double> values(program.variables);
  const RandomSource random{{1, ChainId{0}}, 0};
  const Arena arena{program.constants.data(), values.data(), nullptr, &random};
  for (const Instruction& instruction : program.saved_instructions) instruction.forward(instruction, arena);
  EXPECT_NE(values[static_cast<std::size_t>(program.saved_views[0].offset)],
            values[static_cast<std::size_t>(program.saved_views[1].offset)]);
}

/// Parameters that depend on a posterior draw may be anything.
TEST(Generators, EndWhateverTheirOperandsAre) {
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> values{nan, -inf, -1, -1e-320, 0, 1e-320, 1e-12, 0.5, 1, 9.5, 1e15, 1e300, inf};
  RandomStream random({1, ChainId{0}}, Purpose::generated, 0);
  for (const std::string& name : distribution_names()) {
    const Generator& generator = find_distribution(name)->generator;
    if (generator.element == nullptr) continue;
    for (const double a : values) {
      for (const double b : values) {
        for (const double c : values) {
          const std::array<double, kMaxOperands> operands{a, b, c, 0.5, 0.5, 0.5};
          (void)generator.element(operands.data(), random);
        }
      }
    }
  }
  EXPECT_TRUE(std::isfinite(random.uniform()));
}

}  // namespace
}  // namespace exmc::density
