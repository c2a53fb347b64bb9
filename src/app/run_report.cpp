#include "run_report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "activity.hpp"
#include "exmc/core/error.hpp"
#include "launcher.hpp"
#include "log.hpp"
#include "progress.hpp"

namespace exmc::app {
namespace {

/// Log lines of a long run become rarer: a tenth of the time so far lies between two, within these limits.
constexpr double kShortestLogInterval = 1, kLongestLogInterval = 60;

/// Sentences of what was learned in the log; the file has more.
constexpr std::size_t kMostLearned = 8;

}  // namespace

RunReport::RunReport(const Job& job, const Voice& voice, std::uint64_t places, runtime::InterruptSource interrupt)
    : file_(job.config.output.file),
      summary_(job.config.output.summary),
      planned_draws_(*job.config.chains * config::saved_draws(job.config)),
      has_goal_(job.config.stop.ess.has_value()),
      voice_(voice),
      interrupt_(std::move(interrupt)),
      pace_(course_of(job, places)),
      display_(voice.terminal ? voice.terminal->stream : stderr) {}

void RunReport::follow(FileSink& sink) {
  goes_on_from(sink.recovered());
  sink.on_learned(
      [this](std::optional<ChainId> chain, const std::vector<std::string>& sentences) { learned(chain, sentences); });
}

void RunReport::learned(std::optional<ChainId> chain, const std::vector<std::string>& sentences) {
  if (voice_.quiet) return;
  display_.above([&] {
    const std::size_t shown = std::min(sentences.size(), kMostLearned);
    for (std::size_t i = 0; i < shown; ++i) {
      log_info((i > 0   ? "  "
                : chain ? fmt::format("chain {} is warm: ", chain->value)
                        : "from an earlier run: ") +
               sentences[i]);
    }
    if (shown < sentences.size()) log_info(fmt::format("  and {} variables more", sentences.size() - shown));
  });
}

void RunReport::goes_on_from(const runtime::Recovered& recovered) {
  std::uint64_t chains = 0;
  for (const runtime::RecoveredChain& chain : recovered.chains) {
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
  Pace pace = pace_.look(chains, seconds_since_start());
  pace.may_end_early = has_goal_;
  if (verdict_.draws > 0) pace.goal = fmt::format("{} at {} draws", verdict_.text, verdict_.draws);
  if (voice_.terminal) {
    const Terminal terminal = *voice_.terminal_now();
    return display_.show(progress_table(chains, pace, {terminal.columns, terminal.rows}), terminal.columns);
  }
  const double since_last = std::chrono::duration<double>(Clock::now() - last_log_).count();
  if (since_last < std::clamp(seconds_since_start() / 10, kShortestLogInterval, kLongestLogInterval)) return;
  last_log_ = Clock::now();
  log_info(progress_line(chains, pace) + fmt::format(" | {} draws written", written_));
}

void RunReport::written(std::uint64_t rows) { written_ = rows; }

void RunReport::happened(const runtime::RunEvent& event) {
  if (is_routine(event.kind)) return;
  display_.above([&] {
    log_warning(event.text);
    // Said at once: a launcher that was asked to end may kill what has not left after a quarter of a second.
    if (event.kind == runtime::RunEvent::Kind::stopping) log_warning(kept() + ", and --resume goes on from there");
  });
}

std::string RunReport::kept() const {
  return fmt::format("{} of {} draws are in {}", written_, planned_draws_, file_.string());
}

void RunReport::abandoned(const runtime::Ending& ending) { say_once_per_host(ending.message); }

/// Nothing where somebody would not wait for it.
std::optional<Summary> RunReport::print_table() const {
  const SummaryWish wish{summary_, "output.summary", TableFormat::text, voice_.quiet};
  try {
    Summary summary;
    {
      const Activity activity("summarising " + file_.string(), voice_, interrupt_);
      summary = read_summary(file_, wish);
    }
    print_summary(summary, wish);
    return summary;
  } catch (const Error& error) {
    if (error.code() != ExitCode::stopped) throw;
    log_warning(std::string(error.what()) + ": exmc_mpi --summary " + file_.string() + " shows the table");
    return std::nullopt;
  }
}

void RunReport::ended(const runtime::Ending& ending) {
  display_.leave();
  if (ending.code != ExitCode::done) {
    const bool resumable = ending.code == ExitCode::stopped || ending.code == ExitCode::io_failed;
    const bool failed = ending.code == ExitCode::cannot_sample;
    if (failed && written_ > 0) print_table();
    say_error(ending.message + "; " + kept() + (resumable ? ", and --resume goes on from there" : "") +
              (failed && !verdict_.enough ? ", and --resume tries other starts" : ""));
    return;
  }
  if (verdict_.enough && !voice_.quiet) {
    log_info(fmt::format("{} draws of each chain are enough: {}; what came after them is dropped", verdict_.draws,
                         verdict_.text));
  }
  log_info(fmt::format("{} draws written to {} in {:.1f} s", written_, file_.string(), seconds_since_start()));
  const std::optional<Summary> summary = print_table();
  if (voice_.strict && summary) require_usable(*summary);
}

}  // namespace exmc::app
