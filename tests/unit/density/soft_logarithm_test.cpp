#include <gtest/gtest.h>

#include <cmath>

#include "density/coordinates/fits.hpp"
#include "density/coordinates/kernels.hpp"
#include "exmc/core/random.hpp"

namespace exmc::density {
namespace {

double value(double u, double s) {
  const double p[] = {u, s};
  return SoftLogarithm::value(p);
}

double log_jacobian(double u, double s) {
  const double p[] = {u, s};
  return SoftPositive::log_jacobian(p, 0.0);
}

template <class Function>
double slope(Function function, double u) {
  constexpr double step = 1e-5;
  return (function(u + step) - function(u - step)) / (2 * step);
}

TEST(SoftLogarithm, HasItsInverseAndSlopes) {
  for (const double s : {-3.0, -0.2, 0.0, 0.2, 3.0}) {
    for (const double u : {-40.0, -3.0, -0.1, 0.0, 0.5, 7.0, 30.0}) {
      const double p[] = {u, s};
      EXPECT_NEAR(inverse_soft_logarithm(value(u, s), s), u, 1e-12 * std::max(1.0, std::abs(u))) << u << ' ' << s;
      double d[2];
      SoftLogarithm::partials(p, value(u, s), d);
      EXPECT_NEAR(d[0], slope([s](double x) { return value(x, s); }, u), 1e-7 * std::max(1.0, d[0])) << u << ' ' << s;
      EXPECT_NEAR(SoftLogarithm::log_slope(u, s), std::log(d[0]), 1e-14) << u << ' ' << s;
    }
  }
}

TEST(SoftPositive, IsWhatTheLogarithmIsOf) {
  for (const double s : {-3.0, -0.2, 0.0, 0.2, 3.0}) {
    for (const double u : {-24.0, -3.0, -0.1, 0.0, 0.5, 7.0, 30.0}) {
      const double p[] = {u, s}, x = SoftPositive::value(p), l = value(u, s);
      EXPECT_NEAR(std::log(x), l, 1e-13 * std::max(1.0, std::abs(l))) << u << ' ' << s;
      double d[2];
      SoftPositive::partials(p, x, d);
      EXPECT_NEAR(d[0] / x, SoftLogarithm::slope(u, s), 1e-12 * std::max(1.0, d[0] / x)) << u << ' ' << s;
      EXPECT_NEAR(log_jacobian(u, s), std::log(d[0]), 1e-12 * std::max(1.0, std::abs(l))) << u << ' ' << s;
      EXPECT_NEAR(SoftPositive::log_jacobian_slope(p, x), slope([s](double y) { return log_jacobian(y, s); }, u), 1e-7)
          << u << ' ' << s;
    }
  }
}

TEST(SoftPositive, IsTheSameOfPacks) {
  for (const double s : {-3.0, 0.0, 3.0}) {
    for (const double u : {-800.0, -40.0, -3.0, 0.0, 0.5, 30.0}) {
      const double p[] = {u, s};
      const Pack packs[] = {splat(u), splat(s)};
      const auto expect_near = [&](Pack found, double expected) {
        EXPECT_NEAR(found[3], expected, 1e-13 * std::abs(expected)) << u << ' ' << s;
      };
      expect_near(SoftPositive::value(packs), SoftPositive::value(p));
      expect_near(SoftPositive::log_jacobian(packs, packs[0]), SoftPositive::log_jacobian(p, 0.0));
      expect_near(SoftLogarithm::value(packs), SoftLogarithm::value(p));
    }
  }
}

/// Draws of ln x and their scores: of a half-Cauchy x with a large scale, and of a half-normal one.
TEST(SoftLogarithm, IsFittedToTheTail) {
  RandomStream random({3, ChainId{0}}, Purpose::start, 0);
  std::vector<double> heavy, heavy_score, light, light_score;
  for (int i = 0; i < 400; ++i) {
    const double t = std::tan(1.5707963267948966 * random.uniform());
    heavy.push_back(std::log(50 * t));
    heavy_score.push_back(1 - 2 * t * t / (1 + t * t));
    const double x = std::abs(random.normal());
    light.push_back(std::log(x));
    light_score.push_back(1 - x * x);
  }
  EXPECT_NEAR(fit_scale(heavy, heavy_score, true), -50, 10);
  for (const bool may_be_heavy : {false, true}) EXPECT_GT(fit_scale(light, light_score, may_be_heavy), 0);
  EXPECT_GT(fit_scale(heavy, heavy_score, false), 0);
}

}  // namespace
}  // namespace exmc::density
