#include "exmc/sampler/starting_point.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>

#include "densities.hpp"
#include "exmc/core/error.hpp"
#include "exmc/sampler/chain.hpp"

namespace exmc::sampler {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Counts its evaluations and answers by a function of their number.
struct Scripted {
  std::function<double(int, Eigen::VectorXd&)> answer;
  Eigen::Index n = 2;
  int evaluations = 0;

  [[nodiscard]] std::size_t dimension() const { return static_cast<std::size_t>(n); }
  double log_density(const Eigen::VectorXd&, Eigen::VectorXd& gradient) {
    gradient.setZero();
    return answer(evaluations++, gradient);
  }
};

PhasePoint blank(Eigen::Index n) {
  PhasePoint point;
  point.position = point.gradient = Eigen::VectorXd::Zero(n);
  return point;
}

std::string refusal(Scripted density) {
  PhasePoint point = blank(density.n);
  try {
    find_start(density, {1, {0}}, Start{}, point);
  } catch (const SamplingError& error) {
    EXPECT_EQ(density.evaluations, 125);
    return error.what();
  }
  return "none";
}

TEST(FindStart, TakesTheFirstPointWhereAllIsFinite) {
  Scripted density{[](int i, Eigen::VectorXd& gradient) {
    if (i == 1) gradient[1] = std::nan("");
    return i == 0 ? -kInfinity : -1.5;
  }};
  PhasePoint point = blank(2);
  find_start(density, {1, {0}}, Start{}, point);
  EXPECT_EQ(density.evaluations, 3 + 7 + 1);  // and nearer to 0, to see that it is not hopeless
  EXPECT_EQ(point.lp, -1.5);
}

TEST(FindStart, IsUniformOnTheSquareFromMinusTwoToTwo) {
  double sum = 0, squares = 0, largest = 0;
  constexpr int chains = 20000;
  for (std::uint32_t chain = 0; chain < chains; ++chain) {
    Scripted density{[](int, Eigen::VectorXd&) { return 0.0; }, 1};
    PhasePoint point = blank(1);
    find_start(density, {5, {chain}}, Start{}, point);
    sum += point.position[0];
    squares += point.position[0] * point.position[0];
    largest = std::max(largest, std::abs(point.position[0]));
  }
  const double variance = 4.0 / 3, fourth = 16.0 / 5;
  EXPECT_LT(std::abs(sum / chains), 4 * std::sqrt(variance / chains));
  EXPECT_NEAR(squares / chains, variance, 4 * std::sqrt((fourth - variance * variance) / chains));
  EXPECT_LT(largest, 2);
  EXPECT_GT(largest, 1.99);
}

TEST(FindStart, SaysWhatItFound) {
  EXPECT_THAT(refusal({[](int i, Eigen::VectorXd&) { return i < 60 ? std::nan("") : -kInfinity; }}),
              testing::HasSubstr("no point of finite density after 125 tries, uniform on (-2, 2) on the unconstrained "
                                 "scale and nearer to 0: log density nan 60 times; log density -inf 65 times"));
  EXPECT_THAT(refusal({[](int, Eigen::VectorXd& gradient) {
                         gradient[1] = kInfinity;
                         gradient[3] = std::nan("");
                         return 0.0;
                       },
                       4}),
              testing::HasSubstr("gradient not finite at unconstrained coordinates 1, 3, 125 times"));
  EXPECT_THAT(refusal({[](int, Eigen::VectorXd& gradient) {
                         gradient.setConstant(kInfinity);
                         return 0.0;
                       },
                       9}),
              testing::HasSubstr("coordinates 0, 1, 2, 3, 4, ... (9 in all)"));
}

/// A wall at a distance from 0: what is far beyond it is taken nearer, in the same direction.
struct Steep {
  [[nodiscard]] std::size_t dimension() const { return 3; }
  double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) const {
    gradient = -x;
    return -std::exp(30 * x.norm());
  }
};

