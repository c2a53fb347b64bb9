#include "exmc/core/fault_point.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <thread>

#include "exmc/core/error.hpp"
#include "unit/temporary_folder.hpp"

namespace exmc {
namespace {

using testing::HasSubstr;

struct FaultPoints : testing::Test {
  ~FaultPoints() override { arm_fault_points("", RankId{0}); }
};

void expect_refused(const std::string& plan, const std::string& part) {
  try {
    arm_fault_points(plan, RankId{0});
    ADD_FAILURE() << "accepted: " << plan;
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::StartsWith("EXMC_FAULT_PLAN: "));
    EXPECT_THAT(error.what(), HasSubstr(part));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
  }
}

TEST_F(FaultPoints, RefuseAPlanThatCannotBeMeant) {
  expect_refused("now", "expected KEY=VALUE, found \"now\"");
  expect_refused("rank=", "expected KEY=VALUE");
  expect_refused("rnak=1", "did you mean \"rank\"?");
  expect_refused("rank=-1 phase=init signal=KILL", "rank: expected a count from 0, found \"-1\"");
  expect_refused("rank=1x phase=init signal=KILL", "found \"1x\"");
  expect_refused("rank=1 phase=smapling signal=KILL", "did you mean \"sampling\"?");
  expect_refused("rank=1 phase=init iteration=many signal=KILL", "iteration: expected a count");
  expect_refused("rank=1 phase=init signal=HUP", "expected KILL, SEGV, ABRT or STOP");
  expect_refused("phase=init signal=KILL", "expected rank=NUMBER");
  expect_refused("rank=0 signal=KILL", "expected phase=NAME");
  expect_refused("rank=0 phase=init", "expected one of");
  expect_refused("rank=0 phase=init signal=KILL wait=x", "expected one of");
  expect_refused("rank=0 phase=init signal=KILL; rank=1", "phase=NAME in \" rank=1\"");
}

TEST_F(FaultPoints, KillAtTheIterationAndNotBefore) {
  arm_fault_points("rank=0 phase=sampling iteration=3 signal=KILL", RankId{0});
  for (std::uint64_t iteration = 0; iteration < 3; ++iteration) fault_point(FaultPhase::sampling, iteration);
  fault_point(FaultPhase::warmup, 3);
  EXPECT_EXIT(fault_point(FaultPhase::sampling, 3), testing::KilledBySignal(SIGKILL), "");
  EXPECT_EXIT(fault_point(FaultPhase::sampling, 9), testing::KilledBySignal(SIGKILL), "");
}

TEST_F(FaultPoints, CountVisitsWherePhasesHaveNoIteration) {
  arm_fault_points("rank=0 phase=sent iteration=2 signal=SEGV", RankId{0});
  fault_point(FaultPhase::sent);
  fault_point(FaultPhase::sent);
  EXPECT_EXIT(fault_point(FaultPhase::sent), testing::KilledBySignal(SIGSEGV), "");
}

TEST_F(FaultPoints, LeaveOtherRanksAlone) {
  arm_fault_points("rank=1 phase=init signal=KILL", RankId{0});
  fault_point(FaultPhase::init);
}

TEST_F(FaultPoints, HoldARankUntilItsFileIsRemoved) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "held").string();
  arm_fault_points("rank=7 phase=leaving wait=" + path, RankId{7});
  std::thread remover([&] {
    while (!std::ifstream(path)) std::this_thread::yield();
    std::string text;
    std::getline(std::ifstream(path), text);
    EXPECT_EQ(text, "7 " + std::to_string(getpid()) + " leaving 0");
    std::remove(path.c_str());
  });
  fault_point(FaultPhase::leaving);
  EXPECT_FALSE(std::ifstream(path));
  remover.join();
  fault_point(FaultPhase::leaving);  // once only
}

}  // namespace
}  // namespace exmc
