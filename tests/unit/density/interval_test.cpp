#include "density/numbers/interval.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace exmc::density {
namespace {

const std::vector<Interval> kIntervals{Interval{},
                                       kPositiveNumbers,
                                       kNonNegativeNumbers,
                                       -kPositiveNumbers,
                                       -kNonNegativeNumbers,
                                       kUnit,
                                       kInsideUnit,
                                       -kUnit,
                                       closed_interval(0, 0),
                                       closed_interval(1, 1),
                                       closed_interval(-3, -2),
                                       closed_interval(-2, 5),
                                       Interval{1, 2, true, false}};

bool contains(const Interval& interval, double x) { return interval.includes(closed_interval(x, x)); }

std::vector<double> points_of(const Interval& interval) {
  std::vector<double> points{-1e3, -3, -2.5, -2, -1, -0.5, -1e-3, 0, 1e-3, 0.5, 1, 1.5, 2, 3, 5, 1e3};
  std::erase_if(points, [&](double x) { return !contains(interval, x); });
  return points;
}

template <class OfNumbers, class OfIntervals>
void expect_inside(const std::string& name, OfNumbers of_numbers, OfIntervals of_intervals) {
  for (const Interval& a : kIntervals) {
    for (const Interval& b : kIntervals) {
      const Interval range = of_intervals(a, b);
      for (const double x : points_of(a)) {
        for (const double y : points_of(b)) {
          const double value = of_numbers(x, y);
          if (!std::isfinite(value)) continue;  // divided by 0
          EXPECT_TRUE(contains(range, value))
              << x << " " << name << " " << y << " in " << range.lower << " to " << range.upper;
        }
      }
    }
  }
}

TEST(Intervals, HoldWhatIsComputedFromTheirNumbers) {
  expect_inside(
      "+", [](double x, double y) { return x + y; }, [](auto& a, auto& b) { return a + b; });
  expect_inside(
      "-", [](double x, double y) { return x - y; }, [](auto& a, auto& b) { return a - b; });
  expect_inside(
      "*", [](double x, double y) { return x * y; }, [](auto& a, auto& b) { return a * b; });
  expect_inside(
      "/", [](double x, double y) { return x / y; }, [](auto& a, auto& b) { return a / b; });
  expect_inside(
      "min", [](double x, double y) { return std::min(x, y); }, [](auto& a, auto& b) { return minimum(a, b); });
  expect_inside(
      "max", [](double x, double y) { return std::max(x, y); }, [](auto& a, auto& b) { return maximum(a, b); });
  expect_inside(
      "or", [](double x, double) { return x; }, [](auto& a, auto& b) { return hull(a, b); });
  expect_inside(
      "or", [](double, double y) { return y; }, [](auto& a, auto& b) { return hull(a, b); });
}

TEST(Intervals, SayNoLessThanTheyKnow) {
  EXPECT_EQ(kPositiveNumbers + kNonNegativeNumbers, kPositiveNumbers);
  EXPECT_EQ(kPositiveNumbers * kPositiveNumbers, kPositiveNumbers);
  EXPECT_EQ(kPositiveNumbers / kPositiveNumbers, kPositiveNumbers);
  EXPECT_EQ(closed_interval(1, 1) - kInsideUnit, kInsideUnit);
  EXPECT_EQ(-kPositiveNumbers / closed_interval(-1, -1), kPositiveNumbers);
  EXPECT_TRUE((kUnit / closed_interval(0, 0)).is_whole());
  EXPECT_TRUE(kUnit.includes(kInsideUnit) && !kInsideUnit.includes(kUnit));
  EXPECT_GT(kPositiveNumbers.least(), 0);
  EXPECT_EQ(kPositiveNumbers.greatest(), std::numeric_limits<double>::max());
}

}  // namespace
}  // namespace exmc::density
