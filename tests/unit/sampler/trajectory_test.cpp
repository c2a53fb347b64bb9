#include "exmc/sampler/trajectory.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace exmc::sampler {
namespace {

using Vector = Eigen::Vector2d;

/// Trees over points with given momenta, first to last.
class Momenta {
 public:
  explicit Momenta(const std::vector<Eigen::VectorXd>& momenta) : points_(momenta.size()) {
    for (std::size_t i = 0; i < momenta.size(); ++i) {
      points_[i].momentum = momenta[i];
      points_[i].kinetic = 0.5 * momenta[i].squaredNorm();
      if (i > 0) points_[i].with_previous = momenta[i].dot(momenta[i - 1]);
    }
  }

  Tree tree(std::size_t first, std::size_t last) {
    Tree tree;
    tree.first = &points_[first];
    tree.last = &points_[last];
    tree.size = last - first + 1;
    tree.momenta = points_[first].momentum;
    for (std::size_t i = first + 1; i <= last; ++i) tree.momenta += points_[i].momentum;
    tree.with_first = tree.momenta.dot(points_[first].momentum);
    tree.with_last = tree.momenta.dot(points_[last].momentum);
    return tree;
  }

 private:
  std::vector<PhasePoint> points_;
};

std::vector<Eigen::VectorXd> in_plane(const std::vector<Vector>& momenta) { return {momenta.begin(), momenta.end()}; }

TEST(JoinMomenta, GoesOnAlongAStraightLineAndSumsUp) {
  Momenta line(in_plane({{1, 0}, {1, 0.1}, {1, 0.2}, {1, 0.3}}));
  Tree earlier = line.tree(0, 1);
  EXPECT_TRUE(join_momenta(earlier, line.tree(2, 3)));
  EXPECT_NEAR(earlier.momenta[0], 4, 1e-15);
  EXPECT_NEAR(earlier.momenta[1], 0.6, 1e-15);
}

TEST(JoinMomenta, OfTwoPointsStopsAtAFullTurn) {
  Momenta turned(in_plane({{1, 0}, {-1, 0.1}}));
  Tree earlier = turned.tree(0, 0);
  EXPECT_FALSE(join_momenta(earlier, turned.tree(1, 1)));
  Momenta bent(in_plane({{1, 0}, {-0.5, 0.9}}));
  Tree other = bent.tree(0, 0);
  EXPECT_TRUE(join_momenta(other, bent.tree(1, 1)));
}

TEST(JoinMomenta, StopsWhenEitherEndTurnsAgainstTheSum) {
  Momenta last_turned(in_plane({{1, 0}, {1, 0}, {1, 0}, {-0.5, 0}}));
  Tree a = last_turned.tree(0, 1);
  EXPECT_FALSE(join_momenta(a, last_turned.tree(2, 3)));
  Momenta first_turned(in_plane({{-0.5, 0}, {1, 0}, {1, 0}, {1, 0}}));
  Tree b = first_turned.tree(0, 1);
  EXPECT_FALSE(join_momenta(b, first_turned.tree(2, 3)));
}

/// The ends agree with the whole; only a half and the neighbouring point of the other show the turn.
TEST(JoinMomenta, SeesTurnsAcrossTheSeam) {
  Momenta at_b(in_plane({{1, 0}, {1, 0}, {-0.5, 0}, {1, 0}}));
  Tree earlier = at_b.tree(0, 1);
  EXPECT_FALSE(join_momenta(earlier, at_b.tree(2, 3)));
  Momenta at_a(in_plane({{1, 0}, {-0.5, 0}, {1, 0}, {1, 0}}));
  Tree other = at_a.tree(0, 1);
  EXPECT_FALSE(join_momenta(other, at_a.tree(2, 3)));
}

/// Every length has elements in the lanes and in the rest of the loop; trees of two points and larger ones.
TEST(JoinMomenta, SumsOverAllElements) {
  for (Eigen::Index n = 1; n <= 20; ++n) {
    for (Eigen::Index turned = 0; turned < n; ++turned) {
      for (const std::size_t half : {2, 4}) {
        std::vector<Eigen::VectorXd> momenta(2 * half, Eigen::VectorXd::Constant(n, 0.1));
        const auto join = [&] {
          Momenta points(momenta);
          Tree earlier = points.tree(0, half - 1);
          return join_momenta(earlier, points.tree(half, 2 * half - 1));
        };
        EXPECT_TRUE(join());
        momenta.front()[turned] = 10;
        momenta.back()[turned] = -9;
        EXPECT_FALSE(join()) << turned << " of " << n << ", " << half;
      }
    }
  }
}

/// By the definition: every sum formed, every product taken of it.
bool moves_apart(const std::vector<Eigen::VectorXd>& momenta) {
  const auto apart = [&](std::size_t from, std::size_t to) {
    Eigen::VectorXd sum = momenta[from];
    for (std::size_t i = from + 1; i <= to; ++i) sum += momenta[i];
    return sum.dot(momenta[from]) > 0 && sum.dot(momenta[to]) > 0;
  };
  const std::size_t last = momenta.size() - 1, half = momenta.size() / 2;
  return apart(0, last) && (half == 1 || (apart(0, half) && apart(half - 1, last)));
}

/// Random walks of momenta, some of which turn; joined pair by pair, as a trajectory joins them.
TEST(JoinMomenta, IsTheCriterionByDefinition) {
  RandomStream random({1, {0}}, Purpose::draw, 0);
  std::array<int, 2> found{};
  for (int repeat = 0; repeat < 3000; ++repeat) {
    const Eigen::Index n = 1 + repeat % 13;
    const std::size_t size = std::size_t{2} << (repeat % 4);
    std::vector<Eigen::VectorXd> momenta(size, Eigen::VectorXd(n));
    for (std::size_t i = 0; i < size; ++i) {
      for (double& p : momenta[i]) p = random.normal();
      if (i > 0) momenta[i] += momenta[i - 1];
    }
    Momenta points(momenta);
    const auto join = [&](const auto& self, std::size_t first, std::size_t last) -> std::pair<Tree, bool> {
      if (first == last) return {points.tree(first, last), true};
      const std::size_t middle = (first + last) / 2;
      Tree earlier = self(self, first, middle).first;
      const Tree later = self(self, middle + 1, last).first;
      const bool apart = join_momenta(earlier, later);
      earlier.last = later.last;
      earlier.size += later.size;
      return {earlier, apart};
    };
    const auto [whole, apart] = join(join, 0, size - 1);
    ASSERT_EQ(apart, moves_apart(momenta)) << size << " points of " << n;
    ++found[apart];
    const Tree expected = points.tree(0, size - 1);
    EXPECT_NEAR(whole.with_first, expected.with_first, 1e-12 * expected.momenta.squaredNorm() + 1e-12);
    EXPECT_NEAR(whole.with_last, expected.with_last, 1e-12 * expected.momenta.squaredNorm() + 1e-12);
    if (size > 2) {
      EXPECT_LT((whole.momenta - expected.momenta).norm(), 1e-12);
    }
  }
  EXPECT_GT(found[0], 200);
  EXPECT_GT(found[1], 200);
}

/// A trajectory on a line that never turns, whose points have the log weights (initial less present energy) that they
/// are given, in order of integration. Lets a test see which point is proposed.
class Line {
 public:
  explicit Line(int max_depth) : trajectory_(1, max_depth) {}

