#include "exmc/runtime/worker.hpp"

#include <gtest/gtest.h>

#include <optional>
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

TEST(Worker, AChainStartsWithTheTuningItIsMeantToHave) {
  Worker worker;
  static_cast<void>(worker.broadcast_over("shared"));
  EXPECT_EQ(only<StartChain>(worker.assigned({kChain, true, "", ""})).at(0).assignment.tuning, "shared");
  EXPECT_EQ(only<StartChain>(worker.assigned({kChain, false, "own", "state"})).at(0).assignment.tuning, "own");
  EXPECT_EQ(only<StartChain>(worker.assigned({ChainId{0}, false, "", ""})).at(0).assignment.tuning, "");
}

bool says_it_arrived(const Actions& actions) {
  return decode_tuning_outcome(only<SendToCoordinator>(actions).at(0).bytes).arrived;
}

TEST(Worker, TellsWhetherTheTuningArrived) {
  Worker worker;
  EXPECT_FALSE(says_it_arrived(worker.broadcast_over(std::nullopt)));
  EXPECT_TRUE(worker.tuning_sent("tuning").empty());
  EXPECT_TRUE(says_it_arrived(worker.broadcast_over(std::nullopt))) << "it came another way";
}

Standing standing(const Actions& actions) {
  const SendToCoordinator first = only<SendToCoordinator>(actions).at(0);
  EXPECT_EQ(first.kind, MessageKind::standing);
  return decode_standing(first.bytes);
}

TEST(Worker, TellsANewCoordinatorWhatItHoldsAndSendsAgainWhatMayNotBeDurable) {
  Worker worker;
  EXPECT_TRUE(standing(worker.coordinator_changed()).chains.empty());
  static_cast<void>(worker.tuning_sent("tuning"));
  static_cast<void>(worker.assigned({kChain, true, "", ""}));
  static_cast<void>(worker.produced(kChain, 10, "first"));
  static_cast<void>(worker.produced(kChain, 20, "second"));
  static_cast<void>(worker.durable({kChain, 10}));
  static_cast<void>(worker.received({kChain, 20}));
  static_cast<void>(worker.sampling_idle());
  static_cast<void>(worker.assigned({ChainId{5}, true, "", ""}));
  const Actions changed = worker.coordinator_changed();
  EXPECT_EQ(standing(changed).chains, (std::vector{kChain, ChainId{5}}));
  EXPECT_TRUE(standing(changed).has_tuning);
  ASSERT_EQ(count_sent(changed, MessageKind::block), 1U);
  EXPECT_EQ(only<SendToCoordinator>(changed).back().bytes, "second");
}

TEST(Worker, ANewCoordinatorHearsOfAFailureAndOfAStop) {
  Worker worker;
  static_cast<void>(worker.assigned({kChain, false, "", ""}));
  EXPECT_EQ(count_sent(worker.failed({ExitCode::io_failed, "out of memory", true}), MessageKind::failed), 1U);
  EXPECT_TRUE(worker.failed({ExitCode::io_failed, "again", true}).empty());
  static_cast<void>(worker.stop("signal"));
  static_cast<void>(worker.sampling_idle());
  const Actions changed = worker.coordinator_changed();
  EXPECT_EQ(standing(changed).stop_reason, "signal");
  EXPECT_EQ(count_sent(changed, MessageKind::failed), 1U);
  EXPECT_EQ(count_sent(changed, MessageKind::stopped), 1U);
}

TEST(Worker, SendsNoMoreAtATimeThanTheCoordinatorTakesIn) {
  Worker worker;
  static_cast<void>(worker.assigned({kChain, false, "", ""}));
  const std::string block(std::size_t{400} << 10, 'x');
  EXPECT_EQ(count_sent(worker.produced(kChain, 1, block), MessageKind::block), 1U);
  EXPECT_EQ(count_sent(worker.produced(kChain, 2, block), MessageKind::block), 1U);
  EXPECT_EQ(count_sent(worker.produced(kChain, 3, block), MessageKind::block), 0U) << "beyond 1 MiB";
  EXPECT_EQ(count_sent(worker.received({kChain, 1}), MessageKind::block), 1U);
}

TEST(Worker, ABlockLargerThanTheWindowStillGoesOutAlone) {
  Worker worker;
  EXPECT_EQ(count_sent(worker.produced(kChain, 1, std::string(std::size_t{3} << 20, 'x')), MessageKind::block), 1U);
}

TEST(Worker, KeepsACopyUntilItIsDurable) {
  Worker worker;
  static_cast<void>(worker.produced(kChain, 10, "12345"));
  static_cast<void>(worker.produced(kChain, 20, "678"));
  static_cast<void>(worker.received({kChain, 20}));
  EXPECT_EQ(worker.state().held, 8U) << "received is not durable";
  EXPECT_EQ(only<ReleaseCopies>(worker.durable({kChain, 10})).at(0).bytes, 5U);
  EXPECT_EQ(worker.state().held, 3U);
  EXPECT_TRUE(worker.durable({ChainId{7}, 99}).empty()) << "another chain's";
  EXPECT_EQ(only<ReleaseCopies>(worker.durable({kChain, 20})).at(0).bytes, 3U);
}

TEST(Worker, SaysStoppedOnceNothingRunsAndAllWasSent) {
  Worker worker;
  static_cast<void>(worker.assigned({kChain, false, "", ""}));
  const std::string block(std::size_t{800} << 10, 'x');
  static_cast<void>(worker.produced(kChain, 1, block));
  const Actions stop = worker.stop("signal");
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
  Worker worker;
  EXPECT_EQ(count_sent(worker.stop("signal"), MessageKind::stopped), 1U);
  EXPECT_TRUE(worker.assigned({kChain, false, "", ""}).empty());
}

TEST(Worker, AChainGivenBeforeTheLastOneIsIdleIsStoppedToo) {
  Worker worker;
  static_cast<void>(worker.assigned({kChain, false, "", ""}));
  static_cast<void>(worker.assigned({ChainId{2}, false, "", ""}));
  static_cast<void>(worker.sampling_idle());
  EXPECT_EQ(only<StopSampling>(worker.stop("signal")).size(), 1U);
}

}  // namespace
}  // namespace exmc::runtime
