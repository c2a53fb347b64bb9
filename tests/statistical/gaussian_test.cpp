#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <numbers>

#include "draws.hpp"
#include "unit/sampler/densities.hpp"

namespace exmc::sampler {
namespace {

constexpr double kLimit = 4;  ///< Monte Carlo standard errors
constexpr std::uint64_t kSeed = 20261123;

/// The largest distance over coordinates and their first two moments from those of a centred normal.
template <LogDensity Density>
double worst_distance(const Density& density, const Eigen::VectorXd& variances, MetricKind metric) {
  const Settings settings{.draws = 2000, .target_accept = 0.8, .metric = metric};
  const Sample drawn = sample(density, settings, kSeed, 4, density.dimension(), kCoordinates);
  EXPECT_TRUE(drawn.all_settled);
  EXPECT_GE(drawn.acceptance, *settings.target_accept - 0.05);
  EXPECT_LE(drawn.acceptance, *settings.target_accept + 0.15);
  double worst = 0;
  for (std::size_t i = 0; i < density.dimension(); ++i) {
    worst = std::max(worst, moment_distance(drawn.draws, i, 0, variances[static_cast<Eigen::Index>(i)]));
  }
  return worst;
}

class Gaussians : public testing::TestWithParam<MetricKind> {};
INSTANTIATE_TEST_SUITE_P(All, Gaussians, testing::Values(MetricKind::diag, MetricKind::dense, MetricKind::unit));

TEST_P(Gaussians, HaveTheirMoments) {
  for (const Eigen::Index n : {1, 2, 3, 10, 100}) {
    if (GetParam() == MetricKind::dense && n > 30) continue;
    const Gaussian density{Eigen::VectorXd::LinSpaced(n, 1, GetParam() == MetricKind::unit ? 3 : 30)};
    EXPECT_LT(worst_distance(density, density.sd.array().square(), GetParam()), kLimit) << n;
  }
}

TEST_P(Gaussians, HaveTheirMomentsWhenCorrelated) {
  for (const Eigen::Index n : {2, 20}) {
    Eigen::MatrixXd covariance(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
      for (Eigen::Index j = 0; j < n; ++j) covariance(i, j) = std::pow(0.8, std::abs(i - j));
    }
    EXPECT_LT(worst_distance(CorrelatedGaussian{covariance.inverse()}, covariance.diagonal(), GetParam()), kLimit) << n;
  }
}

TEST(WrongGaussian, WithAnSdOffByATenthIsCaught) {
  const Gaussian density{Eigen::VectorXd::Constant(2, 1.1)};
  EXPECT_GT(worst_distance(density, Eigen::VectorXd::Ones(2), MetricKind::diag), kLimit);
}

/// x = exp(y) with x half normal; `jacobian` is the factor of the transform's term. (With none of it no density is
/// left; calibration_test.cpp drops it whole where the data keep the posterior proper.)
struct LogOfHalfNormal {
  double jacobian = 1;

  [[nodiscard]] std::size_t dimension() const { return 1; }
  double log_density(const Eigen::VectorXd& y, Eigen::VectorXd& gradient) {
    const double square = std::exp(2 * y[0]);
    gradient[0] = jacobian - square;
    return jacobian * y[0] - 0.5 * square;
  }
};

double half_normal_distance(const LogOfHalfNormal& density) {
  const auto exponential = [](const Eigen::VectorXd& y, const auto& write) { write(0, std::exp(y[0])); };
  const Settings settings{.warmup_iterations = 300, .draws = 2000};
  return moment_distance(sample(density, settings, kSeed, 4, 1, exponential).draws, 0, std::sqrt(2 / std::numbers::pi),
                         1);
}

TEST(HalfNormal, OnTheLogScaleHasItsMoments) { EXPECT_LT(half_normal_distance({}), kLimit); }

TEST(WrongHalfNormal, WithHalfItsJacobianIsCaught) { EXPECT_GT(half_normal_distance({.jacobian = 0.5}), kLimit); }

/// NUTS on a standard normal with a fixed step size; when `broken`, every point has the same weight.
Draws fixed_step_draws(double step_size, bool broken) {
  constexpr std::size_t draws = 20000;
  Gaussian density = Gaussian::standard(1);
  const Metric metric(Coordinates::initial(MetricKind::unit, 1));
  Trajectory trajectory(1, 8);
  trajectory.current().position.setZero();
  evaluate(density, metric, trajectory.current());
  Draws found(1, 1, draws);
  for (std::size_t draw = 0; draw < draws; ++draw) {
    RandomStream random({kSeed, {0}}, Purpose::draw, draw);
    trajectory.begin(random);
    const double energy = trajectory.current().energy();
    const auto double_once = [&] {
      const double step = step_size * trajectory.extend(random);
      for (int points = 1 << trajectory.depth(); points > 0; --points) {
        PhasePoint& point = trajectory.points().acquire();
        leapfrog(density, metric, step, trajectory.edge(), point);
        if (broken) point.lp = point.kinetic - energy;
        if (!trajectory.add(point, random)) return false;
      }
      return trajectory.absorb(random);
    };
    while (trajectory.may_grow() && double_once()) {
    }
    trajectory.finish();
    found.at(0, 0, draw) = trajectory.current().position[0];
  }
  return found;
}

TEST(Weights, MakeUpForACoarseStep) { EXPECT_LT(moment_distance(fixed_step_draws(1.2, false), 0, 0, 1), kLimit); }

TEST(WrongWeights, AreCaught) { EXPECT_GT(moment_distance(fixed_step_draws(1.2, true), 0, 0, 1), kLimit); }

}  // namespace
}  // namespace exmc::sampler