  /// The number of the point that is drawn: 0 for the start; 0 as well when a doubling was void.
  int draw(const std::vector<double>& log_weights, RandomStream& random) {
    trajectory_.current().lp = 0;
    trajectory_.current().position[0] = 0;
    trajectory_.begin(random);
    trajectory_.current().momentum[0] = 1;
    const double energy = trajectory_.current().energy();
    auto next = log_weights.begin();
    int number = 0;
    while (trajectory_.may_grow() && double_once(energy, next, number, random)) {
    }
    stats_ = trajectory_.finish();
    return static_cast<int>(trajectory_.current().position[0]);
  }
  [[nodiscard]] const TransitionStats& stats() const { return stats_; }

 private:
  bool double_once(double energy, std::vector<double>::const_iterator& next, int& number, RandomStream& random) {
    (void)trajectory_.extend(random);
    for (int points = 1 << trajectory_.depth(); points > 0; --points) {
      PhasePoint& point = trajectory_.points().acquire();
      point.momentum[0] = 1;
      point.position[0] = ++number;
      point.kinetic = 0.5;
      point.with_previous = 1;
      point.lp = *next++ + 0.5 - energy;
      if (!trajectory_.add(point, random)) return false;
    }
    return trajectory_.absorb(random);
  }

  Trajectory trajectory_;
  TransitionStats stats_;
};

/// Probabilities by hand: a doubling wins with min(1, its weight / the trajectory's), a point within it in proportion.
TEST(Trajectory, DrawsPointsByWeightAndDoublingsWithABias) {
  const std::vector<double> weights = {0.5, 0.2, 0.4, 0.1, 0.8, 0.3, 0.6};
  std::vector<double> log_weights;
  for (const double weight : weights) log_weights.push_back(std::log(weight));
  const double second = 0.6 / 1.5, third = 1.8 / 2.1;
  const std::array<double, 8> expected = {0.5 * (1 - second) * (1 - third),
                                          0.5 * (1 - second) * (1 - third),
                                          second * (1 - third) * 0.2 / 0.6,
                                          second * (1 - third) * 0.4 / 0.6,
                                          third * 0.1 / 1.8,
                                          third * 0.8 / 1.8,
                                          third * 0.3 / 1.8,
                                          third * 0.6 / 1.8};
  constexpr int draws = 200000;
  std::array<int, 8> found{};
  Line line(3);
  for (std::uint64_t i = 0; i < draws; ++i) {
    RandomStream random({1, {0}}, Purpose::draw, i);
    ++found[static_cast<std::size_t>(line.draw(log_weights, random))];
  }
  for (std::size_t point = 0; point < 8; ++point) {
    const double mean = draws * expected[point];
    EXPECT_NEAR(found[point], mean, 4 * std::sqrt(mean * (1 - expected[point]))) << point;
  }
}

TEST(Trajectory, ReportsItsMeanAcceptanceAndLargestError) {
  Line line(2);
  RandomStream random({1, {0}}, Purpose::draw, 0);
  line.draw({std::log(0.5), std::log(2.0), std::log(0.25)}, random);
  EXPECT_NEAR(line.stats().acceptance_rate, (0.5 + 1 + 0.25) / 3, 1e-14);
  EXPECT_NEAR(line.stats().max_energy_error, -std::log(0.25), 1e-14);
  EXPECT_EQ(line.stats().n_steps, 3);
  EXPECT_EQ(line.stats().tree_depth, 2);
  EXPECT_TRUE(line.stats().reached_max_treedepth);
}

TEST(Trajectory, DivergesBeyondAnEnergyErrorOfAThousandOrWithoutAnEnergy) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double bad : {-1000.5, -infinity, infinity, std::nan("")}) {
    Line line(3);
    RandomStream random({1, {0}}, Purpose::draw, 0);
    EXPECT_EQ(line.draw({bad}, random), 0);
    EXPECT_TRUE(line.stats().diverging);
    EXPECT_EQ(line.stats().acceptance_rate, 0);
    EXPECT_EQ(line.stats().tree_depth, 0);
    EXPECT_GT(line.stats().max_energy_error, 1000);
  }
  Line line(1);
  RandomStream random({1, {0}}, Purpose::draw, 0);
  EXPECT_EQ(line.draw({-999.5}, random), 0);
  EXPECT_FALSE(line.stats().diverging);
}

