#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "coordinator_events.hpp"

/// A coordinator that goes on for one that died, from what the output tells.
namespace exmc::runtime {
namespace {

/// Rank 1 after the death of rank 0, with an output in which chain 1 has 10 iterations.
Coordinator after_rank_0(std::int32_t ranks, const RunPlan& plan, const std::string& tuning = {}) {
  Membership members(kRank1, ranks);
  members.died(kRank0);
  Recovered output;
  output.chains.resize(plan.chains);
  output.chains[1] = {10, "at 10", {}, false, {}};
  output.tuning = tuning;
  return {plan, members, {}, std::move(output)};
}

TEST(Coordinator, TakingOverItAsksEveryRankBeforeItHandsOutAChain) {
  Coordinator coordinator = after_rank_0(3, {2, false, 1});
  const auto events = only<RecordEvent>(coordinator.start(std::nullopt));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].event.kind, RunEvent::Kind::takeover);
  EXPECT_TRUE(assigned(coordinator.joined(kRank1, {false, {}, ""})).empty());
  const Standing sampling_chain_1{false, {ChainId{1}}, ""};
  EXPECT_EQ(assigned(coordinator.joined(kRank2, sampling_chain_1)), (Assigned{{1, 0, ""}})) << "chain 1 has its rank";
  EXPECT_EQ(only<AppendBlock>(coordinator.delivered(kRank2, delivery(1, 8, 12))).size(), 1U);
}

TEST(Coordinator, TakingOverItCallsDurableWhatTheOutputHas) {
  Coordinator coordinator = after_rank_0(2, {2, false, 1});
  static_cast<void>(coordinator.joined(kRank1, {false, {ChainId{1}}, ""}));
  const auto messages = only<SendMessage>(coordinator.delivered(kRank1, delivery(1, 5, 10)));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].kind, MessageKind::durable);
}

TEST(Coordinator, TakingOverItSendsTheTuningToThoseThatMissedIt) {
  Coordinator coordinator = after_rank_0(3, {2, true, 1}, "tuning");
  static_cast<void>(coordinator.joined(kRank1, {true, {}, ""}));
  std::vector<std::int32_t> told;
  for (const SendMessage& message : only<SendMessage>(coordinator.joined(kRank2, {false, {}, ""}))) {
    if (message.kind == MessageKind::tuning) told.push_back(message.to.value);
  }
  EXPECT_EQ(told, (std::vector<std::int32_t>{2}));
}

TEST(Coordinator, TakingOverItDoesNotWaitForARankThatDies) {
  Coordinator coordinator = after_rank_0(3, {2, false, 1});
  static_cast<void>(coordinator.joined(kRank1, {false, {}, ""}));
  const Actions died = coordinator.died(kRank2);
  EXPECT_EQ(assigned(died), (Assigned{{1, 1, "at 10"}}));
  const auto events = only<RecordEvent>(died);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].event.kind, RunEvent::Kind::death);
}

/// (kind, rank, chain) of each event that is told; chain -1: none.
using Told = std::vector<std::tuple<RunEvent::Kind, std::int32_t, std::int64_t>>;
Told told(const Actions& actions) {
  Told found;
  for (const auto& [event] : only<RecordEvent>(actions)) {
    found.emplace_back(event.kind, event.rank.value, event.chain ? std::int64_t{event.chain->value} : -1);
  }
  return found;
}

RunEvent event(RunEvent::Kind kind, RankId rank, std::optional<ChainId> chain = {}) {
  return {kind, 0, rank, "", chain, 0, ""};
}

/// Rank 2, of four, after ranks 0 and 1, of which the output tells these events; it has 10 iterations of chain 1.
Coordinator after_rank_1(std::vector<RunEvent> events) {
  Membership members(kRank2, 4);
  members.died(kRank0);
  members.died(kRank1);
  Recovered output;
  output.chains.resize(2);
  output.chains[1] = {10, "at 10", {}, false, {}};
  output.events = std::move(events);
  return {{2, false, 1}, members, {}, std::move(output)};
}

