#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/random.hpp"
#include "exmc/sampler/dual_averaging.hpp"
#include "exmc/sampler/metric.hpp"
#include "exmc/sampler/moments.hpp"
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

TEST(WarmupSchedule, HasStansWindows) {
  struct Case {
    std::uint64_t iterations, first;
    std::vector<std::uint64_t> ends;
  };
  const std::vector<Case> cases = {{0, 0, {}},
                                   {1, 0, {}},
                                   {19, 0, {}},
                                   {20, 3, {17}},
                                   {100, 15, {89}},
                                   {149, 22, {134}},
                                   {150, 75, {99}},
                                   {199, 75, {148}},
                                   {200, 75, {99, 149}},
                                   {500, 75, {99, 149, 249, 449}},
                                   {501, 75, {99, 149, 249, 450}},
                                   {1000, 75, {99, 149, 249, 449, 949}},
                                   {2000, 75, {99, 149, 249, 449, 849, 1949}}};
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

class Estimate : public testing::Test {
 protected:
  static constexpr Eigen::Index kPositions = 30, kDimension = 4;

  Tuning estimate(MetricKind kind) const {
    Moments moments = Moments::none(kind, kDimension);
    for (Eigen::Index i = 0; i < kPositions; ++i) moments.add(positions_.col(i));
    Tuning tuning = Tuning::initial(kind, kDimension);
    estimate_metric(moments, tuning);
    return tuning;
  }
  /// In two passes, then shrunk: 30/35 of it plus 1e-3 * 5/35.
  Eigen::MatrixXd covariance() const {
    const Eigen::MatrixXd centred = positions_.colwise() - positions_.rowwise().mean();
    const Eigen::MatrixXd sample = centred * centred.transpose() / (kPositions - 1);
    return 30.0 / 35 * sample + 1e-3 * 5 / 35 * Eigen::MatrixXd::Identity(kDimension, kDimension);
  }

  // Far from the origin, where sums of plain squares would lose the digits.
  Eigen::MatrixXd positions_ = Eigen::MatrixXd::Random(kDimension, kPositions).array() + 1e6;
};

TEST_F(Estimate, OfADiagonalMetricIsTheShrunkVariance) {
  const Tuning tuning = estimate(MetricKind::diag);
  EXPECT_LT((tuning.inverse_mass - covariance().diagonal()).norm(), 1e-9);
}

TEST_F(Estimate, OfADenseMetricIsTheShrunkCovariance) {
  EXPECT_LT((estimate(MetricKind::dense).dense_inverse_mass - covariance()).norm(), 1e-9);
}

TEST_F(Estimate, LeavesAUnitMetricAlone) {
  const Tuning tuning = estimate(MetricKind::unit);
  EXPECT_EQ(tuning.inverse_mass.size(), 0);
  EXPECT_EQ(tuning.dense_inverse_mass.size(), 0);
}

TEST(Metric, RefusesWhatIsNoVariance) {
  Tuning tuning = Tuning::initial(MetricKind::diag, 2);
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
    tuning.inverse_mass[1] = bad;
    EXPECT_THROW(Metric{tuning}, SamplingError) << bad;
  }
  tuning = Tuning::initial(MetricKind::dense, 2);
  for (const double bad : {-2.0, std::nan(""), HUGE_VAL}) {
    tuning.dense_inverse_mass(0, 1) = tuning.dense_inverse_mass(1, 0) = bad;
    EXPECT_THROW(Metric{tuning}, SamplingError) << bad;
  }
}

}  // namespace
}  // namespace exmc::sampler
