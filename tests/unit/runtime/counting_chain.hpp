#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "exmc/runtime/chain_task.hpp"
#include "exmc/runtime/run_rank.hpp"

namespace exmc::runtime::testing {

/// What a run of counting chains is like. A row is (chain, number of the draw, sum over the tuning's letters).
struct Counting {
  std::uint64_t warmup = 30;
  std::uint64_t draws = 100;
  std::uint32_t failing_chain = ~0U;  ///< throws at its tenth draw
  std::chrono::microseconds iteration_time{0};
};

/// A chain whose every number is known: the test double for what the protocol moves. Blocks of ten iterations.
class CountingChain final : public ChainTask {
 public:
  CountingChain(const Counting& run, ChainId chain, std::string tuning, const std::string& state)
      : run_(run),
        chain_(chain),
        tuning_(std::move(tuning)),
        iteration_(state.empty() ? 0 : std::stoull(state)),
        owes_tuning_(tuning_.empty()) {
    if (iteration_ >= run_.warmup && tuning_.empty()) end_warmup();
  }

  bool advance(Block& block, const std::function<bool(std::size_t)>& enough) override {
    const bool warmup = iteration_ < run_.warmup;
    const std::uint64_t end = std::min(warmup ? run_.warmup : run_.warmup + run_.draws, iteration_ + 10);
    block.chain = chain_;
    block.begin = iteration_;
    block.warmup = warmup;
    block.first = warmup ? 0 : iteration_ - run_.warmup;
    while (iteration_ < end) {
      step(block);
      if (enough(block.values.size() * sizeof(double))) break;
    }
    block.end = iteration_;
    block.state = std::to_string(iteration_);
    if (iteration_ >= run_.warmup && tuning_.empty()) end_warmup();
    if (iteration_ >= run_.warmup && owes_tuning_) {
      block.tuning = tuning_;
      owes_tuning_ = false;
    }
    return iteration_ < run_.warmup + run_.draws;
  }
  [[nodiscard]] ChainProgress progress() const override { return {"counting", iteration_, run_.draws, 0, 1}; }

 private:
  void step(Block& block) {
    if (run_.iteration_time.count()) std::this_thread::sleep_for(run_.iteration_time);
    if (iteration_ >= run_.warmup) {
      const std::uint64_t draw = iteration_ - run_.warmup;
      if (chain_.value == run_.failing_chain && draw == 10)
        throw ChainFailed("no more points", std::to_string(iteration_) + " failed");
      double sum = 0;
      for (const char letter : tuning_) sum += letter;
      for (const double value : {static_cast<double>(chain_.value), static_cast<double>(draw), sum}) {
        block.values.push_back(value);
      }
      ++block.rows;
    }
    ++iteration_;
  }
  void end_warmup() { tuning_ = "tuned by " + std::to_string(chain_.value); }

  Counting run_;
  ChainId chain_;
  std::string tuning_;
  std::uint64_t iteration_;
  bool owes_tuning_;
};

class CountingFactory final : public ChainFactory {
 public:
  explicit CountingFactory(const Counting& run) : run_(run) {}
  std::unique_ptr<ChainTask> make(ChainId chain, const std::string& tuning, const std::string& state, Pulse&) override {
    return std::make_unique<CountingChain>(run_, chain, tuning, state);
  }

 private:
  Counting run_;
};

/// Keeps what it is given, and what of it was flushed.
class RecordingSink final : public DrawSink {
 public:
  using Rows = std::map<std::uint32_t, std::vector<double>>;

  class Opened final : public DrawSink {
   public:
    explicit Opened(RecordingSink& output) : output_(output) {}
    [[nodiscard]] Recovered recovered() const override { return output_.recovered(); }
    void tuned(const std::string& tuning) override { output_.tuned(tuning); }
    void append(const Block& block) override { output_.append(block); }
    std::uint64_t flush() override { return output_.flush(); }
    void judge(const std::vector<ChainId>& chains, std::uint64_t draws) override { output_.judge(chains, draws); }
    std::optional<Verdict> verdict() override { return output_.verdict(); }
    void keep(const Verdict& enough) override { output_.keep(enough); }
    void record(const RunEvent& event) override { output_.record(event); }
    std::uint64_t finish(bool complete) override { return output_.finish(complete); }

