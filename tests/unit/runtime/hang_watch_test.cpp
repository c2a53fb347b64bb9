#include "exmc/runtime/hang_watch.hpp"

#include <gtest/gtest.h>

namespace exmc::runtime {
namespace {

constexpr RankId kRank0{0}, kRank1{1};
constexpr double kLimit = 10;

/// Lets time pass as it does for a rank that runs.
void pass(HangWatch& watch, double& now, double seconds) {
  for (const double end = now + seconds; now < end; now += 0.5) watch.look(now);
}

TEST(HangWatch, ARankThatIsNotHeardOfHangs) {
  double now = 100;
  HangWatch watch(2, kLimit, now);
  pass(watch, now, 6);
  watch.heard(kRank0);
  pass(watch, now, 6);
  EXPECT_FALSE(watch.hangs(kRank0));
  EXPECT_EQ(watch.hangs(kRank1), Hang::silent);
  EXPECT_FALSE(watch.hangs(kRank1)) << "said once";
  pass(watch, now, 11);
  EXPECT_EQ(watch.hangs(kRank1), Hang::silent) << "and again when it still does";
}

TEST(HangWatch, ARankThatStopsInTheMiddleOfAChainIsSilentNotStuck) {
  double now = 0;
  HangWatch watch(1, kLimit, now);
  watch.heard(kRank0, {true, 7});
  pass(watch, now, 2);
  watch.heard(kRank0, {true, 7});
  pass(watch, now, 11);
  EXPECT_EQ(watch.hangs(kRank0), Hang::silent);
}

TEST(HangWatch, ARankWhoseGradientDoesNotEndIsStuck) {
  double now = 0;
  HangWatch watch(2, kLimit, now);
  for (int beat = 0; beat < 8; ++beat) {
    pass(watch, now, 2);
    watch.heard(kRank0, {true, 7});
    watch.heard(kRank1, {true, static_cast<std::uint64_t>(beat)});
  }
  EXPECT_EQ(watch.hangs(kRank0), Hang::stuck);
  EXPECT_FALSE(watch.hangs(kRank1)) << "a long iteration gets on";
}

TEST(HangWatch, ARankWithNothingToSampleIsNotStuck) {
  double now = 0;
  HangWatch watch(1, kLimit, now);
  for (int beat = 0; beat < 8; ++beat) {
    pass(watch, now, 2);
    watch.heard(kRank0, {false, 7});
  }
  watch.heard(kRank0, {true, 7});
  EXPECT_FALSE(watch.hangs(kRank0)) << "it has just begun";
}

TEST(HangWatch, TimeInWhichNobodyRanDoesNotCount) {
  HangWatch watch(1, kLimit, 0);
  watch.look(3600);
  EXPECT_FALSE(watch.hangs(kRank0));
}

}  // namespace
}  // namespace exmc::runtime
