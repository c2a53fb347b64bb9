#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/random.hpp"
#include "exmc/sampler/dual_averaging.hpp"
#include "exmc/sampler/metric.hpp"
#include "exmc/sampler/warmup_schedule.hpp"

namespace exmc::sampler {
namespace {

/// On a curve exp(-step), without noise and with the most that an acceptance can have.
TEST(DualAveraging, ConvergesOnASyntheticAcceptanceCurve) {
  for (const double target : {0.6, 0.8, 0.95}) {
    for (const double first : {1e-3, 1.0, 50.0}) {
      DualAveraging smooth = DualAveraging::start(first, 10 * first), noisy = smooth;
      RandomStream random({1, {0}}, Purpose::warmup, 0);
      for (int i = 0; i < 5000; ++i) {
        smooth.update(std::exp(-smooth.step_size()), target);
        noisy.update(random.uniform() < std::exp(-noisy.step_size()) ? 1 : 0, target);
      }
      EXPECT_NEAR(std::exp(-smooth.averaged_step_size()), target, 5e-3) << "from " << first;
      EXPECT_NEAR(std::exp(-noisy.averaged_step_size()), target, 0.02) << "from " << first;
    }
  }
}

/// Algorithm 5 of the paper, worked by hand for two updates.
TEST(DualAveraging, FollowsThePaper) {
  DualAveraging step = DualAveraging::start(0.5, 5);
  step.update(0.6, 0.8);
  const double shortfall = 0.2 / 11;
  EXPECT_NEAR(step.step_size(), 5 * std::exp(-shortfall / 0.05), 1e-14);
  EXPECT_NEAR(step.averaged_step_size(), step.step_size(), 1e-14);
  const double x1 = std::log(step.step_size());
  step.update(1.5, 0.8);  // counts as 1
  const double x2 = std::log(5) - std::sqrt(2.0) / 0.05 * (shortfall * 11 / 12 - 0.2 / 12);
  EXPECT_NEAR(std::log(step.step_size()), x2, 1e-14);
  const double weight = std::pow(2, -0.75);
  EXPECT_NEAR(std::log(step.averaged_step_size()), weight * x2 + (1 - weight) * x1, 1e-14);
}

TEST(DualAveraging, WithoutUpdatesEndsWhereItStarted) {
  EXPECT_DOUBLE_EQ(DualAveraging::start(0.3, 3).averaged_step_size(), 0.3);
}

TEST(WarmupSchedule, HasWindowsThatGrow) {
  struct Case {
    std::uint64_t iterations, first;
    std::vector<std::uint64_t> ends;
  };
  const std::vector<Case> cases = {{0, 0, {}},
                                   {1, 0, {}},
                                   {19, 0, {}},
                                   {20, 0, {16}},
                                   {60, 0, {10, 27, 50}},
                                   {100, 1, {11, 29, 46, 69, 84}},
                                   {1000, 10, {24, 44, 74, 119, 189, 299, 469, 699, 849}},
                                   {2000, 20, {49, 89, 149, 239, 379, 599, 939, 1399, 1699}}};
  for (const Case& expected : cases) {
    const WarmupSchedule schedule(expected.iterations);
    EXPECT_EQ(schedule.window_ends(), expected.ends) << expected.iterations;
    if (expected.ends.empty()) continue;
    EXPECT_EQ(schedule.first(), expected.first) << expected.iterations;
    for (std::uint64_t i = 0; i < expected.iterations; ++i) {
      EXPECT_EQ(schedule.collects(i), i >= expected.first && i <= expected.ends.back());
    }
  }
}

TEST(WarmupSchedule, EndsEachWindowOnce) {
  const WarmupSchedule schedule(1000);
  std::vector<std::uint64_t> ends;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    if (schedule.ends_window(i)) ends.push_back(i);
  }
  EXPECT_EQ(ends, schedule.window_ends());
}

TEST(Metric, RefusesWhatIsNoVariance) {
  Coordinates coordinates = Coordinates::initial(MetricKind::diag, 2);
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    coordinates.inverse_mass[1] = bad;
    EXPECT_THROW(Metric{coordinates}, SamplingError) << bad;
  }
  coordinates = Coordinates::initial(MetricKind::dense, 2);
  for (const double bad : {-2.0, std::nan(""), HUGE_VAL}) {
    coordinates.dense_inverse_mass(0, 1) = coordinates.dense_inverse_mass(1, 0) = bad;
    EXPECT_THROW(Metric{coordinates}, SamplingError) << bad;
  }
}

}  // namespace
}  // namespace exmc::sampler