TEST(FindStart, TakesWhatIsHopelessNearerToZero) {
  Steep density;
  for (std::uint32_t chain = 0; chain < 50; ++chain) {
    PhasePoint near = blank(3), far = blank(3);
    find_start(density, {1, {chain}}, Start{}, near);
    Scripted anywhere{[](int, Eigen::VectorXd&) { return 0.0; }, 3};
    find_start(anywhere, {1, {chain}}, Start{}, far);
    EXPECT_GT(near.lp, -hopeless(3) - 10);
    const double scale = near.position.norm() / far.position.norm();
    EXPECT_EQ(std::exp2(std::round(std::log2(scale))) * far.position, near.position);
    if (scale < 1) {
      EXPECT_LT(density.log_density(2 * near.position, far.gradient), -hopeless(3));
    }
  }
}

TEST(FindStart, GoesNearerToZeroWhereTheWholeSquareIsImpossible) {
  struct Small : Steep {
    double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) const {
      gradient = -x;
      return x.cwiseAbs().maxCoeff() < 0.1 ? 0.0 : std::nan("");
    }
  } density;
  PhasePoint point = blank(3);
  find_start(density, {1, {0}}, Start{}, point);
  EXPECT_EQ(point.lp, 0);
}

TEST(FindStart, PutsGivenValuesInPlaceAndTriesWhatIsProposed) {
  Start start;
  start.radius = 0.5;
  start.place = [](Eigen::VectorXd& position) {
    position[1] = 7;
    return "";
  };
  PhasePoint point = blank(2);
  Scripted anywhere{[](int, Eigen::VectorXd&) { return 0.0; }};
  find_start(anywhere, {1, {0}}, start, point);
  EXPECT_EQ(point.position[1], 7);
  EXPECT_LT(std::abs(point.position[0]), 0.5);
  start.place = {};
  start.propose = [](std::uint64_t, Eigen::VectorXd& position) {
    position.setConstant(3000);
    return true;
  };
  struct Far {
    [[nodiscard]] std::size_t dimension() const { return 2; }
    double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) const {
      gradient.setZero();
      return x[0] > 2000 ? 0.0 : -kInfinity;
    }
  } far;
  find_start(far, {1, {0}}, start, point);
  EXPECT_EQ(point.position[0], 3000);
}

TEST(FindStart, TriesOtherPointsWhereTriesWereMadeBefore) {
  PhasePoint first = blank(2), later = blank(2);
  Scripted anywhere{[](int, Eigen::VectorXd&) { return 0.0; }};
  find_start(anywhere, {1, {0}}, Start{}, first);
  find_start(anywhere, {1, {0}}, {.first_attempt = 1000}, later);
  EXPECT_NE(first.position, later.position);
}

TEST(Chain, RefusesADensityThatIsFlat) {
  EXPECT_THROW(Chain(Scripted{[](int, Eigen::VectorXd&) { return 0.0; }}, Settings{}, StreamKey{}), SamplingError);
}

/// Finite while a start is looked for, never again: no step size is small enough.
TEST(Chain, RefusesADensityThatCannotBeLeft) {
  constexpr int tried = 9;  // the start, seven points nearer to 0, and the start again
  const Scripted density{[](int i, Eigen::VectorXd&) { return i < tried ? 0.0 : -kInfinity; }};
  EXPECT_THROW(Chain(density, Settings{}, StreamKey{}), SamplingError);
}

/// One gradient a leapfrog step, none for the point where a transition starts.
TEST(Chain, DoesNotEvaluateItsStartAgain) {
  struct Counting : StudentT3 {
    int* evaluations;
    double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
      ++*evaluations;
      return StudentT3::log_density(x, gradient);
    }
  };
  int evaluations = 0;
  Chain chain(Counting{{2}, &evaluations}, {.warmup_iterations = 50, .draws = 100}, StreamKey{});
  while (chain.stage() == Stage::warmup) chain.advance();
  evaluations = 0;
  std::int64_t steps = 0;
  while (chain.stage() == Stage::sampling) steps += chain.advance().n_steps;
  EXPECT_EQ(evaluations, steps);
}

struct Thrower : StudentT3 {
  int left = 0;
  double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    if (left-- == 0) throw std::domain_error("the density's own");
    return StudentT3::log_density(x, gradient);
  }
};

TEST(Chain, LetsTheDensitysExceptionsThrough) {
  EXPECT_THROW(
      {
        Chain chain(Thrower{{2}, 1000}, {.warmup_iterations = 500}, StreamKey{});
        while (chain.stage() == Stage::warmup) chain.advance();
      },
      std::domain_error);
}

}  // namespace
}  // namespace exmc::sampler
