#include "../../../src/density/numbers/simd.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "../../../src/density/numbers/special.hpp"
#include "exmc/core/random.hpp"

namespace exmc::density {
namespace {

/// Distance in units in the last place of the exact result.
double ulps(double found, long double exact) {
  const double nearest = std::abs(static_cast<double>(exact));
  const double ulp = std::nextafter(nearest, std::numeric_limits<double>::infinity()) - nearest;
  return static_cast<double>(std::abs(static_cast<long double>(found) - exact) / ulp);
}

/// Every lane of f(x) within `allowed` ulp of the long double reference.
template <class Function, class Reference>
void expect_close(Function f, Reference exact, const std::vector<double>& arguments, double allowed) {
  double worst = 0, at = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const double found = f(splat(arguments[i]))[i % kLanes];
    const double distance = ulps(found, exact(static_cast<long double>(arguments[i])));
    if (distance > worst) at = arguments[i];
    worst = std::max(worst, distance);
  }
  EXPECT_LE(worst, allowed) << "at " << at;
}

std::vector<double> uniform(double low, double high, std::size_t count) {
  RandomStream random({3, ChainId{0}}, Purpose::start, 0);
  std::vector<double> values(count);
  for (double& value : values) value = low + (high - low) * random.uniform();
  return values;
}

std::vector<double> exponentials(double low, double high, std::size_t count) {
  std::vector<double> values = uniform(low, high, count);
  for (double& value : values) value = std::exp(value);
  return values;
}

TEST(Simd, ExpIsExactToAnUlp) {
  const auto exact = [](long double x) { return std::exp(x); };
  expect_close([](Pack x) { return exp(x); }, exact, uniform(-708, 709.7, 100000), 1.1);
  expect_close([](Pack x) { return exp(x); }, exact, uniform(-1, 1, 100000), 1.1);
}

TEST(Simd, LogIsExactToAnUlp) {
  const auto exact = [](long double x) { return std::log(x); };
  expect_close([](Pack x) { return log(x); }, exact, exponentials(-708, 709, 100000), 1);
  expect_close([](Pack x) { return log(x); }, exact, uniform(0.5, 2, 100000), 1);
}

TEST(Simd, Log1pIsExactToTwoUlps) {
  const auto exact = [](long double x) { return std::log1p(x); };
  expect_close([](Pack x) { return log1p(x); }, exact, uniform(-0.999, 1, 100000), 2);
  expect_close([](Pack x) { return log1p(x); }, exact, exponentials(-40, 300, 100000), 2);
}

TEST(Simd, SpecialValuesAreThoseOfTheStandardLibrary) {
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
  for (const double x : {0.0, -0.0, 1.0, 709.78, 709.79, 1e10, -709.0, -740.0, -745.1, -745.2, -1e9, inf, -inf, nan}) {
    const bool rounded = x > -708 && x < 709 && x != 0;  // elsewhere both are exact, or inf, or NaN
    EXPECT_TRUE(rounded || same(exp(splat(x))[5], std::exp(x))) << x;
    EXPECT_TRUE((x > 0 && std::isfinite(x)) || same(log(splat(x))[2], std::log(x))) << x;
    EXPECT_TRUE(same(log1p(splat(x))[2], std::log1p(x)) || (x > -1 && std::isfinite(x))) << x;
  }
  for (const double x : {5e-324, 1e-310, 2.2250738585072014e-308}) {
    EXPECT_NEAR(log(splat(x))[0], std::log(x), 2e-13) << x;
  }
  EXPECT_EQ(log1p(splat(-1.0))[0], -inf);
  EXPECT_EQ(log1p(splat(1e-20))[0], 1e-20);
}

TEST(Simd, LanesDoNotTouchEachOther) {
  const Pack x{-800, -1, 0, 0.5, 1, 709, 800, std::numeric_limits<double>::quiet_NaN()};
  for (std::size_t lane = 0; lane + 1 < kLanes; ++lane) EXPECT_EQ(exp(x)[lane], exp(splat(x[lane]))[0]);
  EXPECT_EQ(sum(Pack{1, 2, 3, 4, 5, 6, 7, 8}), 36);
  EXPECT_EQ(sum(select(first_lanes(3), splat(1), Pack{})), 3);
}

// Values with 30 digits from mpmath: lgamma(x + 1/2) - lgamma(x) - log(x)/2 and digamma(x + 1/2) - digamma(x) - 1/(2x).
TEST(Special, HalfStepLogGammaAgreesWithMultiplePrecision) {
  struct Row {
    double x, value, slope;
  };
  const std::vector<Row> table = {
#include "half_step_log_gamma.inc"
  };
  for (const Row& row : table) {
    const auto scalar = half_step_log_gamma(row.x);
    const auto pack = half_step_log_gamma(splat(row.x));
    EXPECT_NEAR(scalar.value, row.value, 4e-15 * std::max(1.0, std::abs(row.value))) << row.x;
    EXPECT_NEAR(scalar.slope, row.slope, 4e-15 * std::max(1.0, std::abs(row.slope))) << row.x;
    EXPECT_NEAR(pack.value[6], row.value, 4e-15 * std::max(1.0, std::abs(row.value))) << row.x;
    EXPECT_NEAR(pack.slope[1], row.slope, 4e-15 * std::max(1.0, std::abs(row.slope))) << row.x;
  }
  EXPECT_TRUE(std::isnan(half_step_log_gamma(-1.5).value));
  EXPECT_TRUE(std::isnan(half_step_log_gamma(splat(0.0)).slope[0]));
}

}  // namespace
}  // namespace exmc::density