/// From far out in the tail weights leave the range of a double, and a later one may dwarf all before it.
TEST(Trajectory, KeepsWeightsInRangeWhateverTheyAre) {
  std::array<int, 4> found{};
  Line line(2);
  constexpr int draws = 10000;
  for (std::uint64_t i = 0; i < draws; ++i) {
    RandomStream random({1, {0}}, Purpose::draw, i);
    ++found[static_cast<std::size_t>(line.draw({700, 1e6, 1e6 + std::log(3)}, random))];
    ASSERT_EQ(line.stats().acceptance_rate, 1);
  }
  EXPECT_EQ(found[0] + found[1], 0);
  EXPECT_NEAR(found[2], draws * 0.25, 4 * std::sqrt(draws * 0.25 * 0.75));
}

TEST(Trajectory, DrawsAStandardNormalMomentum) {
  constexpr Eigen::Index n = 3;
  Trajectory trajectory(n, 1);
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(n);
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(n, n);
  constexpr int draws = 40000;
  for (std::uint64_t i = 0; i < draws; ++i) {
    RandomStream random({1, {0}}, Purpose::draw, i);
    trajectory.begin(random);
    const Eigen::VectorXd& p = trajectory.current().momentum;
    EXPECT_NEAR(trajectory.current().kinetic, 0.5 * p.squaredNorm(), 1e-12);
    mean += p / draws;
    products += p * p.transpose() / draws;
  }
  const double error = 1 / std::sqrt(draws);
  EXPECT_LT(mean.cwiseAbs().maxCoeff(), 4 * error);
  EXPECT_LT((products - Eigen::MatrixXd::Identity(n, n)).cwiseAbs().maxCoeff(), 4 * std::sqrt(2.0) * error);
}

}  // namespace
}  // namespace exmc::sampler
