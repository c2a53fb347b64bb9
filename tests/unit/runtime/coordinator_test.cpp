#include "exmc/runtime/coordinator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace exmc::runtime {
namespace {

using Actions = Coordinator::Actions;

template <class Action>
std::vector<Action> only(const Actions& actions) {
  std::vector<Action> found;
  for (const CoordinatorAction& action : actions) {
    if (const auto* one = std::get_if<Action>(&action)) found.push_back(*one);
  }
  return found;
}

/// (rank, chain, state) of each assignment.
using Assigned = std::vector<std::tuple<std::int32_t, std::uint32_t, std::string>>;
Assigned assigned(const Actions& actions) {
  Assigned found;
  for (const SendMessage& message : only<SendMessage>(actions)) {
    if (message.kind != MessageKind::assign) continue;
    const Assignment assignment = decode_assignment(message.bytes);
    found.emplace_back(message.to.value, assignment.chain.value, assignment.state);
  }
  return found;
}

std::optional<Ending> ending(const Actions& actions) {
  const auto ends = only<EndRun>(actions);
  return ends.empty() ? std::nullopt : std::optional(ends.front().ending);
}

Delivery delivery(std::uint32_t chain, std::uint64_t begin, std::uint64_t end, bool complete = false) {
  Delivery made;
  made.block.chain = ChainId{chain};
  made.block.begin = begin;
  made.block.end = end;
  made.block.state = "at " + std::to_string(end);
  made.complete = complete;
  return made;
}

Delivery end_of_warmup(std::uint32_t chain, std::uint64_t begin, std::uint64_t end) {
  Delivery made = delivery(chain, begin, end);
  made.block.warmup = true;
  made.block.tuning = "tuning";
  return made;
}

constexpr RankId kRank0{0}, kRank1{1}, kRank2{2};

TEST(Coordinator, KeepsEveryChainButTheFirstUntilTheTuningIsEverywhere) {
  Coordinator coordinator({3, true, 1}, 3);
  EXPECT_EQ(assigned(coordinator.start()), (Assigned{{0, 0, ""}}));
  const Actions tuned = coordinator.delivered(kRank0, end_of_warmup(0, 0, 10));
  ASSERT_GE(tuned.size(), 3U);
  EXPECT_EQ(std::get<AppendBlock>(tuned[0]).block.tuning, "tuning");
  EXPECT_EQ(std::get<StoreTuning>(tuned[1]).tuning, "tuning") << "it is stored before it is shared";
  EXPECT_EQ(std::get<ShareTuning>(tuned[2]).tuning, "tuning");
  EXPECT_EQ(assigned(coordinator.shared(true)), (Assigned{{1, 1, ""}, {2, 2, ""}}));
}

TEST(Coordinator, StartsAllChainsAtOnceWhereEachWarmsItselfUp) {
  Coordinator coordinator({2, false, 1}, 3);
  EXPECT_EQ(assigned(coordinator.start()), (Assigned{{0, 0, ""}, {1, 1, ""}}));
  EXPECT_TRUE(only<ShareTuning>(coordinator.delivered(kRank0, end_of_warmup(0, 0, 10))).empty());
}

TEST(Coordinator, AWarmupOfItsOwnIsOverWithItsLastBlockWhateverDiesThen) {
  Coordinator coordinator({2, false, 1}, 3);
  static_cast<void>(coordinator.start());
  static_cast<void>(coordinator.delivered(kRank1, end_of_warmup(1, 0, 10)));
  const auto messages = only<SendMessage>(coordinator.died(kRank1));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(decode_assignment(messages[0].bytes).state, "at 10");
  EXPECT_EQ(decode_assignment(messages[0].bytes).tuning, "tuning") << "or the chain could not go on from there";
}

Recovered recovered(std::vector<RecoveredChain> chains, std::string tuning = {}) {
  return {std::move(chains), std::move(tuning)};
}

TEST(Coordinator, GoesOnFromWhatTheOutputHas) {
  Coordinator coordinator({3, false, 1}, 3,
                          recovered({{20, "at 20", "own", true, {}}, {15, "at 15", "own", false, {}}, {}}));
  EXPECT_EQ(assigned(coordinator.start()), (Assigned{{0, 1, "at 15"}, {1, 2, ""}}));
  EXPECT_TRUE(only<AppendBlock>(coordinator.delivered(kRank0, delivery(1, 10, 15))).empty()) << "the output has it";
  EXPECT_THROW(static_cast<void>(coordinator.delivered(kRank0, delivery(1, 16, 18))), std::logic_error);
}

TEST(Coordinator, SharesTheTuningThatTheOutputHas) {
  Coordinator coordinator({2, true, 1}, 2, recovered({{20, "at 20", "tuning", false, {}}, {}}, "tuning"));
  const Actions begun = coordinator.start();
  ASSERT_EQ(only<ShareTuning>(begun).size(), 1U);
  EXPECT_EQ(only<ShareTuning>(begun)[0].tuning, "tuning");
  EXPECT_EQ(assigned(begun), (Assigned{{0, 0, "at 20"}}));
  EXPECT_EQ(assigned(coordinator.shared(true)), (Assigned{{1, 1, ""}}));
}

TEST(Coordinator, RepeatsTheEndOfAWarmupWhoseTuningOutlivedItsState) {
  Coordinator coordinator({2, true, 1}, 2, recovered({{}, {}}, "tuning"));
  const Actions begun = coordinator.start();
  EXPECT_EQ(only<ShareTuning>(begun).size(), 1U);
  const auto messages = only<SendMessage>(begun);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(decode_assignment(messages[0].bytes).tuning, "") << "chain 0 is not to settle";
  static_cast<void>(coordinator.shared(true));
  EXPECT_TRUE(only<ShareTuning>(coordinator.delivered(kRank0, end_of_warmup(0, 0, 10))).empty()) << "once is enough";
}

TEST(Coordinator, EndsAtOnceWhereNothingIsLeftToDo) {
  Coordinator coordinator({1, true, 1}, 1, recovered({{20, "at 20", "tuning", true, {}}}, "tuning"));
  const Actions begun = coordinator.start();
  EXPECT_TRUE(only<ShareTuning>(begun).empty());
  EXPECT_EQ(only<FlushSink>(begun).size(), 1U);
  EXPECT_EQ(ending(coordinator.flushed())->code, ExitCode::done);
}

TEST(Coordinator, RefusesAnOutputOfAnotherNumberOfChains) {
  EXPECT_THROW(Coordinator({3, false, 1}, 1, recovered({{}, {}})), std::logic_error);
}

TEST(Coordinator, GivesAQueuedChainToTheFirstRankThatIsFree) {
  Coordinator coordinator({3, false, 1}, 2);
  static_cast<void>(coordinator.start());
  EXPECT_EQ(assigned(coordinator.delivered(kRank1, delivery(1, 0, 5, true))), (Assigned{{1, 2, ""}}));
}

TEST(Coordinator, AppendsABlockOnceHoweverOftenItComes) {
  Coordinator coordinator({1, false, 1}, 1);
  static_cast<void>(coordinator.start());
  EXPECT_EQ(only<AppendBlock>(coordinator.delivered(kRank0, delivery(0, 0, 5))).size(), 1U);
  EXPECT_TRUE(only<AppendBlock>(coordinator.delivered(kRank0, delivery(0, 0, 5))).empty());
  EXPECT_EQ(only<AppendBlock>(coordinator.delivered(kRank0, delivery(0, 3, 8))).size(), 1U) << "overlaps, and is new";
  EXPECT_THROW(static_cast<void>(coordinator.delivered(kRank0, delivery(0, 9, 12))), std::logic_error);
}

TEST(Coordinator, CallsDurableOnlyWhatWasReceivedBeforeTheFlush) {
  Coordinator coordinator({1, false, 1}, 1);
  static_cast<void>(coordinator.start());
  static_cast<void>(coordinator.delivered(kRank0, delivery(0, 0, 5)));
  const auto messages = only<SendMessage>(coordinator.flushed());
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].kind, MessageKind::durable);
  EXPECT_EQ(decode_acknowledgement(messages[0].bytes).end, 5U);
  EXPECT_TRUE(coordinator.flushed().empty()) << "nothing new";
}

