#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "coordinator_events.hpp"

/// Ranks that die, and ranks that hang and are killed.
namespace exmc::runtime {
namespace {

TEST(Coordinator, ADeadRanksChainGoesOnElsewhereFromItsLastBlockOnceThatIsDurable) {
  Coordinator coordinator = coordinator_of({2, false, 1}, 3);
  static_cast<void>(begin(coordinator));
  static_cast<void>(coordinator.delivered(kRank1, delivery(1, 0, 5)));
  const Actions died = coordinator.died(kRank1);
  EXPECT_EQ(only<FlushSink>(died).size(), 1U);
  EXPECT_TRUE(assigned(died).empty()) << "what the next rank keeps has to continue the output, whoever dies then";
  EXPECT_EQ(assigned(coordinator.flushed()), (Assigned{{2, 1, "at 5"}}));
  // What the dead rank had sent may still arrive; the new one sends it again.
  EXPECT_EQ(only<AppendBlock>(coordinator.delivered(kRank1, delivery(1, 5, 9))).size(), 1U);
  EXPECT_TRUE(only<AppendBlock>(coordinator.delivered(kRank2, delivery(1, 5, 8))).empty());
  EXPECT_EQ(only<AppendBlock>(coordinator.delivered(kRank2, delivery(1, 8, 12, true))).size(), 1U);
  static_cast<void>(coordinator.delivered(kRank0, delivery(0, 0, 5, true)));
  const auto end = ending(coordinator.flushed());
  ASSERT_TRUE(end);
  EXPECT_FALSE(end->clean) << "nobody may finalize";
}

TEST(Coordinator, AChainWithoutAFreeRankWaitsForTheFirstThatIs) {
  Coordinator coordinator = coordinator_of({2, false, 1}, 2);
  static_cast<void>(begin(coordinator));
  EXPECT_TRUE(assigned(coordinator.died(kRank1)).empty());
  EXPECT_EQ(assigned(coordinator.delivered(kRank0, delivery(0, 0, 5, true))), (Assigned{{0, 1, ""}}));
}

TEST(Coordinator, TellsOfADeathAndOfWhatBecomesOfItsChain) {
  Coordinator coordinator({2, false, 1}, Membership(kRank0, 3), {{"a", 1, 1}, {"b", 2, 2}, {"c", 3, 3}}, {});
  static_cast<void>(begin(coordinator));
  Actions actions = coordinator.died(kRank1);
  append(actions, coordinator.delivered(kRank2, delivery(1, 0, 5)));
  const auto events = only<RecordEvent>(actions);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events[0].event.kind, RunEvent::Kind::death);
  EXPECT_EQ(events[0].event.text, "rank 1 (b) died; chain 1 goes on elsewhere from its beginning");
  EXPECT_EQ(events[1].event.kind, RunEvent::Kind::reassigned);
  EXPECT_EQ(events[1].event.rank, kRank2);
  EXPECT_EQ(events[1].event.host, "c");
  EXPECT_EQ(events[2].event.kind, RunEvent::Kind::resumed);
  EXPECT_EQ(events[2].event.chain, ChainId{1});
}

TEST(Coordinator, TellsOfADeathOnceHoweverManyChainsItMoves) {
  Coordinator coordinator({2, false, 1}, Membership(kRank0, 2), {{"a", 1, 1}, {"", 0, 0}}, {});
  static_cast<void>(coordinator.joined(kRank0, {false, {}, ""}));
  static_cast<void>(coordinator.joined(kRank1, {false, {ChainId{0}, ChainId{1}}, ""}));
  const Actions actions = coordinator.died(kRank1);
  const auto events = only<RecordEvent>(actions);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].event.text,
            "rank 1 died; chain 0 goes on elsewhere from its beginning; chain 1 goes on elsewhere from its beginning");
  EXPECT_EQ(events[0].event.chain, ChainId{0});
  EXPECT_EQ(events[1].event.kind, RunEvent::Kind::reassigned);
}

TEST(Coordinator, ADeathInTheWarmupMovesTheWarmup) {
  Coordinator coordinator = coordinator_of({2, true, 1}, 3);
  static_cast<void>(begin(coordinator));
  EXPECT_TRUE(assigned(coordinator.died(kRank2)).empty()) << "it had nothing to do yet";
  static_cast<void>(coordinator.delivered(kRank0, end_of_warmup(0, 0, 10)));

  Coordinator taken_over({2, true, 1}, Membership(kRank1, 3), {}, {});
  static_cast<void>(taken_over.died(kRank0));
  EXPECT_EQ(assigned(begin(taken_over)), (Assigned{{1, 0, ""}}));
}

