#include "progress.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace exmc::app {
namespace {

using Status = runtime::ChainRecord::Status;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

runtime::ChainRecord chain(Status status, const char* stage, std::uint64_t received, std::uint64_t divergences) {
  runtime::ChainRecord record;
  record.status = status;
  record.received = received;
  record.progress = {stage, received, 1000, divergences, 0.5, 7};
  return record;
}

/// As it is after `seconds`, in which every chain made half of what it has.
Pace pace_of(const std::vector<runtime::ChainRecord>& chains, double seconds = 10, std::uint64_t places = 4) {
  PaceMeter meter({chains.size(), 1000, 1000, 100, places});
  std::vector<runtime::ChainRecord> before = chains;
  for (runtime::ChainRecord& record : before) record.received /= 2;
  static_cast<void>(meter.look(before, 0));
  return meter.look(chains, seconds);
}

TEST(Pace, MeasuresEachChainAndTheRun) {
  const std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 600, 0),
                                                    chain(Status::running, "settling", 50, 0),
                                                    chain(Status::queued, "", 0, 0)};
  const Pace pace = pace_of(chains);
  EXPECT_DOUBLE_EQ(*pace.chains[0].per_second, 30);
  EXPECT_DOUBLE_EQ(*pace.chains[0].seconds_left, 400. / 30);
  EXPECT_FALSE(pace.chains[1].per_second.has_value()) << "it makes no draws yet";
  EXPECT_EQ(pace.draws, 600U);
  EXPECT_EQ(pace.planned_draws, 3000U);
  EXPECT_EQ(pace.done, 650U);
  EXPECT_EQ(pace.planned, 650U + 400 + 1950 + 1100) << "settling again is not foreseen";
  EXPECT_DOUBLE_EQ(*pace.seconds_left, (400 + 1950 + 1100) / (3 * (30 + 2.5) / 2));
}

TEST(Pace, AChainThatWaitsForItsTurnTakesTimeToo) {
  const std::vector<runtime::ChainRecord> chains(4, chain(Status::running, "sampling", 500, 0));
  EXPECT_DOUBLE_EQ(*pace_of(chains, 10, 4).seconds_left, 20);
  EXPECT_DOUBLE_EQ(*pace_of(chains, 10, 2).seconds_left, 40);
}

TEST(Pace, WhatWasRecoveredTookNoTime) {
  PaceMeter meter({1, 1000, 1000, 100, 1});
  const std::vector<runtime::ChainRecord> before = {chain(Status::running, "sampling", 800, 0)};
  EXPECT_FALSE(meter.look(before, 5).seconds_left.has_value()) << "nothing is known yet";
  const std::vector<runtime::ChainRecord> after = {chain(Status::running, "sampling", 900, 0)};
  EXPECT_DOUBLE_EQ(*meter.look(after, 15).seconds_left, 10);
}

TEST(Pace, AChainIsMeasuredFromItsFirstIterationOn) {
  PaceMeter meter({2, 1000, 1000, 100, 1});
  std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 0, 0),
                                              chain(Status::queued, "", 0, 0)};
  for (int second = 0; second <= 10; ++second) static_cast<void>(meter.look(chains, second));
  chains[1] = chain(Status::running, "sampling", 200, 0);
  EXPECT_DOUBLE_EQ(*meter.look(chains, 12).chains[1].per_second, 100);
  chains[1] = chain(Status::running, "sampling", 400, 0);
  EXPECT_DOUBLE_EQ(*meter.look(chains, 14).chains[1].per_second, 100);
}

TEST(Pace, IsThatOfTheLastThird) {
  PaceMeter meter({1, 100000, 1000, 100, 1});
  std::uint64_t received = 0;
  Pace pace;
  for (int second = 0; second <= 600; ++second) {
    received += second < 300 ? 1 : 10;
    runtime::ChainRecord record = chain(Status::running, "sampling", received, 0);
    record.progress.iterations = 100000;
    pace = meter.look(std::span(&record, 1), second);
  }
  EXPECT_DOUBLE_EQ(*pace.chains[0].per_second, 10);
}

TEST(Pace, PlansSettlingForAllChainsButTheFirst) {
  Job job;
  job.config.chains = 4;
  EXPECT_EQ(course_of(job, 4).planned(), 1000U + 3 * 100 + 4 * 1000);
  job.config.warmup.mode = config::WarmupMode::independent;
  EXPECT_EQ(course_of(job, 4).planned(), 4U * 2000);
}

TEST(Progress, SaysWhereTheChainsAreAndWhatIsLeft) {
  const std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 900, 2),
                                                    chain(Status::running, "settling", 50, 0),
                                                    chain(Status::queued, "", 0, 0)};
  Pace pace = pace_of(chains);
  pace.seconds_left = 10;
  EXPECT_EQ(progress_line(chains, pace),
            "1 waiting, 1 settling, 1 sampling | 950/4100 | 10 s left | 2 divergent | step 0.5");
}

