#include "exmc/core/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>

namespace exmc {
namespace {

// Random123's published known-answer vector for philox4x64-10 with an all-zero key and counter.
TEST(RandomStream, AgreesWithThePublishedVector) {
  RandomStream stream({0, ChainId{0}}, Purpose::start, 0);
  EXPECT_EQ(stream(), 0x16554d9eca36314cULL);
  EXPECT_EQ(stream(), 0xdb20fe9d672d0fdcULL);
  EXPECT_EQ(stream(), 0xd7e772cee186176bULL);
  EXPECT_EQ(stream(), 0x7e68b68aec7ba23bULL);
}

TEST(RandomStream, EveryPartOfKeyAndCounterChangesTheNumbers) {
  std::set<std::uint64_t> first;
  first.insert(RandomStream({1, ChainId{0}}, Purpose::draw, 0)());
  first.insert(RandomStream({2, ChainId{0}}, Purpose::draw, 0)());
  first.insert(RandomStream({1, ChainId{1}}, Purpose::draw, 0)());
  first.insert(RandomStream({1, ChainId{0}}, Purpose::warmup, 0)());
  first.insert(RandomStream({1, ChainId{0}}, Purpose::draw, 1)());
  first.insert(RandomStream({1, ChainId{0}}, Purpose::draw, 0, 1)());
  EXPECT_EQ(first.size(), 6U);
}

TEST(RandomStream, NormalHasTheMomentsOfANormal) {
  RandomStream stream({7, ChainId{3}}, Purpose::draw, 11);
  constexpr int count = 400000;
  double sum = 0, squares = 0, fourth = 0;
  for (int i = 0; i < count; ++i) {
    const double z = stream.normal();
    sum += z;
    squares += z * z;
    fourth += z * z * z * z;
  }
  const double n = count;  // standard errors: 1/sqrt(n), sqrt(2/n), sqrt(96/n)
  EXPECT_LT(std::abs(sum / n), 4 / std::sqrt(n));
  EXPECT_LT(std::abs(squares / n - 1), 4 * std::sqrt(2 / n));
  EXPECT_LT(std::abs(fourth / n - 3), 4 * std::sqrt(96 / n));
}

/// Every layer of the ziggurat and its tail: chi-squared over 200 cells of equal probability and two extreme ones.
TEST(RandomStream, NormalHasTheDistributionOfANormal) {
  RandomStream stream({8, ChainId{1}}, Purpose::draw, 0);
  constexpr int cells = 200, count = 4000000;
  std::array<int, cells> found{};
  int beyond_tail_start = 0, beyond_four = 0;
  for (int i = 0; i < count; ++i) {
    const double z = stream.normal();
    const double below = 0.5 * std::erfc(-z / std::numbers::sqrt2);
    ++found[std::min(cells - 1, static_cast<int>(below * cells))];
    beyond_tail_start += std::abs(z) > 3.6541528853610088;
    beyond_four += std::abs(z) > 4;
  }
  double chi_squared = 0;
  constexpr double expected = static_cast<double>(count) / cells;
  for (const int n : found) chi_squared += (n - expected) * (n - expected) / expected;
  EXPECT_LT(std::abs(chi_squared - (cells - 1)), 4 * std::sqrt(2.0 * (cells - 1)));
  const auto expect_tail = [&](int n, double start) {
    const double mean = count * std::erfc(start / std::numbers::sqrt2);
    EXPECT_LT(std::abs(n - mean), 4 * std::sqrt(mean)) << start;
  };
  expect_tail(beyond_tail_start, 3.6541528853610088);
  expect_tail(beyond_four, 4);
}

TEST(RandomStream, UniformStaysInsideTheOpenInterval) {
  RandomStream stream({0, ChainId{0}}, Purpose::start, 0);
  double lowest = 1, highest = 0;
  for (int i = 0; i < 100000; ++i) {
    const double u = stream.uniform();
    lowest = std::min(lowest, u);
    highest = std::max(highest, u);
  }
  EXPECT_GT(lowest, 0.0);
  EXPECT_LT(highest, 1.0);
  EXPECT_LT(lowest, 1e-3);
  EXPECT_GT(highest, 1 - 1e-3);
}

}  // namespace
}  // namespace exmc
