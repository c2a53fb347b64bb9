#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exmc/io/draw_file.hpp"
#include "exmc/runtime/chain_task.hpp"
#include "exmc/sampler/settings.hpp"
#include "goal_judge.hpp"

namespace exmc::app {

/// The output file as the runtime's sink.
class FileSink final : public runtime::DrawSink {
 public:
  /// What a warm-up learned, in words, from its tuning.
  using Describe = std::function<std::vector<std::string>(const std::string& tuning)>;
  /// Is told what the first warm-up that ended learned: the one whose tuning is broadcast, where one is. No chain: what
  /// an earlier run's had.
  using Learned = std::function<void(std::optional<ChainId> chain, const std::vector<std::string>& sentences)>;

  /// `file` is new, or one to go on with. `goal`: where the run may end before all of its draws are there.
  FileSink(io::DrawFile file, std::uint32_t chains, const sampler::Settings& settings, Describe describe,
           const std::optional<diagnostics::Goal>& goal);

  /// Told at once where begin_with() has learned already.
  void on_learned(Learned learned);

  [[nodiscard]] runtime::Recovered recovered() const override;
  /// All chains share an earlier run's tuning: durably so when this returns.
  void begin_with(const std::string& tuning);
  /// Chains that failed begin anew, from other starts: durably so when this returns.
  void retry_failed();
  void tuned(const std::string& tuning) override;
  void append(const runtime::Block& block) override;
  std::uint64_t flush() override { return file_.flush(); }
  void judge(const std::vector<ChainId>& chains, std::uint64_t draws) override;
  std::optional<runtime::Verdict> verdict() override;
  void keep(const runtime::Verdict& enough) override;
  /// How a goal was reached that ended the run; empty where none did.
  [[nodiscard]] const std::string& goal() const { return file_.goal(); }
  /// Whether fewer draws than all may still turn out to be enough, although all are there.
  [[nodiscard]] bool looks() const { return judge_ && file_.looked() < file_.draws() && goal().empty(); }
  void record(const runtime::RunEvent& event) override;
  /// The same for what happens to the run as a whole, here and now.
  void record(runtime::RunEvent::Kind kind, const std::string& text);
  std::uint64_t finish(bool complete) override;

 private:
  [[nodiscard]] runtime::RecoveredChain recovered(ChainId chain) const;
  void note_learned(std::optional<ChainId> chain, std::uint64_t iterations, const std::string& tuning);

  io::DrawFile file_;
  std::unique_ptr<GoalJudge> judge_;  ///< where there is a goal
  std::optional<runtime::Verdict> enough_;
  Describe describe_;
  Learned learned_;
  std::vector<std::string> untold_;         ///< what was learned before there was anybody to tell
  std::optional<io::SharedTuning> shared_;  ///< as recovered
  ChainId last_warm_;                       ///< whose warm-up ended last
  std::set<ChainId> ended_;                 ///< as far as this process knows
  bool events_missed_ = false, retries_ = false, learned_noted_ = false;
  std::uint32_t chains_;
  sampler::Settings settings_;
};

}  // namespace exmc::app
