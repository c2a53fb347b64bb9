#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "coordinator_events.hpp"

namespace exmc::runtime {
namespace {

TEST(Coordinator, KeepsEveryChainButTheFirstUntilTheTuningIsEverywhere) {
  Coordinator coordinator = coordinator_of({3, true, 1}, 3);
  EXPECT_EQ(assigned(begin(coordinator)), (Assigned{{0, 0, ""}}));
  const Actions tuned = coordinator.delivered(kRank0, end_of_warmup(0, 0, 10));
  ASSERT_GE(tuned.size(), 3U);
  EXPECT_EQ(std::get<AppendBlock>(tuned[0]).block.tuning, "tuning");
  EXPECT_EQ(std::get<StoreTuning>(tuned[1]).tuning, "tuning") << "it is stored before it is shared";
  EXPECT_EQ(std::get<ShareTuning>(tuned[2]).tuning, "tuning");
  EXPECT_EQ(assigned(tuning_arrives(coordinator)), (Assigned{{1, 1, ""}, {2, 2, ""}}));
}

TEST(Coordinator, StartsAllChainsAtOnceWhereEachWarmsItselfUp) {
  Coordinator coordinator = coordinator_of({2, false, 1}, 3);
  EXPECT_EQ(assigned(begin(coordinator)), (Assigned{{0, 0, ""}, {1, 1, ""}}));
  EXPECT_TRUE(only<ShareTuning>(coordinator.delivered(kRank0, end_of_warmup(0, 0, 10))).empty());
}

TEST(Coordinator, AWarmupOfItsOwnIsOverWithItsLastBlockWhateverDiesThen) {
  Coordinator coordinator = coordinator_of({2, false, 1}, 3);
  static_cast<void>(begin(coordinator));
  static_cast<void>(coordinator.delivered(kRank1, end_of_warmup(1, 0, 10)));
  static_cast<void>(coordinator.died(kRank1));
  const Actions flushed = coordinator.flushed();
  EXPECT_EQ(assigned(flushed), (Assigned{{2, 1, "at 10"}}));
  const auto messages = only<SendMessage>(flushed);
  EXPECT_EQ(decode_assignment(messages.back().bytes).tuning, "tuning") << "or the chain could not go on from there";
}

Recovered recovered(std::vector<RecoveredChain> chains, std::string tuning = {}) {
  return {std::move(chains), std::move(tuning), {}};
}

TEST(Coordinator, GoesOnFromWhatTheOutputHas) {
  Coordinator coordinator = coordinator_of(
      {3, false, 1}, 3, recovered({{20, "at 20", "own", true, {}}, {15, "at 15", "own", false, {}}, {}}));
  EXPECT_EQ(assigned(begin(coordinator)), (Assigned{{1, 1, "at 15"}, {2, 2, ""}}));
  EXPECT_TRUE(only<AppendBlock>(coordinator.delivered(kRank0, delivery(1, 10, 15))).empty()) << "the output has it";
  EXPECT_THROW(static_cast<void>(coordinator.delivered(kRank0, delivery(1, 16, 18))), std::logic_error);
}

TEST(Coordinator, SharesTheTuningThatTheOutputHas) {
  Coordinator coordinator =
      coordinator_of({2, true, 1}, 2, recovered({{20, "at 20", "tuning", false, {}}, {}}, "tuning"));
  const Actions begun = begin(coordinator);
  ASSERT_EQ(only<ShareTuning>(begun).size(), 1U);
  EXPECT_EQ(only<ShareTuning>(begun)[0].tuning, "tuning");
  EXPECT_EQ(assigned(begun), (Assigned{{0, 0, "at 20"}}));
  EXPECT_EQ(assigned(tuning_arrives(coordinator)), (Assigned{{1, 1, ""}}));
}

TEST(Coordinator, RepeatsTheEndOfAWarmupWhoseTuningOutlivedItsState) {
  Coordinator coordinator = coordinator_of({2, true, 1}, 2, recovered({{}, {}}, "tuning"));
  const Actions begun = begin(coordinator);
  EXPECT_EQ(only<ShareTuning>(begun).size(), 1U);
  const auto messages = only<SendMessage>(begun);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(decode_assignment(messages[0].bytes).tuning, "") << "chain 0 is not to settle";
  static_cast<void>(tuning_arrives(coordinator));
  EXPECT_TRUE(only<ShareTuning>(coordinator.delivered(kRank0, end_of_warmup(0, 0, 10))).empty()) << "once is enough";
}

TEST(Coordinator, EndsAtOnceWhereNothingIsLeftToDo) {
  Coordinator coordinator = coordinator_of({1, true, 1}, 1, recovered({{20, "at 20", "tuning", true, {}}}, "tuning"));
  const Actions begun = begin(coordinator);
  EXPECT_TRUE(only<ShareTuning>(begun).empty());
  EXPECT_EQ(only<FlushSink>(begun).size(), 1U);
  EXPECT_EQ(ending(coordinator.flushed())->code, ExitCode::done);
}

TEST(Coordinator, RefusesAnOutputOfAnotherNumberOfChains) {
  EXPECT_THROW(coordinator_of({3, false, 1}, 1, recovered({{}, {}})), std::logic_error);
}

TEST(Coordinator, GivesAQueuedChainToTheFirstRankThatIsFree) {
  Coordinator coordinator = coordinator_of({3, false, 1}, 2);
  static_cast<void>(begin(coordinator));
  EXPECT_EQ(assigned(coordinator.delivered(kRank1, delivery(1, 0, 5, true))), (Assigned{{1, 2, ""}}));
}

TEST(Coordinator, AppendsABlockOnceHoweverOftenItComes) {
  Coordinator coordinator = coordinator_of({1, false, 1}, 1);
  static_cast<void>(begin(coordinator));
  EXPECT_EQ(only<AppendBlock>(coordinator.delivered(kRank0, delivery(0, 0, 5))).size(), 1U);
  EXPECT_TRUE(only<AppendBlock>(coordinator.delivered(kRank0, delivery(0, 0, 5))).empty());
  EXPECT_EQ(only<AppendBlock>(coordinator.delivered(kRank0, delivery(0, 3, 8))).size(), 1U) << "overlaps, and is new";
  EXPECT_THROW(static_cast<void>(coordinator.delivered(kRank0, delivery(0, 9, 12))), std::logic_error);
}

TEST(Coordinator, CallsDurableOnlyWhatWasReceivedBeforeTheFlush) {
  Coordinator coordinator = coordinator_of({1, false, 1}, 1);
  static_cast<void>(begin(coordinator));
  static_cast<void>(coordinator.delivered(kRank0, delivery(0, 0, 5)));
  const auto messages = only<SendMessage>(coordinator.flushed());
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].kind, MessageKind::durable);
  EXPECT_EQ(decode_acknowledgement(messages[0].bytes).end, 5U);
  EXPECT_TRUE(coordinator.flushed().empty()) << "nothing new";
}