TEST(Coordinator, AfterADeathTheTuningGoesToEachRankAlone) {
  Coordinator coordinator = coordinator_of({3, true, 1}, 3);
  static_cast<void>(begin(coordinator));
  static_cast<void>(coordinator.died(kRank2));
  const Actions tuned = coordinator.delivered(kRank0, end_of_warmup(0, 0, 10));
  EXPECT_TRUE(only<ShareTuning>(tuned).empty());
  std::vector<std::int32_t> told;
  for (const SendMessage& message : only<SendMessage>(tuned)) {
    if (message.kind == MessageKind::tuning) told.push_back(message.to.value);
  }
  EXPECT_EQ(told, (std::vector<std::int32_t>{0, 1}));
}

TEST(Coordinator, ARankThatTheBroadcastMissedIsSentTheTuningBeforeItsChain) {
  Coordinator coordinator = coordinator_of({2, true, 1}, 2);
  static_cast<void>(begin(coordinator));
  static_cast<void>(coordinator.delivered(kRank0, end_of_warmup(0, 0, 10)));
  const auto messages = only<SendMessage>(coordinator.tuning_outcome(kRank1, {false}));
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].kind, MessageKind::tuning);
  EXPECT_EQ(messages[1].kind, MessageKind::assign);
}

/// Three ranks, the last two of them on one host.
Coordinator on_two_hosts(RankId self = kRank0) {
  Membership members(self, 3);
  for (std::int32_t rank = 0; rank < self.value; ++rank) members.died(RankId{rank});
  return {{3, false, 1}, members, {{"a", 10, 1}, {"b", 20, 2}, {"b", 30, 3}}, {}};
}

TEST(Coordinator, HasARankThatHangsKilledByOneOnItsHost) {
  Coordinator coordinator = on_two_hosts();
  static_cast<void>(begin(coordinator));
  const Actions actions = coordinator.hung(kRank1, Hang::silent);
  const auto messages = only<SendMessage>(actions);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].to, kRank2);
  EXPECT_EQ(messages[0].kind, MessageKind::kill);
  EXPECT_EQ(decode_process(messages[0].bytes), (Process{"b", 20, 2}));
  ASSERT_EQ(only<RecordEvent>(actions).size(), 1U);
  EXPECT_EQ(only<RecordEvent>(actions)[0].event.kind, RunEvent::Kind::hung);
}

TEST(Coordinator, ARankThatHangsAloneOnItsHostEndsTheRunResumable) {
  Coordinator coordinator = on_two_hosts();
  static_cast<void>(begin(coordinator));
  static_cast<void>(coordinator.died(kRank2));
  const auto end = ending(coordinator.hung(kRank1, Hang::silent));
  ASSERT_TRUE(end);
  EXPECT_EQ(end->code, ExitCode::stopped);
  EXPECT_NE(end->message.find("rank 1 (b) did not answer for 60 s"), std::string::npos) << end->message;
}

TEST(Coordinator, ARankThatDoesNotDieOfItEndsTheRun) {
  Coordinator coordinator = on_two_hosts();
  static_cast<void>(begin(coordinator));
  EXPECT_FALSE(ending(coordinator.hung(kRank1, Hang::silent)));
  EXPECT_TRUE(ending(coordinator.hung(kRank1, Hang::silent)));
}

TEST(Coordinator, AChainThatStopsASecondRankEndsTheRun) {
  Coordinator coordinator = on_two_hosts();
  static_cast<void>(begin(coordinator));
  static_cast<void>(coordinator.delivered(kRank2, delivery(2, 0, 5, true)));
  EXPECT_FALSE(ending(coordinator.hung(kRank1, Hang::stuck)));
  EXPECT_EQ(assigned(coordinator.died(kRank1)), (Assigned{{2, 1, ""}}));
  const auto end = ending(coordinator.hung(kRank2, Hang::stuck));
  ASSERT_TRUE(end);
  EXPECT_NE(end->message.find("chain 1"), std::string::npos) << end->message;
}

TEST(Coordinator, ACoordinatorStuckInItsChainEndsItself) {
  Coordinator coordinator = on_two_hosts();
  static_cast<void>(begin(coordinator));
  const auto messages = only<SendMessage>(coordinator.hung(kRank0, Hang::stuck));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].to, kRank0);
}

TEST(Coordinator, ARankAloneTakesItsTime) {
  Coordinator coordinator = coordinator_of({1, false, 1}, 1);
  static_cast<void>(begin(coordinator));
  EXPECT_TRUE(coordinator.hung(kRank0, Hang::stuck).empty());
}

}  // namespace
}  // namespace exmc::runtime