   private:
    RecordingSink& output_;
  };

  [[nodiscard]] Recovered recovered() const override { return recovered_; }
  void tuned(const std::string& tuning) override { tuning_ = tuning; }
  void append(const Block& block) override {
    if (fails_at_ && appended_ >= *fails_at_) throw IoError("no space left");
    std::vector<double>& rows = rows_[block.chain.value];
    if (block.first * 3 != rows.size() && block.rows) throw std::logic_error("a block out of order");
    rows.insert(rows.end(), block.values.begin(), block.values.end());
    appended_ += block.rows;
    if (block.rows && block.first == 0) ++chains_begun_;
  }
  std::uint64_t flush() override {
    flushed_ = rows_;
    return appended_;
  }
  void judge(const std::vector<ChainId>& chains, std::uint64_t draws) override {
    for (const ChainId chain : chains) {
      if (rows_[chain.value].size() < 3 * draws) throw std::logic_error("draws are judged that are not there");
    }
    verdict_ = Verdict{draws, draws >= enough_at_, "so far"};
  }
  std::optional<Verdict> verdict() override { return std::exchange(verdict_, {}); }
  void keep(const Verdict& enough) override {
    for (auto& [chain, rows] : rows_) rows.resize(3 * enough.draws);
  }
  void record(const RunEvent&) override {}
  std::uint64_t finish(bool complete) override {
    finished_ = complete;
    return flush();
  }

  [[nodiscard]] const Rows& flushed() const { return flushed_; }
  [[nodiscard]] const std::string& tuning() const { return tuning_; }
  [[nodiscard]] std::optional<bool> finished() const { return finished_; }
  /// Chains with a draw so far; may be asked by any thread.
  [[nodiscard]] int chains_begun() const { return chains_begun_; }
  void fail_at(std::uint64_t rows) { fails_at_ = rows; }
  /// So many draws of each chain are enough.
  void enough_at(std::uint64_t draws) { enough_at_ = draws; }
  /// This output, as a run owns it.
  [[nodiscard]] std::unique_ptr<DrawSink> open() { return std::make_unique<Opened>(*this); }
  /// Stands for an output that has that much already; `rows` are its draws.
  void begin_with(Recovered recovered, Rows rows) {
    recovered_ = std::move(recovered);
    rows_ = std::move(rows);
  }

 private:
  Rows rows_, flushed_;
  Recovered recovered_;
  std::string tuning_;
  std::optional<bool> finished_;
  std::optional<std::uint64_t> fails_at_;
  std::uint64_t enough_at_ = ~std::uint64_t{0};
  std::optional<Verdict> verdict_;
  std::uint64_t appended_ = 0;
  std::atomic<int> chains_begun_ = 0;
};

/// Remembers what a run reported.
class RecordingObserver final : public RunObserver {
 public:
  void progress(std::span<const ChainRecord>) override {}
  void written(std::uint64_t rows) override { rows_ = rows; }
  void happened(const RunEvent&) override {}
  void judged(const Verdict&) override {}
  void ended(const Ending& ending) override {
    endings_.push_back(ending);
    if (fails_ && ending.code == ExitCode::done) throw IoError("the table cannot be made");
  }
  void abandoned(const Ending&) override { ++times_abandoned_; }
  void fail_at_the_end() { fails_ = true; }

  [[nodiscard]] const std::vector<Ending>& endings() const { return endings_; }

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] int times_abandoned() const { return times_abandoned_; }

 private:
  std::uint64_t rows_ = 0;
  int times_abandoned_ = 0;
  std::vector<Ending> endings_;
  bool fails_ = false;
};

}  // namespace exmc::runtime::testing