TEST(Coordinator, EndsOnlyAfterTheLastDrawIsDurable) {
  Coordinator coordinator = coordinator_of({2, false, 1}, 2);
  static_cast<void>(begin(coordinator));
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
    Coordinator coordinator = coordinator_of({3, false, 1}, 3);
    static_cast<void>(begin(coordinator));
    int flushes = 0;
    for (const std::uint32_t chain : order) {
      const RankId rank{static_cast<std::int32_t>(chain)};
      flushes += static_cast<int>(only<FlushSink>(coordinator.delivered(rank, delivery(chain, 0, 1, true))).size());
    }
    EXPECT_EQ(flushes, 1);
    EXPECT_TRUE(ending(coordinator.flushed()));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Coordinator, AnInterruptWaitsForEveryRankThatLivesAndFlushes) {
  Coordinator coordinator = coordinator_of({4, false, 1}, 3);
  static_cast<void>(begin(coordinator));
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
  Coordinator coordinator = coordinator_of({1, false, 1}, 1);
  static_cast<void>(begin(coordinator));
  EXPECT_TRUE(coordinator.stop_overdue().empty()) << "nobody was asked to stop";
  static_cast<void>(coordinator.interrupted("signal"));
  EXPECT_EQ(only<FlushSink>(coordinator.stop_overdue()).size(), 1U);
  EXPECT_TRUE(ending(coordinator.flushed()));
}

RunPlan plan_with_goal(std::uint32_t chains, std::uint64_t draws) {
  RunPlan plan{chains, false, 1};
  plan.looks_below = draws;
  return plan;
}

Delivery draws(std::uint32_t chain, std::uint64_t begin, std::uint64_t end, bool complete = false) {
  Delivery made = delivery(chain, begin, end, complete);
  made.block.first = begin;
  made.block.rows = end - begin;
  return made;
}

