#include "unit/runtime/protocol_model.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "exmc/core/hash.hpp"

namespace exmc::runtime {
namespace {

using testing::Broken;
using testing::Mistake;
using testing::Scope;
using testing::World;

const char* name(World::Event::Kind kind) {
  static constexpr std::array names = {"is sent to",
                                       "learns of the death of",
                                       "makes a block",
                                       "is idle",
                                       "flushes",
                                       "has judged",
                                       "gets the broadcast",
                                       "misses the broadcast",
                                       "gets a signal",
                                       "dies",
                                       "loses what was sent by"};
  return names[static_cast<std::size_t>(kind)];
}

/// Tries every order of events, each state once.
class Exploration {
 public:
  explicit Exploration(const Scope& scope) { explore(World(scope)); }

  /// What went wrong, after which events; nothing where nothing did.
  [[nodiscard]] const std::optional<std::string>& counterexample() const { return counterexample_; }
  [[nodiscard]] std::size_t states() const { return seen_.size(); }

 private:
  void explore(const World& world) {
    if (counterexample_ || !seen_.insert(fingerprint(world)).second) return;
    bool moves = false;
    for (World::Event event : world.possible()) {
      moves = moves || World::moves(event);
      const int effects = step(world, event);
      if (world.deaths() >= world.scope().deaths) continue;
      // The rank may die between any two things that it does.
      for (event.effects = 1; event.effects < effects; ++event.effects) step(world, event);
    }
    if (!moves) check(world);
  }

  int step(const World& world, const World::Event& event) {
    if (counterexample_) return 0;
    path_.push_back(event);
    int effects = 0;
    try {
      World next = world;
      effects = next.happen(event);
      explore(next);
    } catch (const std::exception& broken) {
      give_up(broken.what());
    }
    path_.pop_back();
    return effects;
  }

  void check(const World& world) {
    try {
      world.check_end();
    } catch (const Broken& broken) {
      give_up(broken.what());
    }
  }

  void give_up(const std::string& what) {
    if (counterexample_) return;
    counterexample_ = what + ":";
    for (const World::Event& event : path_) {
      *counterexample_ += "\n  rank " + std::to_string(event.rank) + " " + name(event.kind);
      *counterexample_ += " " + std::to_string(event.other);
      if (event.effects) *counterexample_ += " and dies after effect " + std::to_string(event.effects);
    }
  }

  /// 64 bits tell some millions of states apart.
  static std::uint64_t fingerprint(const World& world) { return fnv1a(world.bytes()); }

  std::unordered_set<std::uint64_t> seen_;
  std::vector<World::Event> path_;
  std::optional<std::string> counterexample_;
};

void expect_kept(const char* what, const Scope& scope) {
  SCOPED_TRACE(what);
  const Exploration exploration(scope);
  EXPECT_FALSE(exploration.counterexample()) << *exploration.counterexample();
  std::printf("%s: %zu states\n", what, exploration.states());
}

TEST(Protocol, LosesNothingAndWaitsForNobodyWhicheverTwoRanksDieWhenever) { expect_kept("shared warm-up", {}); }

TEST(Protocol, TheSameWhereEachChainWarmsItselfUp) { expect_kept("independent warm-ups", {.share_tuning = false}); }

TEST(Protocol, TheSameWithARankToSpare) { expect_kept("one chain", {.chains = 1}); }

TEST(Protocol, TheSameWithAChainThatWaits) {
  expect_kept("three chains on two ranks", {.ranks = 2, .chains = 3, .draws = 1, .deaths = 1});
}

TEST(Protocol, TheSameWhereABroadcastWaitsForAll) {
  expect_kept("a broadcast that waits", {.broadcast_waits = true});
  expect_kept("it waits, and a signal", {.draws = 1, .deaths = 1, .may_be_stopped = true, .broadcast_waits = true});
}

TEST(Protocol, ASignalStopsItWhateverDies) {
  expect_kept("a signal", {.draws = 1, .deaths = 1, .may_be_stopped = true});
}

TEST(Protocol, AChainThatFailsEndsNoOther) {
  expect_kept("a chain fails later", {.draws = 1, .failure = {{.chain = 1, .iteration = 0}}});
  expect_kept("it fails while sampling", {.draws = 2, .deaths = 1, .failure = {{.chain = 1, .iteration = 1}}});
  expect_kept("the one that warmed up does", {.draws = 1, .deaths = 1, .failure = {{.chain = 0, .iteration = 1}}});
  expect_kept("its own warm-up", {.draws = 1, .share_tuning = false, .failure = {{.chain = 1, .iteration = 1}}});
}

TEST(Protocol, TheNextChainWarmsUpForAllWhereTheFirstFails) {
  expect_kept("the first chain fails", {.draws = 1, .failure = {{.chain = 0, .iteration = 0}}});
  expect_kept("three chains",
              {.ranks = 2, .chains = 3, .draws = 1, .deaths = 1, .failure = {{.chain = 0, .iteration = 0}}});
}

TEST(Protocol, ItEndsWithTheSameDrawsWhereFewerAreEnough) {
  expect_kept("two of three draws are enough", {.ranks = 2, .draws = 3, .deaths = 1, .enough_at = 2});
  expect_kept("one of two", {.draws = 2, .deaths = 2, .share_tuning = false, .enough_at = 1});
  expect_kept("none short of all", {.ranks = 2, .draws = 2, .deaths = 1, .enough_at = 2});
  expect_kept("a signal", {.ranks = 2, .draws = 2, .deaths = 1, .may_be_stopped = true, .enough_at = 1});
  expect_kept(
      "chains take turns",
      {.ranks = 2, .chains = 3, .draws = 4, .most_held = 1, .deaths = 1, .share_tuning = false, .enough_at = 3});
  expect_kept("a chain fails",
              {.ranks = 2, .draws = 2, .deaths = 1, .failure = {{.chain = 1, .iteration = 0}}, .enough_at = 1});
}

TEST(Protocol, DrawsThatWouldNotAlwaysBeTheSameAreFound) {
  for (const Mistake mistake : {Mistake::forgets_what_was_cut, Mistake::judges_what_is_there}) {
    EXPECT_TRUE(
        Exploration({.ranks = 2, .draws = 3, .deaths = 1, .enough_at = 2, .mistake = mistake}).counterexample());
  }
}

TEST(Protocol, AFailureThatIsForgottenIsFound) {
  const Scope scope{.deaths = 1, .failure = {{.chain = 1, .iteration = 1}}, .mistake = Mistake::forgets_failures};
  EXPECT_TRUE(Exploration(scope).counterexample());
}

class EveryMistake : public ::testing::TestWithParam<Mistake> {};

TEST_P(EveryMistake, IsFound) { EXPECT_TRUE(Exploration({.deaths = 1, .mistake = GetParam()}).counterexample()); }

INSTANTIATE_TEST_SUITE_P(Mistakes, EveryMistake,
                         ::testing::Values(Mistake::durable_is_not_told, Mistake::durable_is_told_early,
                                           Mistake::state_before_its_draws, Mistake::state_before_its_tuning,
                                           Mistake::hands_on_undurable, Mistake::forgets_to_send_again,
                                           Mistake::forgets_what_was_told));

}  // namespace
}  // namespace exmc::runtime
