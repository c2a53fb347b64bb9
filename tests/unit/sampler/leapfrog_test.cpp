#include "exmc/sampler/leapfrog.hpp"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>

#include "densities.hpp"

namespace exmc::sampler {
namespace {

constexpr Eigen::Index kDimension = 3;

Coordinates skewed(MetricKind kind) {
  Coordinates tuning = Coordinates::initial(kind, kDimension);
  if (kind == MetricKind::diag) tuning.inverse_mass << 0.5, 2, 3;
  if (kind == MetricKind::low_rank) {
    tuning.inverse_mass << 0.5, 2, 3;
    tuning.directions.resize(kDimension, 2);
    tuning.directions << 0.6, 0, 0.8, 0, 0, 1;
    tuning.stretches.resize(2);
    tuning.stretches << 4, 0.3;
  }
  if (kind == MetricKind::dense) tuning.dense_inverse_mass << 2, 0.6, -0.3, 0.6, 1, 0.2, -0.3, 0.2, 0.7;
  return tuning;
}

/// L, of which the inverse mass is L L'.
Eigen::MatrixXd factor_of(const Coordinates& tuning) {
  if (tuning.metric == MetricKind::dense) return tuning.dense_inverse_mass.llt().matrixL();
  if (tuning.metric == MetricKind::unit) return Eigen::MatrixXd::Identity(kDimension, kDimension);
  Eigen::MatrixXd factor = Eigen::MatrixXd::Identity(kDimension, kDimension);
  for (Eigen::Index j = 0; j < tuning.stretches.size(); ++j) {
    const Eigen::VectorXd direction = tuning.directions.col(j);
    factor += (std::sqrt(tuning.stretches[j]) - 1) * direction * direction.transpose();
  }
  return tuning.inverse_mass.cwiseSqrt().asDiagonal() * factor;
}

Eigen::MatrixXd inverse_mass(const Coordinates& tuning) {
  if (tuning.metric == MetricKind::low_rank) return factor_of(tuning) * factor_of(tuning).transpose();
  if (tuning.metric == MetricKind::dense) return tuning.dense_inverse_mass;
  if (tuning.metric == MetricKind::diag) return tuning.inverse_mass.asDiagonal();
  return Eigen::MatrixXd::Identity(kDimension, kDimension);
}

class Leapfrog : public testing::TestWithParam<MetricKind> {
 protected:
  Leapfrog() : tuning_(skewed(GetParam())), metric_(tuning_), pool_(kDimension, 3) {}

  PhasePoint& start() {
    PhasePoint& point = pool_.acquire();
    point.position << 0.3, -1.2, 0.8;
    point.momentum << 0.9, 0.4, -1.1;
    evaluate(density_, metric_, point);
    point.kinetic = 0.5 * point.momentum.squaredNorm();
    return point;
  }
  /// Follows the trajectory for one unit of time.
  PhasePoint& follow(PhasePoint& from, int steps) {
    PhasePoint *here = &from, *there = &pool_.acquire();
    for (int i = 0; i < steps; ++i) {
      leapfrog(density_, metric_, 1.0 / steps, *here, *there);
      std::swap(here, there);
    }
    return *here;
  }

  StudentT3 density_{kDimension};
  Coordinates tuning_;
  Metric metric_;
  PointPool pool_;
};
INSTANTIATE_TEST_SUITE_P(All, Leapfrog,
                         testing::Values(MetricKind::diag, MetricKind::low_rank, MetricKind::dense, MetricKind::unit));

TEST_P(Leapfrog, IsTheTextbooksInUnwhitenedCoordinates) {
  const double step = 0.3;
  const PhasePoint& from = start();
  const Eigen::MatrixXd variance = inverse_mass(tuning_);
  const Eigen::MatrixXd factor = factor_of(tuning_);
  Eigen::VectorXd gradient(kDimension);
  density_.log_density(from.position, gradient);
  Eigen::VectorXd momentum = factor.transpose().inverse() * from.momentum;
  momentum += 0.5 * step * gradient;
  const Eigen::VectorXd position = from.position + step * variance * momentum;
  const double lp = density_.log_density(position, gradient);
  momentum += 0.5 * step * gradient;

  PhasePoint& to = pool_.acquire();
  leapfrog(density_, metric_, step, from, to);
  EXPECT_LT((to.position - position).norm(), 1e-14);
  EXPECT_LT((to.momentum - factor.transpose() * momentum).norm(), 1e-14);
  EXPECT_NEAR(to.lp, lp, 1e-14);
  EXPECT_NEAR(to.kinetic, 0.5 * momentum.dot(variance * momentum), 1e-14);
  EXPECT_NEAR(to.with_previous, from.momentum.dot(to.momentum), 1e-14);
}

/// As transition() takes steps: the drift of the second with the kick of the first.
TEST_P(Leapfrog, IsTheSameInOnePassWithTheNextDrift) {
  const double step = 0.3;
  const PhasePoint& from = start();
  PhasePoint& first = pool_.acquire();
  metric_.drift(from, step, first);
  evaluate(density_, metric_, first);
  metric_.kick_and_drift(from, step, first, pool_.upcoming());
  PhasePoint& second = pool_.acquire();

  PointPool fresh(kDimension, 2);
  PhasePoint& kicked = fresh.acquire();
  leapfrog(density_, metric_, step, from, kicked);
  PhasePoint& drifted = fresh.acquire();
  metric_.drift(kicked, step, drifted);
  EXPECT_LT((first.momentum - kicked.momentum).norm(), 1e-14);
  EXPECT_NEAR(first.kinetic, kicked.kinetic, 1e-14);
  EXPECT_NEAR(first.with_previous, kicked.with_previous, 1e-14);
  EXPECT_LT((second.position - drifted.position).norm(), 1e-14);
}

TEST_P(Leapfrog, IsReversible) {
  PhasePoint& from = start();
  const Eigen::VectorXd position = from.position, momentum = from.momentum;
  PhasePoint& there = pool_.acquire();
  leapfrog(density_, metric_, 0.4, from, there);
  PhasePoint& back = pool_.acquire();
  leapfrog(density_, metric_, -0.4, there, back);
  EXPECT_LT((back.position - position).norm(), 1e-14);
  EXPECT_LT((back.momentum - momentum).norm(), 1e-14);
}

TEST_P(Leapfrog, HasAnEnergyErrorOfSecondOrder) {
  const auto error = [&](int steps) {
    PointPool fresh(kDimension, 3);
    std::swap(pool_, fresh);
    PhasePoint& from = start();
    const double energy = from.energy();
    return follow(from, steps).energy() - energy;
  };
  EXPECT_NEAR(error(40) / error(80), 4, 0.05);
}

}  // namespace
}  // namespace exmc::sampler
