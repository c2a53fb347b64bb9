#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "exmc/io/draw_file.hpp"
#include "exmc/runtime/chain_task.hpp"
#include "exmc/sampler/settings.hpp"

namespace exmc::app {

/// The output file as the runtime's sink.
class FileSink final : public runtime::DrawSink {
 public:
  /// What a warm-up learned, in words, from its tuning.
  using Describe = std::function<std::vector<std::string>(const std::string& tuning)>;
  /// Is told what the first warm-up that ended learned: the one whose tuning is broadcast, where one is.
  using Learned = std::function<void(ChainId chain, const std::vector<std::string>& sentences)>;

  /// `file` is new, or one to go on with.
  FileSink(io::DrawFile file, std::uint32_t chains, const sampler::Settings& settings, Describe describe);

  void on_learned(Learned learned) { learned_ = std::move(learned); }

  [[nodiscard]] runtime::Recovered recovered() const override;
  /// Chains that failed begin anew, from other starts: durably so when this returns.
  void retry_failed();
  /// The tuning came with the block that ended the warm-up.
  void tuned(const std::string&) override { file_.flush(); }
  void append(const runtime::Block& block) override;
  std::uint64_t flush() override { return file_.flush(); }
  void record(const runtime::RunEvent& event) override;
  /// The same for what happens to the run as a whole, here and now.
  void record(runtime::RunEvent::Kind kind, const std::string& text);
  std::uint64_t finish(bool complete) override;

 private:
  [[nodiscard]] runtime::RecoveredChain recovered(ChainId chain) const;
  void note_learned(const runtime::Block& block);

  io::DrawFile file_;
  Describe describe_;
  Learned learned_;
  bool events_missed_ = false, retries_ = false, learned_noted_ = false;
  std::uint32_t chains_;
  sampler::Settings settings_;
};

}  // namespace exmc::app
