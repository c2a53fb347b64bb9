#include "exmc/runtime/worker.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace exmc::runtime {
namespace {

using Actions = Worker::Actions;

template <class Action>
std::vector<Action> only(const Actions& actions) {
  std::vector<Action> found;
  for (const WorkerAction& action : actions) {
    if (const auto* one = std::get_if<Action>(&action)) found.push_back(*one);
  }
  return found;
}

std::size_t count_sent(const Actions& actions, MessageKind kind) {
  std::size_t count = 0;
  for (const SendToCoordinator& send : only<SendToCoordinator>(actions)) count += send.kind == kind ? 1 : 0;
  return count;
}

constexpr ChainId kChain{1};

TEST(Worker, AChainWaitsForTheSharedTuningWhicheverComesFirst) {
  Worker early(true);
  EXPECT_TRUE(early.assigned({kChain, "", ""}).empty());
  const auto started = only<StartChain>(early.shared("tuning"));
  ASSERT_EQ(started.size(), 1U);
  EXPECT_EQ(started[0].assignment.tuning, "tuning");

  Worker late(true);
  EXPECT_TRUE(late.shared("tuning").empty());
  EXPECT_EQ(only<StartChain>(late.assigned({kChain, "", "state"})).at(0).assignment.tuning, "tuning");
}

TEST(Worker, TheFirstChainAndThoseWithATuningOfTheirOwnDoNotWait) {
  EXPECT_EQ(only<StartChain>(Worker(true).assigned({ChainId{0}, "", ""})).size(), 1U);
  EXPECT_EQ(only<StartChain>(Worker(true).assigned({kChain, "own", "state"})).size(), 1U);
  EXPECT_EQ(only<StartChain>(Worker(false).assigned({kChain, "", ""})).size(), 1U);
}

TEST(Worker, SendsNoMoreAtATimeThanTheCoordinatorTakesIn) {
  Worker worker(false);
  static_cast<void>(worker.assigned({kChain, "", ""}));
  const std::string block(std::size_t{400} << 10, 'x');
  EXPECT_EQ(count_sent(worker.produced(kChain, 1, block), MessageKind::block), 1U);
  EXPECT_EQ(count_sent(worker.produced(kChain, 2, block), MessageKind::block), 1U);
  EXPECT_EQ(count_sent(worker.produced(kChain, 3, block), MessageKind::block), 0U) << "beyond 1 MiB";
  EXPECT_EQ(count_sent(worker.received({kChain, 1}), MessageKind::block), 1U);
}

TEST(Worker, ABlockLargerThanTheWindowStillGoesOutAlone) {
  Worker worker(false);
  EXPECT_EQ(count_sent(worker.produced(kChain, 1, std::string(std::size_t{3} << 20, 'x')), MessageKind::block), 1U);
}

TEST(Worker, KeepsACopyUntilItIsDurable) {
  Worker worker(false);
  static_cast<void>(worker.produced(kChain, 10, "12345"));
  static_cast<void>(worker.produced(kChain, 20, "678"));
  static_cast<void>(worker.received({kChain, 20}));
  EXPECT_EQ(worker.held_bytes(), 8U) << "received is not durable";
  EXPECT_EQ(only<ReleaseCopies>(worker.durable({kChain, 10})).at(0).bytes, 5U);
  EXPECT_EQ(worker.held_bytes(), 3U);
  EXPECT_TRUE(worker.durable({ChainId{7}, 99}).empty()) << "another chain's";
  EXPECT_EQ(only<ReleaseCopies>(worker.durable({kChain, 20})).at(0).bytes, 3U);
}

TEST(Worker, SaysStoppedOnceNothingRunsAndAllWasSent) {
  Worker worker(false);
  static_cast<void>(worker.assigned({kChain, "", ""}));
  const std::string block(std::size_t{800} << 10, 'x');
  static_cast<void>(worker.produced(kChain, 1, block));
  const Actions stop = worker.stop();
  EXPECT_EQ(only<StopSampling>(stop).size(), 1U);
  EXPECT_EQ(count_sent(stop, MessageKind::stopped), 0U);
  static_cast<void>(worker.produced(kChain, 2, block));
  EXPECT_EQ(count_sent(worker.sampling_idle(), MessageKind::stopped), 0U) << "the second block waits for room";
  const Actions received = worker.received({kChain, 1});
  EXPECT_EQ(count_sent(received, MessageKind::block), 1U);
  EXPECT_EQ(count_sent(received, MessageKind::stopped), 1U);
  EXPECT_EQ(count_sent(worker.received({kChain, 2}), MessageKind::stopped), 0U) << "said once";
}

TEST(Worker, AnIdleRankStopsAtOnceAndTakesNothingNew) {
  Worker worker(true);
  static_cast<void>(worker.assigned({kChain, "", ""}));
  EXPECT_EQ(count_sent(worker.stop(), MessageKind::stopped), 1U);
  EXPECT_TRUE(worker.shared("tuning").empty());
  EXPECT_TRUE(worker.assigned({kChain, "", ""}).empty());
}

}  // namespace
}  // namespace exmc::runtime
