#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "exmc/runtime/run_rank.hpp"
#include "file_sink.hpp"
#include "job.hpp"
#include "live_display.hpp"
#include "terminal.hpp"

namespace exmc::app {

/// How a run speaks.
struct Voice {
  bool quiet = false;
  std::optional<Terminal> terminal{};  ///< for a table that is written again and again, instead of log lines
};

/// Tells the user how a run goes, and prints its table at the end.
class RunReport final : public runtime::RunObserver {
 public:
  RunReport(const Job& job, const Voice& voice);

  /// Tells where the run goes on from, if not from nothing, and what its warm-up learns.
  void follow(FileSink& sink);

  void progress(std::span<const runtime::ChainRecord> chains) override;
  void written(std::uint64_t rows) override;
  void happened(const runtime::RunEvent& event) override;
  void judged(const runtime::Verdict& verdict) override { verdict_ = verdict; }
  void ended(const runtime::Ending& ending) override;
  void abandoned(const runtime::Ending& ending) override;

 private:
  using Clock = std::chrono::steady_clock;

  void goes_on_from(const runtime::Recovered& recovered);
  void learned(std::optional<ChainId> chain, const std::vector<std::string>& sentences);
  [[nodiscard]] double seconds_since_start() const;
  std::filesystem::path file_;
  std::uint64_t planned_iterations_, planned_draws_;
  bool has_goal_;
  std::uint64_t recovered_iterations_ = 0;
  Voice voice_;
  std::uint64_t written_ = 0;
  runtime::Verdict verdict_;  ///< the last one
  LiveDisplay display_;
  Clock::time_point start_ = Clock::now(), last_log_ = start_;
};

}  // namespace exmc::app
