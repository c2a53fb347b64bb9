#include "../../../src/density/numbers/simd.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "../../../src/density/kernels/log_product.hpp"
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

Pack pack_of(const std::array<double, kLanes>& lanes) { return load(lanes.data()); }

TEST(Simd, LanesDoNotTouchEachOther) {
  const Pack x = pack_of({-800, -1, 0, 0.5, 1, 709, 800, std::numeric_limits<double>::quiet_NaN()});
  for (std::size_t lane = 0; lane + 1 < kLanes; ++lane) EXPECT_EQ(exp(x)[lane], exp(splat(x[lane]))[0]);
  EXPECT_EQ(sum(select(first_lanes(3), splat(1), Pack{})), 3);
  Pack changed = x;
  changed[5] = 7;
  for (std::size_t lane = 0; lane + 1 < kLanes; ++lane) EXPECT_EQ(changed[lane], lane == 5 ? 7 : x[lane]);
}

TEST(Simd, SumsAreInTheirOrder) {
  const std::array<double, kLanes> a = {1, 1e-17, 1e16, 3e-17, -1, 5e-17, 1, 0.1};
  const double expected = ((a[0] + a[4]) + (a[2] + a[6])) + ((a[1] + a[5]) + (a[3] + a[7]));
  EXPECT_EQ(sum(pack_of(a)), expected);
  Pack rows[kLanes];
  for (std::size_t row = 0; row < kLanes; ++row) rows[row] = pack_of(a) * (0.1 + static_cast<double>(row));
  const Pack totals = sums(rows);
  for (std::size_t row = 0; row < kLanes; ++row) EXPECT_EQ(totals[row], sum(rows[row])) << row;
}

template <std::size_t N>
void expect_moves() {
  const Pack x = pack_of({1, 2, 3, 4, 5, 6, 7, 8});
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    EXPECT_EQ(moved_up<N>(x)[lane], lane < N ? 0 : x[lane - N]) << N << ' ' << lane;
    EXPECT_EQ(moved_down<N>(x)[lane], lane + N < kLanes ? x[lane + N] : 0) << N << ' ' << lane;
  }
}

TEST(Simd, LanesMove) {
  expect_moves<1>();
  expect_moves<2>();
  expect_moves<4>();
}

TEST(Simd, MasksAreOfLanes) {
  const Pack x = pack_of({1, 2, 3, 4, 5, 6, 7, 8});
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const Mask one = x == static_cast<double>(lane + 1);
    EXPECT_TRUE(any(one));
    EXPECT_EQ(sum(select(one, x, Pack{})), static_cast<double>(lane + 1));
    EXPECT_EQ(sum(select(!one, x, Pack{})), 36 - static_cast<double>(lane + 1));
    EXPECT_EQ(sum(select(first_lanes(lane), splat(1), Pack{})), static_cast<double>(lane));
  }
  EXPECT_FALSE(any(x > 8.0));
  EXPECT_FALSE(any((x > 4.0) & (x <= 4.0)));
}

TEST(Simd, ALogarithmOfAProductIsTheSumOfLogarithms) {
  for (const double factor : {1.0, 1.5, 1e3, 1e20, 1e200, 1e300}) {
    LogProduct product;
    for (int i = 0; i < 10; ++i) product.multiply(splat(factor));
    EXPECT_NEAR(product.total(), 80 * std::log(factor), 1e-12 * (1 + 80 * std::log(factor))) << factor;
    EXPECT_NEAR(product.logarithm()[3], 10 * std::log(factor), 1e-13 * (1 + 10 * std::log(factor))) << factor;
  }
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