TEST(Looks, BecomeRarerByATenth) {
  std::vector<std::uint64_t> looks;
  for (std::uint64_t look = look_from(0, 100); look < 3000; look = look_from(look + 1, 100)) looks.push_back(look);
  EXPECT_EQ(looks, (std::vector<std::uint64_t>{100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1300, 1500,
                                               1700, 1900, 2100, 2400, 2700}));
  EXPECT_EQ(look_from(1301, 100), 1500U);
}

TEST(Coordinator, LooksOnceEveryChainIsThereHoweverFarTheOthersAre) {
  Coordinator coordinator = coordinator_of(plan_with_goal(2, 1000), 2);
  static_cast<void>(begin(coordinator));
  EXPECT_TRUE(only<JudgeDraws>(coordinator.delivered(kRank0, draws(0, 0, 730))).empty());
  EXPECT_TRUE(only<JudgeDraws>(coordinator.delivered(kRank1, draws(1, 0, 99))).empty());
  const auto first = only<JudgeDraws>(coordinator.delivered(kRank1, draws(1, 99, 250)));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].draws, 100U);
  EXPECT_EQ(first[0].chains, (std::vector<ChainId>{ChainId{0}, ChainId{1}}));
  EXPECT_TRUE(only<JudgeDraws>(coordinator.delivered(kRank1, draws(1, 250, 260))).empty()) << "one at a time";
  const auto second = only<JudgeDraws>(coordinator.judged({100, false, ""}));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].draws, 200U);
  const Actions over = coordinator.judged({200, true, "so good"});
  ASSERT_EQ(only<KeepDraws>(over).size(), 1U);
  EXPECT_EQ(only<KeepDraws>(over)[0].enough.draws, 200U);
  EXPECT_EQ(only<FlushSink>(over).size(), 1U);
  EXPECT_TRUE(coordinator.interrupted("signal").empty()) << "it is over";
  const auto end = ending(coordinator.flushed());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ExitCode::done);
}

TEST(Coordinator, AllDrawsAreNotTheEndWhileFewerMayBeEnough) {
  Coordinator coordinator = coordinator_of(plan_with_goal(1, 150), 1);
  static_cast<void>(begin(coordinator));
  const Actions complete = coordinator.delivered(kRank0, draws(0, 0, 150, true));
  EXPECT_EQ(only<JudgeDraws>(complete).size(), 1U);
  EXPECT_TRUE(only<FlushSink>(complete).empty());
  const Actions judged = coordinator.judged({100, false, ""});
  EXPECT_EQ(only<FlushSink>(judged).size(), 1U) << "there is no further look";
  EXPECT_TRUE(ending(coordinator.flushed()));
}

TEST(Coordinator, LooksAgainAtWhatTheOutputHasAndWasNotJudged) {
  Recovered found = recovered({{20, "at 320", "own", false, {}, 320}});
  found.looked = 201;
  Coordinator coordinator = coordinator_of(plan_with_goal(1, 1000), 1, found);
  const auto asked = only<JudgeDraws>(coordinator.start({}));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].draws, 300U);
}

TEST(Coordinator, AChainThatFailedIsNotWaitedForByLooks) {
  Coordinator coordinator = coordinator_of(plan_with_goal(2, 1000), 2);
  static_cast<void>(begin(coordinator));
  static_cast<void>(coordinator.delivered(kRank0, draws(0, 0, 130)));
  Delivery failure = delivery(1, 0, 0);
  failure.failure = "no start";
  const auto asked = only<JudgeDraws>(coordinator.delivered(kRank1, failure));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].chains, (std::vector<ChainId>{ChainId{0}}));
  static_cast<void>(coordinator.judged({100, true, ""}));
  const auto end = ending(coordinator.flushed());
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ExitCode::cannot_sample);
}

TEST(Coordinator, TheFirstFailureDecides) {
  Coordinator coordinator = coordinator_of({2, false, 1}, 2);
  static_cast<void>(begin(coordinator));
  const auto end = ending(coordinator.failed(kRank1, {ExitCode::io_failed, "out of memory", true}));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ExitCode::io_failed);
  EXPECT_EQ(end->message, "rank 1: out of memory");
  EXPECT_FALSE(ending(coordinator.failed(kRank0, {ExitCode::defect, "later", true})));
}

}  // namespace
}  // namespace exmc::runtime
