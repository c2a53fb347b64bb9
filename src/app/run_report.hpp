#pragma once

#include <chrono>
#include <filesystem>
#include <optional>

#include "exmc/runtime/run_rank.hpp"
#include "file_sink.hpp"
#include "job.hpp"
#include "live_display.hpp"
#include "pace.hpp"
#include "summary.hpp"
#include "voice.hpp"

namespace exmc::app {

/// Tells the user how a run goes, and prints its table at the end.
class RunReport final : public runtime::RunObserver {
 public:
  /// @param places  ranks, or threads
  /// @param interrupt  what may end the making of the table
  RunReport(const Job& job, const Voice& voice, std::uint64_t places, runtime::InterruptSource interrupt);

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
  std::optional<Summary> print_table() const;
  void learned(std::optional<ChainId> chain, const std::vector<std::string>& sentences);
  [[nodiscard]] double seconds_since_start() const;
  [[nodiscard]] std::string kept() const;  ///< "300 of 5000 draws are in run.h5"
  std::filesystem::path file_;
  std::string summary_;  ///< what of it to show at the end
  std::uint64_t planned_draws_;
  bool has_goal_;
  Voice voice_;
  runtime::InterruptSource interrupt_;
  std::uint64_t written_ = 0;
  runtime::Verdict verdict_;  ///< the last one
  PaceMeter pace_;
  LiveDisplay display_;
  Clock::time_point start_ = Clock::now(), last_log_ = start_;
};

}  // namespace exmc::app