TEST(Coordinator, EndsOnlyAfterTheLastDrawIsDurable) {
  Coordinator coordinator({2, false, 1}, 2);
  static_cast<void>(coordinator.start());
  EXPECT_TRUE(only<FlushSink>(coordinator.delivered(kRank0, delivery(0, 0, 5, true))).empty());
  EXPECT_FALSE(ending(coordinator.flushed())) << "an ordinary flush";
  const Actions last = coordinator.delivered(kRank1, delivery(1, 0, 5, true));
  EXPECT_EQ(only<FlushSink>(last).size(), 1U);
  EXPECT_FALSE(ending(last));
  const auto end = ending(coordinator.flushed());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ExitCode::done);
}

TEST(Coordinator, EveryOrderOfCompletionsEndsOnce) {
  std::vector<std::uint32_t> order = {0, 1, 2};
  do {
    Coordinator coordinator({3, false, 1}, 3);
    static_cast<void>(coordinator.start());
    int flushes = 0;
    for (const std::uint32_t chain : order) {
      const RankId rank{static_cast<std::int32_t>(chain)};
      flushes += static_cast<int>(only<FlushSink>(coordinator.delivered(rank, delivery(chain, 0, 1, true))).size());
    }
    EXPECT_EQ(flushes, 1);
    EXPECT_TRUE(ending(coordinator.flushed()));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Coordinator, ADeadRanksChainGoesOnElsewhereFromItsLastBlock) {
  Coordinator coordinator({2, false, 1}, 3);
  static_cast<void>(coordinator.start());
  static_cast<void>(coordinator.delivered(kRank1, delivery(1, 0, 5)));
  EXPECT_EQ(assigned(coordinator.died(kRank1)), (Assigned{{2, 1, "at 5"}}));
  // What the dead rank had sent may still arrive; the new one sends it again.
  EXPECT_EQ(only<AppendBlock>(coordinator.delivered(kRank1, delivery(1, 5, 9))).size(), 1U);
  EXPECT_TRUE(only<AppendBlock>(coordinator.delivered(kRank2, delivery(1, 5, 8))).empty());
  EXPECT_EQ(only<AppendBlock>(coordinator.delivered(kRank2, delivery(1, 8, 12, true))).size(), 1U);
  static_cast<void>(coordinator.delivered(kRank0, delivery(0, 0, 5, true)));
  const auto end = ending(coordinator.flushed());
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->clean) << "nobody may finalize";
}

