#include "exmc/runtime/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "coordinator_events.hpp"

namespace exmc::runtime {
namespace {

using Status = ChainRecord::Status;

bool reserved(const Ledger& ledger, std::uint32_t chain) {
  return chain < ledger.ranks().size() && ledger.ranks()[chain].idle();
}

/// The rule, by a look at every rank and every chain.
std::optional<Match> match_by_scan(const Ledger& ledger, RankId from, std::uint64_t turn_end) {
  const auto count = static_cast<std::int32_t>(ledger.ranks().size());
  for (RankId rank = from; rank.value < count; ++rank.value) {
    if (!ledger.rank(rank).idle()) continue;
    const auto waits = [&](std::uint32_t chain) {
      const ChainRecord& record = ledger.chains()[chain];
      return record.status == Status::queued && (turn_end == 0 || record.draws < turn_end) &&
             (chain == ledger.warmer || ledger.rank(rank).has_tuning);
    };
    const auto namesake = static_cast<std::uint32_t>(rank.value);
    if (namesake < ledger.chains().size() && waits(namesake)) return Match{rank, ChainId{namesake}};
    for (std::uint32_t chain = 0; chain < ledger.chains().size(); ++chain) {
      if (waits(chain) && !reserved(ledger, chain)) return Match{rank, ChainId{chain}};
    }
  }
  return std::nullopt;
}

void expect_as_by_scan(const Ledger& ledger, std::uint64_t turn_end) {
  for (std::int32_t from = 0; from <= static_cast<std::int32_t>(ledger.ranks().size()); ++from) {
    const auto expected = match_by_scan(ledger, RankId{from}, turn_end);
    const auto found = ledger.next_match(RankId{from}, false);
    ASSERT_EQ(found.has_value(), expected.has_value());
    if (!found) continue;
    ASSERT_EQ(found->rank, expected->rank);
    ASSERT_EQ(found->chain, expected->chain);
  }
  EXPECT_EQ(ledger.all_over(), std::ranges::all_of(ledger.chains(), &ChainRecord::over));
  EXPECT_EQ(ledger.all_joined(),
            std::ranges::all_of(ledger.ranks(), [](const RankRecord& r) { return !r.alive || r.joined; }));
  EXPECT_EQ(ledger.all_stopped(),
            std::ranges::all_of(ledger.ranks(), [](const RankRecord& r) { return !r.alive || r.stopped; }));
  EXPECT_EQ(ledger.can_look(), !ledger.good_chains().empty() && ledger.common_draws() >= ledger.next_look());
  std::vector<ChainId> undurable;
  for (std::uint32_t chain = 0; chain < ledger.chains().size(); ++chain) {
    if (!ledger.chains()[chain].all_durable()) undurable.push_back(ChainId{chain});
  }
  EXPECT_EQ(ledger.undurable_chains(), undurable);
}

TEST(Ledger, WhatGoesWhereIsWhatALookAtEverythingWouldSay) {
  constexpr std::uint32_t chains = 9;
  constexpr std::int32_t ranks = 6;
  std::mt19937 random(1);
  const auto below = [&random](std::uint32_t bound) { return static_cast<std::uint32_t>(random() % bound); };
  for (int run = 0; run < 60; ++run) {
    Ledger ledger(chains, true, Membership(RankId{0}, ranks), {}, {});
    std::uint64_t turn_end = 0;
    for (int step = 0; step < 60; ++step) {
      const ChainId chain{below(chains)};
      const RankId rank{static_cast<std::int32_t>(below(ranks))};
      switch (below(9)) {
        case 0:
          ledger.change(rank, [](RankRecord& record) { record.has_tuning = true; });
          break;
        case 1:
          ledger.change(rank, [](RankRecord& record) { record.joined = true; });
          break;
        case 2:
          ledger.change(rank, [&](RankRecord& record) { record.stopped = below(3) == 0; });
          break;
        case 3:
          ledger.change(rank, [](RankRecord& record) { record.alive = false; });
          static_cast<void>(ledger.take_chains_of(rank));
          break;
        case 4:
          ledger.let_go(chain);
          ledger.change(chain,
                        [&](ChainRecord& record) { record.status = below(2) ? Status::complete : Status::queued; });
          break;
        case 5:
          if (below(4) == 0) ledger.fail(chain, "no more points");
          break;
        case 6:
          ledger.change(chain, [&](ChainRecord& record) { record.draws += below(4), record.received += below(2); });
          break;
        case 7:
          turn_end = below(3) * 4;
          ledger.set_look(below(6), turn_end);
          break;
        default:
          if (const auto match = ledger.next_match(RankId{0}, false)) {
            ledger.change(match->chain, [](ChainRecord& record) { record.status = Status::running; });
            ledger.hold(match->chain, match->rank);
          }
      }
      expect_as_by_scan(ledger, turn_end);
    }
  }
}

/// Minutes where an event looks at every rank or chain.
TEST(Coordinator, ManyRanksAndChainsAreDecidedOnWithoutALookAtAll) {
  constexpr std::int32_t ranks = 5000;
  constexpr std::uint32_t chains = 20000;
  Coordinator coordinator = coordinator_of({chains, false, 1}, ranks);
  Actions actions = begin(coordinator);
  std::size_t completed = 0, ends = 0;
  for (std::int32_t dies = 1; !actions.empty(); dies += 2) {
    Actions next;
    if (dies < ranks / 2) append(next, coordinator.died(RankId{dies}));
    for (const auto& [rank, chain, state] : assigned(actions)) {
      if (!coordinator.ledger().rank(RankId{rank}).alive) continue;
      append(next, coordinator.delivered(RankId{rank}, delivery(chain, 0, 5, true)));
      ++completed;
    }
    for (std::size_t flushes = only<FlushSink>(next).size(); flushes > 0; --flushes)
      append(next, coordinator.flushed());
    if (ending(next)) ++ends;
    actions = std::move(next);
  }
  EXPECT_EQ(completed, chains);
  EXPECT_EQ(ends, 1U);
}

}  // namespace
}  // namespace exmc::runtime
