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

Coordinator coordinator_of(const RunPlan& plan, std::int32_t ranks, Recovered recovered = {}) {
  return {plan, Membership(kRank0, ranks), {}, std::move(recovered)};
}

void append(Actions& actions, const Actions& more) { actions.insert(actions.end(), more.begin(), more.end()); }

/// All living ranks say that they hold nothing.
Actions begin(Coordinator& coordinator) {
  Actions actions = coordinator.start({});
  for (std::size_t rank = 0; rank < coordinator.ledger().ranks.size(); ++rank) {
    append(actions, coordinator.joined(RankId{static_cast<std::int32_t>(rank)}, {}));
  }
  return actions;
}

/// The broadcast of the tuning arrives everywhere.
Actions tuning_arrives(Coordinator& coordinator) {
  Actions actions;
  for (std::size_t rank = 0; rank < coordinator.ledger().ranks.size(); ++rank) {
    append(actions, coordinator.tuning_outcome(RankId{static_cast<std::int32_t>(rank)}, {true}));
  }
  return actions;
}

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