TEST(Coordinator, ADeathBeforeTheTuningIsSharedEndsTheRunResumable) {
  Coordinator coordinator({2, true, 1}, 3);
  static_cast<void>(coordinator.start());
  const auto end = ending(coordinator.died(kRank2));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ExitCode::stopped);
  EXPECT_FALSE(end->clean);
}

TEST(Coordinator, AnInterruptWaitsForEveryRankThatLivesAndFlushes) {
  Coordinator coordinator({4, false, 1}, 3);
  static_cast<void>(coordinator.start());
  static_cast<void>(coordinator.died(kRank2));
  EXPECT_EQ(only<SendMessage>(coordinator.interrupted("signal")).size(), 2U);
  EXPECT_TRUE(coordinator.interrupted("again").empty());
  EXPECT_TRUE(coordinator.stopped(kRank0).empty());
  EXPECT_TRUE(assigned(coordinator.delivered(kRank1, delivery(1, 0, 5, true))).empty()) << "nothing new is begun";
  EXPECT_EQ(only<FlushSink>(coordinator.stopped(kRank1)).size(), 1U);
  const auto end = ending(coordinator.flushed());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ExitCode::stopped);
  EXPECT_EQ(end->message, "signal");
}

TEST(Coordinator, ARankThatDoesNotStopIsNotWaitedForForEver) {
  Coordinator coordinator({1, false, 1}, 1);
  static_cast<void>(coordinator.start());
  EXPECT_TRUE(coordinator.stop_overdue().empty()) << "nobody was asked to stop";
  static_cast<void>(coordinator.interrupted("signal"));
  EXPECT_EQ(only<FlushSink>(coordinator.stop_overdue()).size(), 1U);
  EXPECT_TRUE(ending(coordinator.flushed()));
}

TEST(Coordinator, TheFirstFailureDecides) {
  Coordinator coordinator({2, false, 1}, 2);
  static_cast<void>(coordinator.start());
  const auto end = ending(coordinator.failed(kRank1, {ExitCode::io_failed, "out of memory", true}));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ExitCode::io_failed);
  EXPECT_EQ(end->message, "rank 1: out of memory");
  EXPECT_FALSE(ending(coordinator.failed(kRank0, {ExitCode::defect, "later", true})));
}

}  // namespace
}  // namespace exmc::runtime
