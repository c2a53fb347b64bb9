#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "exmc/runtime/local_ranks.hpp"
#include "unit/runtime/counting_chain.hpp"

namespace exmc::runtime {
namespace {

using testing::Counting;
using testing::CountingFactory;
using testing::RecordingObserver;
using testing::RecordingSink;

/// A run of counting chains on ranks in this process, and how each rank's ended.
struct LocalRun {
  RecordingSink sink;
  RecordingObserver observer;
  std::vector<Ending> endings;

  void operator()(
      std::int32_t ranks, const RunPlan& plan, const Counting& counting,
      const InterruptSource& interrupt_last = [] { return std::string(); }) {
    const auto communicators = make_local_ranks(ranks);
    endings.resize(communicators.size());
    const auto run = [&](std::size_t rank) {
      CountingFactory factory(counting);
      const bool last = rank + 1 == communicators.size();
      Communicator& here = *communicators[rank];
      endings[rank] = run_rank(here, {plan,
                                      factory,
                                      observer,
                                      last ? interrupt_last : [] { return std::string(); },
                                      {},
                                      {},
                                      Membership(here.rank(), ranks),
                                      rank == 0 ? sink.open() : nullptr,
                                      {},
                                      {}});
    };
    std::vector<std::jthread> others;
    for (std::size_t rank = 1; rank < communicators.size(); ++rank) others.emplace_back(run, rank);
    run(0);
  }
};

RecordingSink::Rows expected_rows(const RunPlan& plan, const Counting& counting) {
  RecordingSink::Rows rows;
  for (std::uint32_t chain = 0; chain < plan.chains; ++chain) {
    const std::string tuning = "tuned by " + std::to_string(plan.share_tuning ? 0 : chain);
    double sum = 0;
    for (const char letter : tuning) sum += letter;
    for (std::uint64_t draw = 0; draw < counting.draws; ++draw) {
      for (const double value : {static_cast<double>(chain), static_cast<double>(draw), sum}) {
        rows[chain].push_back(value);
      }
    }
  }
  return rows;
}

class EveryShape : public ::testing::TestWithParam<std::tuple<std::int32_t, std::uint32_t, bool>> {};

TEST_P(EveryShape, DeliversEveryDrawOfEveryChainOnce) {
  const auto [ranks, chains, share] = GetParam();
  const RunPlan plan{chains, share, 0.01};
  const Counting counting;
  LocalRun run;
  run(ranks, plan, counting);
  EXPECT_EQ(run.sink.flushed(), expected_rows(plan, counting));
  EXPECT_EQ(run.sink.finished(), true);
  EXPECT_EQ(run.observer.rows(), chains * counting.draws);
  EXPECT_EQ(run.sink.tuning(), share ? "tuned by 0" : "");
  for (const Ending& ending : run.endings) EXPECT_EQ(ending.code, ExitCode::done);
}

INSTANTIATE_TEST_SUITE_P(RanksChainsModes, EveryShape,
                         ::testing::Combine(::testing::Values(1, 3, 5), ::testing::Values(1U, 5U, 8U),
                                            ::testing::Bool()));

TEST_P(EveryShape, GoesOnFromAnOutputThatEndedAnywhere) {
  const auto [ranks, chains, share] = GetParam();
  const RunPlan plan{chains, share, 0.01};
  const Counting counting;
  const RecordingSink::Rows all = expected_rows(plan, counting);
  for (const std::uint64_t iterations : {0U, 7U, 30U, 31U, 130U}) {
    const std::uint64_t draws = iterations < counting.warmup ? 0 : iterations - counting.warmup;
    Recovered recovered;
    RecordingSink::Rows rows;
    for (std::uint32_t chain = 0; chain < chains; ++chain) {
      // Only chain 0 can be in the middle of a shared warm-up; others are a draw further than the one before.
      const std::uint64_t done =
          share && chain > 0 && draws == 0 ? 0 : std::min<std::uint64_t>(iterations + chain, 130);
      const std::uint64_t kept = done < counting.warmup ? 0 : done - counting.warmup;
      const std::string tuning = "tuned by " + std::to_string(share ? 0 : chain);
      recovered.chains.push_back({done,
                                  done ? std::to_string(done) : "",
                                  done < 30 || (share && chain) ? "" : tuning,
                                  kept == counting.draws,
                                  {},
                                  kept});
      if (kept)
        rows[chain].assign(all.at(chain).begin(), all.at(chain).begin() + static_cast<std::ptrdiff_t>(3 * kept));
    }
    if (share && iterations >= counting.warmup) recovered.tuning = "tuned by 0";
    LocalRun run;
    run.sink.begin_with(recovered, rows);
    run(ranks, plan, counting);
    EXPECT_EQ(run.sink.flushed(), all) << iterations;
    EXPECT_EQ(run.sink.finished(), true);
  }
}

TEST(LocalRun, AChainThatFailsIsNamedAndTheOthersEnd) {
  LocalRun run;
  Counting counting;
  counting.failing_chain = 2;
  run(3, {5, true, 0.01}, counting);
  EXPECT_EQ(run.sink.finished(), false);
  for (const Ending& ending : run.endings) {
    EXPECT_EQ(ending.code, ExitCode::cannot_sample);
    EXPECT_EQ(ending.message, "chain 2 failed: no more points");
  }
  for (const std::uint32_t chain : {0U, 1U, 3U, 4U}) EXPECT_EQ(run.sink.flushed().at(chain).size(), 300U);
  EXPECT_EQ(run.observer.rows(), 410U);  // the chain that fails has ten
}

TEST(LocalRun, AFailureOfTheOutputEndsAllWithItsCode) {
  LocalRun run;
  run.sink.fail_at(150);
  run(3, {5, false, 0.01}, {});
  for (const Ending& ending : run.endings) {
    EXPECT_EQ(ending.code, ExitCode::io_failed);
    EXPECT_EQ(ending.message, "no space left");
  }
}

TEST(LocalRun, ACoordinatorThatCannotBeginEndsAllAtOnce) {
  LocalRun run;
  run.sink.begin_with({{{}, {}}, {}, {}}, {});
  run(3, {5, false, 0.01}, {});
  for (const Ending& ending : run.endings) {
    EXPECT_EQ(ending.code, ExitCode::defect);
    EXPECT_NE(ending.message.find("a run of 5 chains goes on from 2"), std::string::npos) << ending.message;
  }
  EXPECT_EQ(run.observer.times_abandoned(), 1);
}

TEST(LocalRun, AReportThatFailsIsReportedAndDecidesTheCode) {
  LocalRun run;
  run.observer.fail_at_the_end();
  run(2, {2, true, 0.01}, {});
  ASSERT_EQ(run.observer.endings().size(), 2U);
  EXPECT_EQ(run.observer.endings()[1].message, "the table cannot be made");
  EXPECT_EQ(run.sink.finished(), true) << "the draws are complete all the same";
  for (const Ending& ending : run.endings) EXPECT_EQ(ending.code, ExitCode::io_failed);
}

TEST(LocalRun, AnInterruptOfAnyRankKeepsAllThatWasSampledAndStopsTheRest) {
  Counting counting;
  counting.draws = 1000000;
  counting.iteration_time = std::chrono::microseconds(100);
  for (const std::int32_t ranks : {1, 3}) {
    LocalRun run;
    run(ranks, {5, false, 10}, counting,
        [&]() -> std::string { return run.sink.chains_begun() == ranks ? "stopped by a signal" : ""; });
    EXPECT_EQ(run.sink.finished(), false);
    EXPECT_EQ(run.sink.flushed().size(), static_cast<std::size_t>(ranks));
    for (const auto& [chain, rows] : run.sink.flushed()) EXPECT_GT(rows.size(), 0U) << "chain " << chain;
    for (const Ending& ending : run.endings) {
      EXPECT_EQ(ending.code, ExitCode::stopped);
      EXPECT_EQ(ending.message, "stopped by a signal");
    }
  }
}

TEST(LocalRun, EndsWithTheDrawsThatAreEnoughFromAnyNumberOfRanks) {
  const Counting counting{.warmup = 30, .draws = 2000};
  for (const std::int32_t ranks : {1, 2, 3}) {
    LocalRun run;
    run.sink.enough_at(290);
    RunPlan plan{3, true, 0.01};
    plan.looks_below = counting.draws;
    run(ranks, plan, counting);
    for (const Ending& ending : run.endings) EXPECT_EQ(ending.code, ExitCode::done);
    ASSERT_EQ(run.sink.flushed().size(), 3U);
    for (const auto& [chain, rows] : run.sink.flushed()) EXPECT_EQ(rows.size(), 3 * 300U) << chain;
  }
}

}  // namespace
}  // namespace exmc::runtime
