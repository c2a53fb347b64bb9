#include "exmc/diagnostics/convergence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "exmc/core/random.hpp"

namespace exmc::diagnostics {
namespace {

/// Stationary AR(1) chains of unit variance, from the same stream for every coefficient.
std::vector<double> autoregressive(std::size_t chains, std::size_t draws, double coefficient) {
  std::vector<double> values;
  for (std::uint32_t chain = 0; chain < chains; ++chain) {
    RandomStream random({1, {chain}}, Purpose::draw, 0);
    double x = random.normal();
    for (std::size_t draw = 0; draw < draws; ++draw) {
      values.push_back(x);
      x = coefficient * x + std::sqrt(1 - coefficient * coefficient) * random.normal();
    }
  }
  return values;
}

// Agreement with ArviZ to 1e-8 is tested by tests/python/diagnostics_test.py; here, that the numbers mean what they
// should.

TEST(EffectiveSampleSize, IsWhatTheoryGivesForAutoregressiveChains) {
  for (const double coefficient : {0.0, 0.5, 0.9, -0.5}) {
    const std::vector<double> values = autoregressive(4, 20000, coefficient);
    const double expected = 80000 * (1 - coefficient) / (1 + coefficient);
    EXPECT_NEAR(ess_mean({values, 4, 20000}) / expected, 1, 0.1) << coefficient;
    EXPECT_NEAR(ess_bulk({values, 4, 20000}) / expected, 1, 0.1) << coefficient;
  }
}

TEST(EffectiveSampleSize, SquaresHaveTheSquaredCorrelation) {
  const std::vector<double> values = autoregressive(4, 20000, -0.8);
  EXPECT_NEAR(ess_sd({values, 4, 20000}) / (80000 * (1 - 0.64) / (1 + 0.64)), 1, 0.1);
}

TEST(Rhat, IsOneForEqualChainsAndMoreForAShiftedOrScaledOne) {
  std::vector<double> values = autoregressive(4, 1000, 0.2);
  EXPECT_LT(rhat({values, 4, 1000}), 1.01);
  std::vector<double> shifted = values, scaled = values;
  for (std::size_t i = 3000; i < 4000; ++i) {
    shifted[i] += 0.5;
    scaled[i] *= 2;
  }
  EXPECT_GT(rhat({shifted, 4, 1000}), 1.02);
  EXPECT_GT(rhat({scaled, 4, 1000}), 1.02);  // means agree: only folding sees it
}

TEST(Rhat, IgnoresMonotoneTransforms) {
  std::vector<double> values = autoregressive(2, 501, 0.7), ranks_kept = values;
  for (double& value : ranks_kept) value = std::exp(5 * value);
  EXPECT_DOUBLE_EQ(ess_bulk({values, 2, 501}), ess_bulk({ranks_kept, 2, 501}));
}

TEST(Convergence, IsWhatTheFunctionsSayOneByOne) {
  for (const std::size_t chains : {std::size_t{1}, std::size_t{4}}) {
    const std::vector<double> values = autoregressive(chains, 501, 0.5);
    const DrawsView draws{values, chains, 501};
    const Convergence found = convergence(draws);
    const std::vector<double> at = quantiles(draws, std::vector{0.05, 0.5, 0.95});
    EXPECT_EQ((std::vector{found.q5, found.q50, found.q95}), at);
    EXPECT_EQ(found.ess_bulk, ess_bulk(draws));
    EXPECT_EQ(found.ess_tail, ess_tail(draws));
    EXPECT_EQ(std::isnan(found.rhat), chains == 1);
    EXPECT_TRUE(chains == 1 || found.rhat == rhat(draws));
  }
  const std::vector<double> three = autoregressive(4, 3, 0);
  EXPECT_TRUE(std::isnan(convergence({three, 4, 3}).q50));
}

TEST(Diagnostics, DoNotAnswerWithoutEnoughDraws) {
  const std::vector<double> three = autoregressive(4, 3, 0);
  EXPECT_TRUE(std::isnan(ess_bulk({three, 4, 3})));
  const std::vector<double> single = autoregressive(1, 100, 0);
  EXPECT_TRUE(std::isnan(rhat({single, 1, 100})));
  EXPECT_FALSE(std::isnan(ess_bulk({single, 1, 100})));
  std::vector<double> broken = autoregressive(2, 100, 0);
  broken[17] = std::nan("");
  EXPECT_TRUE(std::isnan(mcse_quantile({broken, 2, 100}, 0.5)));
}

TEST(Diagnostics, TakeInfiniteDraws) {
  std::vector<double> values = autoregressive(2, 100, 0);
  values[3] = -INFINITY;
  EXPECT_LT(rhat({values, 2, 100}), 1.1);
  EXPECT_TRUE(std::isnan(ess_mean({values, 2, 100})));
}

TEST(Bfmi, IsTwoForIndependentEnergiesAndSmallForARandomWalk) {
  const std::vector<double> independent = autoregressive(2, 10000, 0);
  for (const double value : bfmi({independent, 2, 10000})) EXPECT_NEAR(value, 2, 0.1);
  const std::vector<double> walk = autoregressive(2, 10000, 0.99);
  for (const double value : bfmi({walk, 2, 10000})) EXPECT_LT(value, 0.05);
}

}  // namespace
}  // namespace exmc::diagnostics
