#include "run.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "exmc/core/fault_point.hpp"
#include "exmc/runtime/local_ranks.hpp"
#include "exmc/runtime/run_rank.hpp"
#include "file_sink.hpp"
#include "job.hpp"
#include "log.hpp"
#include "mpi_start.hpp"
#include "nuts_task.hpp"
#include "output_layout.hpp"
#include "rank_card.hpp"
#include "run_report.hpp"
#include "share_job.hpp"
#include "stop_signal.hpp"
#include "terminal.hpp"

namespace exmc::app {
namespace {

constexpr std::uint32_t kDefaultChains = 5;

Voice voice(const Options& options, bool launched) {
  const bool line = options.progress == ProgressMode::on ||
                    (options.progress == ProgressMode::automatic && output_is_terminal(launched));
  return {options.quiet, line && !options.quiet};
}

NutsPlan nuts_plan(const Job& job, std::shared_ptr<const density::Program> program) {
  return {std::move(program), sampler_settings(job), *job.config.seed, job.config.output.save_warmup};
}

void announce(const Job& job, std::int32_t ranks) {
  const std::string chains = std::to_string(*job.config.chains);
  log_info("sampling " + job.model.source + ": " + chains + " chains on " + std::to_string(ranks) +
           (ranks == 1 ? " rank" : " ranks") + ", seed " + std::to_string(*job.config.seed) +
           (job.seed_drawn ? " (drawn)" : "") + ", output " + job.config.output.file.string());
}

FileSink make_sink(const Options& options, const Job& job, const density::ModelDensity& density,
                   const std::vector<RankCard>& cards) {
  const io::FileLayout layout = output_layout(job, density, describe(cards));
  const auto existing = options.overwrite ? io::Existing::replace : io::Existing::refuse;
  return {io::DrawFile::create(job.config.output.file, layout, existing), *job.config.chains, sampler_settings(job)};
}

/// Rank 0 from the moment all have the job. What fails before anything is sampled is told to the others.
runtime::Ending coordinate(runtime::Communicator& ranks, const Options& options, const SharedJob& shared) {
  std::optional<FileSink> sink;
  try {
    const std::vector<RankCard> cards = gather_cards(ranks, shared);
    require_same_job(cards);
    for (const std::string& line : differences(cards)) log_warning(line);
    sink.emplace(make_sink(options, shared.job, density::ModelDensity(shared.program), cards));
  } catch (...) {
    const runtime::Ending ending = runtime::ending_of_current_exception();
    say_error(ending.message);
    runtime::dismiss(ranks, ending);
    return ending;
  }
  announce(shared.job, ranks.size());
  NutsFactory factory(nuts_plan(shared.job, shared.program));
  RunReport report(shared.job, voice(options, true));
  return runtime::run_coordinator(ranks, factory, run_plan(shared.job), *sink, report, stop_reason(true));
}

/// Any other rank, from the same moment on.
runtime::Ending work(runtime::Communicator& ranks, const SharedJob& shared) {
  static_cast<void>(gather_cards(ranks, shared));
  if (!shared.program) return runtime::await_ending(ranks);
  NutsFactory factory(nuts_plan(shared.job, shared.program));
  return runtime::run_worker(
      ranks, factory, run_plan(shared.job), stop_reason(true),
      [](const runtime::Ending& ending) { say_once_per_host(ending.message + "; what was written stays readable"); });
}

runtime::Ending take_part(runtime::Communicator& ranks, const Options& options) {
  const bool coordinates = ranks.rank() == runtime::kFirstCoordinator;
  const SharedJob shared = share_job(ranks, options);
  fault_point(FaultPhase::job);
  if (!shared.failure) return coordinates ? coordinate(ranks, options, shared) : work(ranks, shared);
  if (!shared.failure->clean) {
    say_once_per_host(shared.failure->message);  // rank 0 may be the one that died
  } else if (coordinates) {
    say_error(shared.failure->message);
  }
  return *shared.failure;
}

}  // namespace

ExitCode run_on_ranks(const Options& options, const Launcher& launcher) {
  arm_fault_points(RankId{static_cast<std::int32_t>(launcher.rank)});
  const auto ranks = start_mpi(launcher);
  fault_point(FaultPhase::init);
  catch_stop_signals();
  const runtime::Ending ending = take_part(*ranks, options);
  ranks->leave(ending.code, ending.clean);
  return ending.code;
}

ExitCode refuse_on_ranks(const runtime::Ending& ending, const Launcher& launcher) {
  const auto ranks = start_mpi(launcher);
  if (ranks->rank() == runtime::kFirstCoordinator) say_error(ending.message);
  ranks->leave(ending.code, ending.clean);
  return ending.code;
}

ExitCode run_locally(const Options& options) {
  arm_fault_points(RankId{0});
  catch_stop_signals();
  const Job job = load_job(options, kDefaultChains);
  const auto program = density::compile(job.model);
  const std::uint32_t cores = std::max(1U, std::thread::hardware_concurrency());
  const auto ranks = runtime::make_local_ranks(static_cast<std::int32_t>(std::min(cores, *job.config.chains)));
  FileSink sink = make_sink(options, job, density::ModelDensity(program), {own_card(job_hash(job))});
  announce(job, static_cast<std::int32_t>(ranks.size()));
  NutsFactory factory(nuts_plan(job, program));
  RunReport report(job, voice(options, false));
  std::vector<std::jthread> others;
  for (std::size_t rank = 1; rank < ranks.size(); ++rank) {
    others.emplace_back([&, rank] {
      const runtime::Ending ending = runtime::run_worker(
          *ranks[rank], factory, run_plan(job), [] { return std::string(); }, [](const runtime::Ending&) {});
      ranks[rank]->leave(ending.code, ending.clean);
    });
  }
  return runtime::run_coordinator(*ranks[0], factory, run_plan(job), sink, report, stop_reason(false)).code;
}

}  // namespace exmc::app
