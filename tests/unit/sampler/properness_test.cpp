#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "densities.hpp"
#include "exmc/core/error.hpp"
#include "exmc/sampler/chain.hpp"

/// A posterior that is improper is called that, and one that is wide is not.
namespace exmc::sampler {
namespace {

using ::testing::HasSubstr;

/// A density by its formula.
struct Formula {
  std::size_t n;
  std::function<double(const Eigen::VectorXd&, Eigen::VectorXd&)> formula;

  [[nodiscard]] std::size_t dimension() const { return n; }
  double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) { return formula(x, gradient); }
};

/// What a chain says of a density, and after how many iterations; empty where it samples it.
struct Complaint {
  std::string text;
  std::uint64_t iterations = 0;
};

template <class Density>
Complaint complain(const Density& density, std::uint64_t seed) {
  Complaint complaint;
  try {
    Chain<Density> chain(density, Settings{.draws = 1}, {seed, ChainId{0}});
    for (; chain.stage() != Stage::complete; ++complaint.iterations) chain.advance();
  } catch (const SamplingError& error) {
    complaint.text = error.what();
  }
  return complaint;
}

template <class Density>
std::string complaint(const Density& density, std::uint64_t seed) {
  return complain(density, seed).text;
}

/// y = 0, 0, 1, 1 at x = -2, -1, 1, 2 by logistic regression: the slope, and the intercept, have no end.
const Formula kSeparable{2, [](const Eigen::VectorXd& b, Eigen::VectorXd& gradient) {
                           double sum = 0;
                           gradient.setZero();
                           for (const double x : {-2.0, -1.0, 1.0, 2.0}) {
                             const double sign = x < 0 ? -1 : 1, margin = sign * (b[0] + b[1] * x);
                             sum -= margin > 0 ? std::log1p(std::exp(-margin)) : std::log1p(std::exp(margin)) - margin;
                             const double wrong = 1 / (1 + std::exp(margin));
                             gradient[0] += sign * wrong;
                             gradient[1] += sign * wrong * x;
                           }
                           return sum;
                         }};

/// One number is known to be the sum of two.
const Formula kOnlyTheSum{2, [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
                            gradient.setConstant(-(x[0] + x[1]));
                            return -0.5 * (x[0] + x[1]) * (x[0] + x[1]);
                          }};

const Formula kHalfFlat{2, [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
                          gradient << -x[0], 0;
                          return -0.5 * x[0] * x[0];
                        }};

TEST(Properness, ImproperPosteriorsAreCalledThat) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    for (const Formula* density : {&kSeparable, &kOnlyTheSum, &kHalfFlat}) {
      EXPECT_THAT(complaint(*density, seed), HasSubstr("improper")) << "seed " << seed;
    }
  }
}

/// Not after a whole warm-up, each iteration of which is a trajectory as long as may be.
TEST(Properness, ImproperPosteriorsAreSoonCalledThat) {
  constexpr std::uint64_t half_a_warmup = 500;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    EXPECT_LT(complain(kSeparable, seed).iterations, half_a_warmup) << "seed " << seed;
    EXPECT_LT(complain(kHalfFlat, seed).iterations, half_a_warmup) << "seed " << seed;
  }
}

TEST(Properness, WidePosteriorsAreNot) {
  Eigen::VectorXd widths(3);
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    for (const double unit : {1e-31, 1.0, 1e11, 1e31, 1e100}) {
      EXPECT_EQ(complaint(Gaussian{Eigen::VectorXd::Constant(1, unit)}, seed), "") << unit << ", seed " << seed;
    }
    widths << 1e12, 1, 1e15;
    EXPECT_EQ(complaint(Gaussian{widths}, seed), "") << "seed " << seed;
    const Formula cauchy{1, [](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
                           const double z = x[0] / 1e13;
                           gradient[0] = -2 * z / (1 + z * z) / 1e13;
                           return -std::log1p(z * z);
                         }};
    EXPECT_EQ(complaint(cauchy, seed), "") << "seed " << seed;
  }
}

TEST(Properness, FlatDensitiesHaveNoStepSize) {
  const Formula flat{1, [](const Eigen::VectorXd&, Eigen::VectorXd& gradient) {
                       gradient.setZero();
                       return 0.0;
                     }};
  EXPECT_THAT(complaint(flat, 1), HasSubstr("the posterior is improper"));
}

}  // namespace
}  // namespace exmc::sampler