TEST(Coordinator, TakingOverItTellsOnlyWhatTheOutputDoesNot) {
  using Kind = RunEvent::Kind;
  EXPECT_EQ(told(after_rank_1({}).start(kRank1)),
            (Told{{Kind::hung, 1, -1}, {Kind::death, 0, -1}, {Kind::death, 1, -1}, {Kind::takeover, 2, -1}}));
  const std::vector<RunEvent> before = {event(Kind::hung, kRank1), event(Kind::death, kRank0, ChainId{0})};
  EXPECT_EQ(told(after_rank_1(before).start(kRank1)), (Told{{Kind::death, 1, -1}, {Kind::takeover, 2, -1}}));
}

TEST(Coordinator, EventsBeforeAResumeAreOfAnotherRun) {
  using Kind = RunEvent::Kind;
  const std::vector<RunEvent> before = {event(Kind::death, kRank0), event(Kind::continued, RankId{-1}),
                                        event(Kind::death, kRank1)};
  EXPECT_EQ(told(after_rank_1(before).start({})), (Told{{Kind::death, 0, -1}, {Kind::takeover, 2, -1}}));
}

TEST(Coordinator, TakingOverItMayLearnOfADeathThatWasTold) {
  Coordinator coordinator = after_rank_1({event(RunEvent::Kind::death, RankId{3}, ChainId{1})});
  EXPECT_TRUE(told(coordinator.died(RankId{3})).empty());
}

TEST(Coordinator, TakingOverItKnowsWhichChainsWereHandedOn) {
  using Kind = RunEvent::Kind;
  Coordinator coordinator =
      after_rank_1({event(Kind::started, kRank0, ChainId{0}), event(Kind::started, kRank1, ChainId{1}),
                    event(Kind::reassigned, RankId{3}, ChainId{1})});
  static_cast<void>(coordinator.joined(kRank2, {}));
  const Actions joined = coordinator.joined(RankId{3}, {false, {ChainId{1}}, ""});
  EXPECT_EQ(told(joined), (Told{{Kind::reassigned, 2, 0}})) << "its rank died, and nothing of it had come";
  const Actions delivered = coordinator.delivered(RankId{3}, delivery(1, 10, 12, true));
  EXPECT_EQ(told(delivered), (Told{{Kind::resumed, 3, 1}, {Kind::completed, 3, 1}}));
}

TEST(Coordinator, TakingOverItDoesNotTellAgainOfTheEndOfAChain) {
  using Kind = RunEvent::Kind;
  const std::vector<RunEvent> before = {event(Kind::reassigned, RankId{3}, ChainId{1}),
                                        event(Kind::resumed, RankId{3}, ChainId{1}),
                                        event(Kind::completed, RankId{3}, ChainId{1})};
  Coordinator kept = after_rank_1(before);
  static_cast<void>(kept.joined(RankId{3}, {false, {ChainId{1}}, ""}));
  EXPECT_TRUE(told(kept.delivered(RankId{3}, delivery(1, 10, 12, true))).empty());
  Coordinator lost = after_rank_1(before);  // its rank died as well
  static_cast<void>(lost.joined(kRank2, {}));
  static_cast<void>(lost.died(RankId{3}));
  static_cast<void>(lost.delivered(kRank2, delivery(0, 0, 12, true)));
  EXPECT_EQ(told(lost.delivered(kRank2, delivery(1, 10, 12, true))),
            (Told{{Kind::resumed, 2, 1}, {Kind::completed, 2, 1}}));
}

TEST(Coordinator, TakingOverItGoesOnStopping) {
  Coordinator coordinator = after_rank_0(2, {2, false, 1});
  const Actions joined = coordinator.joined(kRank1, {false, {}, "signal"});
  EXPECT_TRUE(assigned(joined).empty());
  static_cast<void>(coordinator.stopped(kRank1));
  EXPECT_EQ(ending(coordinator.flushed())->message, "signal");
}

}  // namespace
}  // namespace exmc::runtime
