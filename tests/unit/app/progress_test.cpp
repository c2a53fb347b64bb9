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
  EXPECT_EQ(line, "1 waiting, 1 settling, 1 sampling | 1550/3100 | 2 divergent | step 0.5 | 10 s left");
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

TEST(Progress, PlansSettlingForAllChainsButTheFirst) {
  Job job;
  job.config.chains = 4;
  EXPECT_EQ(planned_iterations(job), 1000U + 3 * 100 + 4 * 1000);
  job.config.warmup.mode = config::WarmupMode::independent;
  EXPECT_EQ(planned_iterations(job), 4U * 2000);
}

}  // namespace
}  // namespace exmc::app
