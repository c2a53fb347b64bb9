#include "progress.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace exmc::app {
namespace {

using Status = runtime::ChainRecord::Status;

runtime::ChainRecord chain(Status status, const char* stage, std::uint64_t received, std::uint64_t divergences) {
  runtime::ChainRecord record;
  record.status = status;
  record.received = received;
  record.progress = {stage, received, 1000, divergences, 0.5};
  return record;
}

TEST(Progress, SaysWhereTheChainsAreAndWhatIsLeft) {
  const std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 1500, 2),
                                                    chain(Status::running, "settling", 50, 0),
                                                    chain(Status::queued, "", 0, 0)};
  const std::string line = progress_line(chains, {3100, 0, 10});
  EXPECT_EQ(line, "1 waiting, 1 settling, 1 sampling | 1550/3100 | 10 s left | 2 divergent | step 0.5");
}

TEST(Progress, SaysThatItMayEndEarlierAndHowFarTheGoalIs) {
  const std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 500, 0)};
  const Pace pace{1000, 0, 10, true, "ESS 80 (of 1000)"};
  EXPECT_NE(progress_line(chains, pace).find("at most 10 s left"), std::string::npos);
  EXPECT_EQ(progress_table(chains, pace, 80).back(), "ESS 80 (of 1000)");
}

TEST(Progress, AChainWhoseRankDiedWaitsAgain) {
  const std::vector<runtime::ChainRecord> chains = {chain(Status::queued, "sampling", 1500, 1)};
  EXPECT_NE(progress_line(chains, {2000, 0, 1}).find("1 waiting"), std::string::npos);
}

TEST(Progress, WhatWasRecoveredTookNoTime) {
  const std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 1500, 0)};
  EXPECT_NE(progress_line(chains, {2000, 1000, 10}).find("10 s left"), std::string::npos);
  EXPECT_EQ(progress_line(chains, {2000, 1500, 10}).find("left"), std::string::npos) << "nothing is known yet";
}

TEST(Progress, AChainOfWhichNothingWasHeardYetHasNoStepSize) {
  std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 1500, 0),
                                              chain(Status::queued, "sampling", 700, 0)};
  chains[1].progress.step_size = 0;
  EXPECT_NE(progress_line(chains, {4000, 1000, 10}).find("step 0.5"), std::string::npos);
}

TEST(ProgressTable, HasARowForEachChainAndFitsTheTerminal) {
  std::vector<runtime::ChainRecord> chains = {chain(Status::running, "sampling", 500, 2),
                                              chain(Status::queued, "", 0, 0)};
  chains[0].rank = RankId{3};
  for (const std::size_t columns : {60U, 80U, 200U}) {
    const std::vector<std::string> lines = progress_table(chains, {3100, 0, 10}, columns);
    ASSERT_EQ(lines.size(), 4U);
    for (const std::string& line : lines) EXPECT_LE(line.size(), columns) << line;
    EXPECT_EQ(lines[0].size(), lines[1].size());
    EXPECT_EQ(lines[1].substr(0, 22), "    0     3  sampling ");
    EXPECT_NE(lines[1].find("500/1000      2      0.5"), std::string::npos) << lines[1];
    EXPECT_EQ(lines[2].substr(0, 22), "    1     -  waiting  ");
  }
  EXPECT_NE(progress_table(chains, {3100, 0, 10}, 80)[1].find("[============  "), std::string::npos);
}

TEST(ProgressTable, OfManyChainsShowsThoseThatAreFurthestBehind) {
  std::vector<runtime::ChainRecord> chains;
  for (std::uint64_t i = 0; i < 40; ++i) chains.push_back(chain(Status::running, "sampling", 1000 - 10 * i, 0));
  const std::vector<std::string> lines = progress_table(chains, {40000, 0, 10}, 80);
  ASSERT_EQ(lines.size(), kMostChainRows + 3);
  EXPECT_EQ(lines[1].substr(0, 5), "   28");
  EXPECT_EQ(lines[kMostChainRows].substr(0, 5), "   39");
  EXPECT_EQ(lines[kMostChainRows + 1], "   28 chains that are further on");
}

TEST(Progress, PlansSettlingForAllChainsButTheFirst) {
  Job job;
  job.config.chains = 4;
  EXPECT_EQ(planned_iterations(job), 1000U + 3 * 100 + 4 * 1000);
  job.config.warmup.mode = config::WarmupMode::independent;
  EXPECT_EQ(planned_iterations(job), 4U * 2000);
}

}  // namespace
}  // namespace exmc::app
