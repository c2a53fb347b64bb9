#include "run_report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

#include "launcher.hpp"
#include "log.hpp"
#include "progress.hpp"
#include "summary.hpp"

namespace exmc::app {
namespace {

/// Log lines of a long run become rarer: a tenth of the time so far lies between two, within these limits.
constexpr double kShortestLogInterval = 1, kLongestLogInterval = 60;

/// Sentences of what was learned in the log; the file has more.
constexpr std::size_t kMostLearned = 8;

}  // namespace

RunReport::RunReport(const Job& job, const Voice& voice)
    : file_(job.config.output.file),
      planned_iterations_(planned_iterations(job)),
      planned_draws_(*job.config.chains * job.config.sampler.draws),
      has_goal_(job.config.stop.ess.has_value()),
      voice_(voice),
      display_(voice.terminal ? voice.terminal->stream : stderr) {}

void RunReport::follow(FileSink& sink) {
  goes_on_from(sink.recovered());
  sink.on_learned(
      [this](std::optional<ChainId> chain, const std::vector<std::string>& sentences) { learned(chain, sentences); });
}

void RunReport::learned(std::optional<ChainId> chain, const std::vector<std::string>& sentences) {
  if (voice_.quiet) return;
  display_.clear();
  const std::size_t shown = std::min(sentences.size(), kMostLearned);
  for (std::size_t i = 0; i < shown; ++i) {
    log_info((i > 0   ? "  "
              : chain ? fmt::format("chain {} is warm: ", chain->value)
                      : "from an earlier run: ") +
             sentences[i]);
  }
  if (shown < sentences.size()) log_info(fmt::format("  and {} variables more", sentences.size() - shown));
}

void RunReport::goes_on_from(const runtime::Recovered& recovered) {
  std::uint64_t chains = 0;
  for (const runtime::RecoveredChain& chain : recovered.chains) {
    recovered_iterations_ += chain.iterations;
    written_ += chain.draws;
    chains += chain.iterations > 0 ? 1 : 0;
  }
  if (chains == 0) return;
  log_info(fmt::format("going on with {}: {} of {} draws are there, {} of {} chains have begun", file_.string(),
                       written_, planned_draws_, chains, recovered.chains.size()));
}

double RunReport::seconds_since_start() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

void RunReport::progress(std::span<const runtime::ChainRecord> chains) {
  if (voice_.quiet) return;
  const Pace pace{planned_iterations_, recovered_iterations_, seconds_since_start(), has_goal_,
                  verdict_.draws > 0 ? fmt::format("{} at {} draws", verdict_.text, verdict_.draws) : ""};
  if (voice_.terminal) return display_.show(progress_table(chains, pace, voice_.terminal->columns));
  const double since_last = std::chrono::duration<double>(Clock::now() - last_log_).count();
  if (since_last < std::clamp(seconds_since_start() / 10, kShortestLogInterval, kLongestLogInterval)) return;
  last_log_ = Clock::now();
  log_info(progress_line(chains, pace) + (pace.goal.empty() ? "" : " | " + pace.goal) +
           fmt::format(" | {} draws written", written_));
}

void RunReport::written(std::uint64_t rows) { written_ = rows; }

void RunReport::happened(const runtime::RunEvent& event) {
  if (is_routine(event.kind)) return;
  display_.clear();
  log_warning(event.text);
}

void RunReport::abandoned(const runtime::Ending& ending) { say_once_per_host(ending.message); }

void RunReport::ended(const runtime::Ending& ending) {
  display_.leave();
  if (ending.code != ExitCode::done) {
    const std::string kept = fmt::format("{} of {} draws are in {}", written_, planned_draws_, file_.string());
    const bool resumable = ending.code == ExitCode::stopped || ending.code == ExitCode::io_failed;
    const bool failed = ending.code == ExitCode::cannot_sample;
    if (failed && written_ > 0 && !voice_.quiet) print_summary(file_, TableFormat::text);
    say_error(ending.message + "; " + kept + (resumable ? ", and --resume goes on from there" : "") +
              (failed && !verdict_.enough ? ", and --resume tries other starts" : ""));
    return;
  }
  if (voice_.quiet) return;
  if (verdict_.enough) {
    log_info(fmt::format("{} draws of each chain are enough: {}; what came after them is dropped", verdict_.draws,
                         verdict_.text));
  }
  log_info(fmt::format("{} draws written to {} in {:.1f} s", written_, file_.string(), seconds_since_start()));
  print_summary(file_, TableFormat::text);
}

}  // namespace exmc::app
