#include "exmc/sampler/metric_choice.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <cmath>

#include "exmc/core/random.hpp"

namespace exmc::sampler {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd normals(Index rows, Index columns, std::uint64_t seed) {
  RandomStream random({seed, {0}}, Purpose::draw, 0);
  MatrixXd numbers(rows, columns);
  for (double& number : numbers.reshaped()) number = random.normal();
  return numbers;
}

/// Draws of a normal with the given factor of its covariance, and their gradients.
ScoredDraws normal_draws(const MatrixXd& factor, Index draws, double mean = 0) {
  const MatrixXd z = normals(factor.cols(), draws, 1);
  return {(factor * z).array() + mean, -factor.transpose().fullPivLu().solve(z)};
}

/// Widely different scales, and every pair correlated by 0.9.
MatrixXd correlated_factor(Index d) {
  MatrixXd covariance = MatrixXd::Constant(d, d, 0.9);
  covariance.diagonal().setOnes();
  const VectorXd sd = VectorXd::LinSpaced(d, -3, 3).array().exp();
  return sd.asDiagonal() * MatrixXd(covariance.llt().matrixL());
}

/// Independent but for two directions: one a hundred times as wide, one a hundredth.
MatrixXd spiked_factor(Index d) {
  const MatrixXd q = Eigen::HouseholderQR<MatrixXd>(normals(d, 2, 2)).householderQ() * MatrixXd::Identity(d, 2);
  MatrixXd factor = MatrixXd::Identity(d, d);
  factor += 9 * q.col(0) * q.col(0).transpose() - 0.9 * q.col(1) * q.col(1).transpose();
  return factor;
}

Coordinates estimate(const ScoredDraws& draws, MetricKind wanted, double gradient_cost = 1e5) {
  Coordinates coordinates = Coordinates::initial(wanted, draws.positions.rows());
  estimate_metric(draws, wanted, gradient_cost, coordinates);
  return checked(coordinates, draws.positions.rows());
}

MatrixXd inverse_mass(const Coordinates& c) {
  if (c.metric == MetricKind::dense) return c.dense_inverse_mass;
  MatrixXd inner = MatrixXd::Identity(c.inverse_mass.size(), c.inverse_mass.size());
  if (c.metric == MetricKind::low_rank) {
    inner += c.directions * (c.stretches.array() - 1).matrix().asDiagonal() * c.directions.transpose();
  }
  const VectorXd sd = c.inverse_mass.cwiseSqrt();
  return sd.asDiagonal() * inner * sd.asDiagonal();
}

/// Of the covariance seen through the metric: one where the metric is exact.
double condition_number(const MatrixXd& factor, const Coordinates& coordinates) {
  const MatrixXd seen = MatrixXd(inverse_mass(coordinates).llt().matrixL()).fullPivLu().solve(factor);
  const VectorXd values = Eigen::SelfAdjointEigenSolver<MatrixXd>(seen * seen.transpose()).eigenvalues();
  return values.maxCoeff() / values.minCoeff();
}

TEST(MetricChoice, DiagIsTheRatioOfDeviations) {
  ScoredDraws draws{MatrixXd(2, 3), MatrixXd(2, 3)};
  draws.positions << 1, 2, 3, 10, 10, 40;
  draws.gradients << 4, 0, -4, 0.1, 0.1, -0.2;
  const Coordinates coordinates = estimate(draws, MetricKind::diag);
  EXPECT_NEAR(coordinates.inverse_mass[0], 0.25, 1e-12);
  EXPECT_NEAR(coordinates.inverse_mass[1], 100, 1e-9);
}

/// Exact from draws that are far from covering the space as a sample covariance would need.
TEST(MetricChoice, DenseIsExactForANormalDensity) {
  for (const Index d : {2, 10, 60}) {
    const MatrixXd factor = correlated_factor(d), covariance = factor * factor.transpose();
    const Coordinates coordinates = estimate(normal_draws(factor, d + 10, 1e4), MetricKind::dense);
    EXPECT_LT((coordinates.dense_inverse_mass - covariance).norm() / covariance.norm(), 1e-3) << d;
    EXPECT_LT(condition_number(factor, coordinates), 1.01) << d;
  }
}

TEST(MetricChoice, LowRankFindsTheDirectionsThatStandOut) {
  for (const Index d : {20, 200}) {
    const MatrixXd factor = spiked_factor(d);
    const Coordinates coordinates = estimate(normal_draws(factor, 100), MetricKind::low_rank);
    EXPECT_EQ(coordinates.metric, MetricKind::low_rank);
    EXPECT_LE(coordinates.directions.cols(), 12);
    EXPECT_LT((coordinates.directions.transpose() * coordinates.directions -
               MatrixXd::Identity(coordinates.directions.cols(), coordinates.directions.cols()))
                  .norm(),
              1e-8);
    EXPECT_LT(condition_number(factor, coordinates), d < 100 ? 8 : 100)
        << d;  // 100 draws know little of 200 dimensions
    EXPECT_GT(condition_number(factor, estimate(normal_draws(factor, 100), MetricKind::diag)), 1000) << d;
  }
}

TEST(MetricChoice, AutomaticTakesWhatPays) {
  const ScoredDraws independent = normal_draws(VectorXd::LinSpaced(30, 0.1, 9).asDiagonal().toDenseMatrix(), 100);
  EXPECT_EQ(estimate(independent, MetricKind::automatic).metric, MetricKind::diag);
  const ScoredDraws correlated = normal_draws(correlated_factor(30), 100);
  EXPECT_NE(estimate(correlated, MetricKind::automatic).metric, MetricKind::diag);
  EXPECT_LT(condition_number(correlated_factor(30), estimate(correlated, MetricKind::automatic)), 8);
  const ScoredDraws spiked = normal_draws(spiked_factor(300), 150);
  EXPECT_EQ(estimate(spiked, MetricKind::automatic).metric, MetricKind::low_rank);
  const ScoredDraws pair = normal_draws(correlated_factor(2), 100);
  EXPECT_EQ(estimate(pair, MetricKind::automatic, 100).metric, MetricKind::dense);
}

/// Heavy tails without correlation: what stands out in one half of the draws does not in the other.
TEST(MetricChoice, AutomaticIsNotTakenInByNoise) {
  ScoredDraws draws{normals(80, 60, 3), {}};
  draws.positions.array() *= normals(80, 60, 4).array().square();
  draws.gradients = -4 * draws.positions.array() / (3 + draws.positions.array().square());
  EXPECT_EQ(estimate(draws, MetricKind::automatic).metric, MetricKind::diag);
}

TEST(MetricChoice, KeepsWhatItKnowsWhereDrawsTellNothing) {
  ScoredDraws draws{MatrixXd::Ones(3, 20), MatrixXd::Zero(3, 20)};
  draws.positions.row(1) = normals(1, 20, 5);
  Coordinates coordinates = Coordinates::initial(MetricKind::diag, 3);
  coordinates.inverse_mass << 7, 7, 7;
  estimate_metric(draws, MetricKind::diag, 1, coordinates);
  EXPECT_EQ(coordinates.inverse_mass[0], 7);
  EXPECT_NEAR(coordinates.inverse_mass[1],
              (draws.positions.row(1).array() - draws.positions.row(1).mean()).square().sum() / 19, 1e-12);
  draws.gradients.setConstant(std::nan(""));
  const Coordinates before = coordinates;
  estimate_metric(draws, MetricKind::automatic, 1, coordinates);
  EXPECT_EQ(encode(coordinates), encode(before));
}

}  // namespace
}  // namespace exmc::sampler
