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
    find_start(density, {1, {0}}, point);
  } catch (const SamplingError& error) {
    EXPECT_EQ(density.evaluations, 100);
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
  find_start(density, {1, {0}}, point);
  EXPECT_EQ(density.evaluations, 3);
  EXPECT_EQ(point.lp, -1.5);
}

TEST(FindStart, IsUniformOnTheSquareFromMinusTwoToTwo) {
  double sum = 0, squares = 0, largest = 0;
  constexpr int chains = 20000;
  for (std::uint32_t chain = 0; chain < chains; ++chain) {
    Scripted density{[](int, Eigen::VectorXd&) { return 0.0; }, 1};
    PhasePoint point = blank(1);
    find_start(density, {5, {chain}}, point);
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
              testing::HasSubstr("no point of finite density after 100 tries, uniform on (-2, 2) on the unconstrained "
                                 "scale: log density nan 60 times; log density -inf 40 times"));
  EXPECT_THAT(refusal({[](int, Eigen::VectorXd& gradient) {
                         gradient[1] = kInfinity;
                         gradient[3] = std::nan("");
                         return 0.0;
                       },
                       4}),
              testing::HasSubstr("gradient not finite at unconstrained coordinates 1, 3, 100 times"));
  EXPECT_THAT(refusal({[](int, Eigen::VectorXd& gradient) {
                         gradient.setConstant(kInfinity);
                         return 0.0;
                       },
                       9}),
              testing::HasSubstr("coordinates 0, 1, 2, 3, 4, ... (9 in all)"));
}

TEST(Chain, RefusesADensityThatIsFlat) {
  EXPECT_THROW(Chain(Scripted{[](int, Eigen::VectorXd&) { return 0.0; }}, Settings{}, StreamKey{}), SamplingError);
}

/// Finite where it starts, nowhere else: no step size is small enough.
TEST(Chain, RefusesADensityThatCannotBeLeft) {
  const Scripted density{[](int i, Eigen::VectorXd&) { return i == 0 ? 0.0 : -kInfinity; }};
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
