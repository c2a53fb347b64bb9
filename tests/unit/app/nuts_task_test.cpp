#include "nuts_task.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "exmc/ir/load.hpp"

namespace exmc::app {
namespace {

using runtime::Block;

std::shared_ptr<const density::Program> funnel() {
  ir::ModelSource source;
  source.label = "test";
  source.text = R"json({"exmc_ir": 1, "name": "funnel", "nodes": {
    "y": {"dist": "normal", "mu": 0, "sigma": 3},
    "x": {"dist": "normal", "mu": 0, "sigma": "exp(y/2)", "shape": [3]}}})json";
  return density::compile(ir::load_model(source, nullptr));
}

NutsPlan plan(bool save_warmup) {
  sampler::Settings settings;
  settings.warmup_iterations = 60;
  settings.settle_iterations = 20;
  settings.draws = 40;
  const auto program = funnel();
  return {program, DrawRow({program, nullptr}), settings, 7, save_warmup};
}

/// Runs a task to its end in blocks of `length` iterations; the task is made anew from its state before each block
/// where `restart`.
std::vector<Block> run(NutsFactory& factory, ChainId chain, const std::string& given_tuning, int length, bool restart) {
  std::vector<Block> blocks;
  std::string tuning = given_tuning;
  runtime::Pulse pulse;
  auto task = factory.make(chain, tuning, {}, pulse);
  for (bool more = true; more;) {
    if (restart && !blocks.empty()) task = factory.make(chain, tuning, blocks.back().state, pulse);
    int done = 0;
    more = task->advance(blocks.emplace_back(), [&](std::size_t) { return ++done == length; });
    if (!blocks.back().tuning.empty()) tuning = blocks.back().tuning;  // also that of a warm-up of its own
  }
  return blocks;
}

/// All rows, of the warm-up and of sampling.
std::vector<double> rows(const std::vector<Block>& blocks) {
  std::vector<double> all;
  for (const Block& block : blocks) all.insert(all.end(), block.values.begin(), block.values.end());
  return all;
}

TEST(NutsTask, BlocksFollowEachOtherAndEndTheWarmup) {
  NutsFactory factory(plan(true));
  const std::vector<Block> blocks = run(factory, ChainId{2}, {}, 25, false);
  std::uint64_t end = 0, warmup_rows = 0, draws = 0;
  for (const Block& block : blocks) {
    EXPECT_EQ(block.chain, ChainId{2});
    EXPECT_EQ(block.begin, end);
    end = block.end;
    std::uint64_t& count = block.warmup ? warmup_rows : draws;
    EXPECT_EQ(block.first, count);
    count += block.rows;
    EXPECT_EQ(block.values.size(), block.rows * (statistics_columns().size() + 4));
  }
  EXPECT_EQ(warmup_rows, 60U);
  EXPECT_EQ(draws, 40U);
  EXPECT_EQ(end, 100U);
}

TEST(NutsTask, DrawsDependNeitherOnBlocksNorOnRestarts) {
  NutsFactory factory(plan(true));
  const std::vector<double> whole = rows(run(factory, ChainId{1}, {}, 1000, false));
  EXPECT_EQ(rows(run(factory, ChainId{1}, {}, 7, false)), whole);
  EXPECT_EQ(rows(run(factory, ChainId{1}, {}, 7, true)), whole);
  EXPECT_NE(rows(run(factory, ChainId{0}, {}, 1000, false)), whole) << "another chain";
}

TEST(NutsTask, ASettlingChainResumesTheSameToo) {
  NutsFactory factory(plan(true));
  runtime::Pulse pulse;
  auto first = factory.make(ChainId{0}, {}, {}, pulse);
  Block warmup;
  first->advance(warmup, [](std::size_t) { return false; });
  const std::string tuning = warmup.tuning;
  ASSERT_FALSE(tuning.empty());
  const std::vector<double> whole = rows(run(factory, ChainId{3}, tuning, 1000, false));
  EXPECT_EQ(rows(run(factory, ChainId{3}, tuning, 3, true)), whole);
}

TEST(NutsTask, AWarmupThatIsNotSavedLeavesNoRowsButItsState) {
  NutsFactory factory(plan(false));
  const std::vector<Block> blocks = run(factory, ChainId{1}, {}, 30, false);
  EXPECT_TRUE(blocks.front().warmup);
  EXPECT_EQ(blocks.front().rows, 0U);
  EXPECT_EQ(blocks.front().end, 30U);
  EXPECT_FALSE(blocks.front().state.empty());
  NutsFactory saving(plan(true));
  const std::vector<double> with_warmup = rows(run(saving, ChainId{1}, {}, 30, false));
  const std::vector<double> draws = rows(blocks);
  EXPECT_TRUE(std::equal(draws.rbegin(), draws.rend(), with_warmup.rbegin())) << "the draws are the same";
}

TEST(NutsTask, BeatsWithEveryGradient) {
  NutsFactory factory(plan(false));
  runtime::Pulse pulse;
  auto task = factory.make(ChainId{0}, {}, {}, pulse);
  const std::uint64_t before = pulse.count();
  Block block;
  task->advance(block, [](std::size_t) { return true; });
  EXPECT_GT(pulse.count(), before);
}

TEST(NutsTask, SaysWhetherAChainSettled) {
  NutsFactory factory(plan(false));
  const std::vector<Block> blocks = run(factory, ChainId{0}, {}, 1000, false);
  EXPECT_TRUE(facts_of(blocks.back().state, {}, plan(false).settings).settled);
}

}  // namespace
}  // namespace exmc::app