TEST(Progress, SaysThatItMayEndEarlierAndHowFarTheGoalIs) {
  const std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 500, 0)};
  Pace pace = pace_of(chains);
  pace.seconds_left = 10;
  pace.may_end_early = true;
  pace.goal = "ESS 80 (of 1000) at 300 draws";
  EXPECT_NE(progress_line(chains, pace).find("at most 10 s left"), std::string::npos);
  EXPECT_THAT(progress_line(chains, pace), EndsWith(" | ESS 80 (of 1000) at 300 draws"));
  EXPECT_THAT(progress_table(chains, pace, {100, 24}).back(), EndsWith(" | ESS 80 (of 1000) at 300 draws"));
}

TEST(Progress, AChainWhoseRankDiedWaitsAgain) {
  const std::vector<runtime::ChainRecord> chains = {chain(Status::queued, "sampling", 1500, 1)};
  EXPECT_THAT(progress_line(chains, pace_of(chains)), HasSubstr("1 waiting"));
}

TEST(Progress, AChainOfWhichNothingWasHeardYetHasNoStepSize) {
  std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 900, 0),
                                              chain(Status::queued, "sampling", 700, 0)};
  chains[1].progress.step_size = 0;
  EXPECT_THAT(progress_line(chains, pace_of(chains)), HasSubstr("step 0.5"));
}

TEST(ProgressTable, HasARowForEachChainAndFitsTheTerminal) {
  std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 600, 2),
                                              chain(Status::running, "warmup", 300, 0),
                                              chain(Status::queued, "", 0, 0)};
  chains[0].rank = RankId{3};
  chains[2].progress = {};
  for (std::size_t columns = 20; columns < 140; ++columns) {
    const std::vector<std::string> lines = progress_table(chains, pace_of(chains), {columns, 24});
    ASSERT_EQ(lines.size(), 6U);
    for (const std::string& line : lines) EXPECT_LE(line.size(), columns) << line;
    EXPECT_EQ(lines[0].size(), lines[1].size());
    EXPECT_THAT(lines[1], StartsWith("    0"));
  }
  const std::vector<std::string> lines = progress_table(chains, pace_of(chains), {80, 24});
  EXPECT_EQ(lines[0], "chain  rank                             draws  div   step  grads  draws/s   left");
  EXPECT_EQ(lines[1], "    0     3  [==========        ]    600/1000    2    0.5      7       30   13 s");
  EXPECT_EQ(lines[2], "    1     -  [.....             ]  warmup 300    0    0.5      7        -      -");
  EXPECT_EQ(lines[3], "    2     -  [                  ]     waiting    0      -      -        -      -");
  EXPECT_THAT(lines[4], StartsWith("  all     3  ["));
  EXPECT_THAT(lines[4], HasSubstr(" 600/3000    2    0.5      7       30"));
  EXPECT_EQ(lines[5], "1 waiting, 1 warmup, 1 sampling");
  const std::vector<std::string> narrow = progress_table(chains, pace_of(chains), {60, 24});
  EXPECT_THAT(narrow[1], HasSubstr("["));
  EXPECT_THAT(narrow[1], EndsWith("   30  13 s"));
}

TEST(ProgressTable, OfManyChainsShowsThoseThatAreFurthestBehindAndTheirSum) {
  std::vector<runtime::ChainRecord> chains;
  for (std::uint64_t i = 0; i < 40; ++i) chains.push_back(chain(Status::running, "sampling", 1000 - 10 * i, 1));
  const std::vector<std::string> lines = progress_table(chains, pace_of(chains), {100, 24});
  ASSERT_EQ(lines.size(), kFewRows + 3);
  EXPECT_THAT(lines[1], StartsWith("   32 "));
  EXPECT_THAT(lines[kFewRows], StartsWith("   39 "));
  EXPECT_THAT(lines[kFewRows + 1], StartsWith("  all    40  ["));
  EXPECT_THAT(lines[kFewRows + 1], HasSubstr(" 32200/40000   40 "));
  EXPECT_EQ(lines.back(), "40 sampling | the 8 furthest behind are shown");
  EXPECT_EQ(progress_table(chains, pace_of(chains), {100, 10}).size(), 9U) << "of a low terminal";
}

TEST(ProgressTable, HasNoBarOfAChainThatFailed) {
  std::vector<runtime::ChainRecord> chains = {chain(Status::failed, "warmup", 300, 0)};
  const std::string row = progress_table(chains, pace_of(chains), {80, 24})[1];
  EXPECT_THAT(row, HasSubstr(" failed "));
  EXPECT_THAT(row, Not(HasSubstr("[.")));
}

}  // namespace
}  // namespace exmc::app
