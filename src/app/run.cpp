#include "run.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "activity.hpp"
#include "exmc/core/fault_point.hpp"
#include "exmc/io/file_status.hpp"
#include "exmc/runtime/beating.hpp"
#include "exmc/runtime/local_ranks.hpp"
#include "exmc/runtime/run_rank.hpp"
#include "job.hpp"
#include "launcher.hpp"
#include "log.hpp"
#include "mpi_start.hpp"
#include "rank_card.hpp"
#include "share_job.hpp"
#include "stop_signal.hpp"
#include "time_limit.hpp"
#include "undertaking.hpp"
#include "voice.hpp"

namespace exmc::app {
namespace {

constexpr std::chrono::milliseconds kLockLimit{500}, kLockPause{5};

/// Opens the output as soon as the lock of the rank that wrote it is gone: a death may be known a little earlier.
std::unique_ptr<runtime::DrawSink> reopen(Undertaking& undertaking, const std::vector<Process>& places) {
  const auto deadline = std::chrono::steady_clock::now() + kLockLimit;
  while (true) {
    try {
      return undertaking.reopen(places);
    } catch (const IoError&) {
      if (std::chrono::steady_clock::now() >= deadline) throw;
    }
    std::this_thread::sleep_for(kLockPause);
  }
}

io::Existing existing_output(const Options& options, const SharedJob& shared) {
  // Whoever read the job and died may have made the file already, and told nobody.
  const bool ours = io::last_writer(shared.job().config.output.file) == shared.reader();
  return options.overwrite || ours ? io::Existing::replace : io::Existing::refuse;
}

std::vector<RankCard> living(const std::vector<std::string>& cards) {
  std::vector<RankCard> found;
  for (const std::string& card : cards) {
    if (!card.empty()) found.push_back(decode_card(card));
  }
  return found;
}

std::vector<Process> places_of(const std::vector<RankCard>& cards, std::int32_t ranks) {
  std::vector<Process> places(static_cast<std::size_t>(ranks));
  for (const RankCard& card : cards) places.at(static_cast<std::size_t>(card.rank.value)) = card.process;
  return places;
}

/// Whether a rank has begun the run already, under a coordinator that died.
bool run_has_begun(const runtime::Muster& muster) {
  return std::ranges::any_of(
      muster.early, [](const runtime::Message& message) { return message.kind == runtime::MessageKind::standing; });
}

/// What the coordinator does before the run begins. @return false where nothing is left to be done.
/// @throws Error for what keeps it from that.
bool prepare_output(runtime::RankPart& part, const Options& options, const SharedJob& shared,
                    const runtime::Muster& muster, Undertaking& undertaking) {
  const std::vector<RankCard> cards = living(muster.cards);
  require_same_job(cards);
  for (const std::string& line : differences(cards)) log_warning(line);
  for (const std::string& line : shared.job().notes) log_warning(line);
  if (part.places.empty()) part.places = places_of(cards, part.members.size());
  if (run_has_begun(muster)) {
    std::vector<Process> writers = part.places;
    writers.push_back(shared.reader());
    part.output = reopen(undertaking, writers);
  } else {
    part.output = undertaking.open(cards, existing_output(options, shared));
    if (!part.output) return false;
  }
  undertaking.announce(part.members.size(), "rank");
  // Here, since a launcher that is interrupted passes on no more words.
  log_info("Ctrl-C ends this at once; what is written is safe whatever ends it, and " +
           std::string(options.command == Command::predict ? "--predict" : "--resume") + " goes on from there");
  return true;
}

std::unique_ptr<Undertaking> make_undertaking(const Options& options, const Job& job, const Programs& programs,
                                              Telling telling) {
  return options.command == Command::predict ? make_predicting(options, job, programs, std::move(telling))
                                             : make_sampling(options, job, programs, std::move(telling));
}

runtime::Ending carry_out(runtime::Communicator& ranks, const Options& options, const SharedJob& shared,
                          runtime::Muster muster, double heartbeat_seconds) {
  const runtime::InterruptSource interrupt = within_time_limit(stop_reason(true), shared.job().config);
  const auto undertaking =
      make_undertaking(options, shared.job(), shared.programs(),
                       {voice_of(options, true), static_cast<std::uint64_t>(ranks.size()), interrupt});
  runtime::RankPart part{.plan = undertaking->plan(),
                         .factory = undertaking->factory(),
                         .observer = undertaking->observer(),
                         .interrupt = interrupt,
                         .reopen = {},
                         .places = muster.places,
                         .members = muster.members,
                         .output = {},
                         .ready = muster.ready,
                         .early = {}};
  part.plan.survives_deaths = ranks.survives_deaths();
  if (muster.members.coordinates()) {
    try {
      bool more = false;
      const auto beat = [&ranks] { runtime::beat_to_all(ranks); };
      const auto prepare = [&] { more = prepare_output(part, options, shared, muster, *undertaking); };
      for (runtime::Message& message : runtime::work_beating(ranks, heartbeat_seconds, beat, prepare)) {
        muster.early.push_back(std::move(message));
      }
      if (!more) {
        runtime::dismiss(ranks, {});
        return {};
      }
    } catch (...) {
      const runtime::Ending ending = runtime::ending_of_current_exception();
      say_error(ending.message);
      runtime::dismiss(ranks, ending);
      return ending;
    }
    runtime::begin_run(ranks, part.places, muster.strangers);
  }
  part.reopen = [&undertaking, places = part.places] { return reopen(*undertaking, places); };
  part.early = std::move(muster.early);
  return runtime::run_rank(ranks, std::move(part));
}

runtime::Ending take_part(runtime::Communicator& ranks, const Options& options, double heartbeat_seconds) {
  SharedJob shared(options, ranks.rank(), ranks.size());
  runtime::Muster muster = runtime::muster(ranks, shared, stop_reason(true), heartbeat_seconds);
  fault_point(FaultPhase::job);
  if (!muster.ending) return carry_out(ranks, options, shared, std::move(muster), heartbeat_seconds);
  const bool coordinates = muster.members.coordinates();
  if (muster.speaks) coordinates ? say_error(muster.ending->message) : say_once_per_host(muster.ending->message);
  if (coordinates) runtime::dismiss(ranks, *muster.ending);
  return *muster.ending;
}

}  // namespace

ExitCode run_on_ranks(const Options& options, const Launcher& launcher) {
  arm_fault_points(RankId{static_cast<std::int32_t>(launcher.rank)});
  const Patience patience = patience_of(options);
  const auto ranks = start_mpi(launcher, patience);
  fault_point(FaultPhase::init);
  catch_stop_signals();
  const runtime::Ending ending = take_part(*ranks, options, patience.heartbeat_seconds);
  ranks->leave(ending.code, ending.clean);
  return ending.code;
}

ExitCode refuse_on_ranks(const runtime::Ending& ending, const Launcher& launcher) {
  const auto ranks = start_mpi(launcher, patience_of({}));
  if (ranks->rank() == RankId{0}) say_error(ending.message);
  ranks->leave(ending.code, ending.clean);
  return ending.code;
}

ExitCode run_locally(const Options& options) {
  arm_fault_points(RankId{0});
  catch_stop_signals();
  const Voice voice = voice_of(options, false);
  Job job;
  std::uint32_t threads = 1;
  Programs programs;
  {
    const Activity activity(kReading, voice, stop_reason(false));
    job = load_job(options, default_chains(std::nullopt));
    threads = std::min(std::max(1U, std::thread::hardware_concurrency()), *job.config.chains);
    programs = compile(job, threads);
  }
  const auto ranks = runtime::make_local_ranks(static_cast<std::int32_t>(threads));
  const auto existing = options.overwrite ? io::Existing::replace : io::Existing::refuse;
  for (const std::string& line : job.notes) log_warning(line);
  const runtime::InterruptSource asked_to_stop = within_time_limit(stop_reason(false), job.config);
  const auto undertaking = make_undertaking(options, job, programs, {voice, threads, asked_to_stop});
  auto sink = undertaking->open({own_card(RankId{0}, job_hash(job))}, existing);
  if (!sink) return ExitCode::done;
  undertaking->announce(static_cast<std::int32_t>(threads), "thread");
  const auto take_part = [&](runtime::Communicator& rank, std::unique_ptr<runtime::DrawSink> output,
                             runtime::InterruptSource interrupt) {
    const runtime::Membership members(rank.rank(), rank.size());
    runtime::RunPlan plan = undertaking->plan();
    plan.heartbeat_seconds = std::numeric_limits<double>::infinity();  // no thread can be killed
    return runtime::run_rank(rank, {plan,
                                    undertaking->factory(),
                                    undertaking->observer(),
                                    std::move(interrupt),
                                    {},
                                    {},
                                    members,
                                    std::move(output),
                                    {},
                                    {}});
  };
  std::vector<std::jthread> others;
  for (std::size_t rank = 1; rank < ranks.size(); ++rank) {
    others.emplace_back([&, rank] {
      const runtime::Ending ending = take_part(*ranks[rank], {}, [] { return std::string(); });
      ranks[rank]->leave(ending.code, ending.clean);
    });
  }
  return take_part(*ranks[0], std::move(sink), asked_to_stop).code;
}

}  // namespace exmc::app
