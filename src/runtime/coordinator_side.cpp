#include "coordinator_side.hpp"

#include <utility>
#include <variant>

#include "exmc/core/fault_point.hpp"
#include "overloaded.hpp"

namespace exmc::runtime {
namespace {

constexpr std::chrono::seconds kReportInterval{1};
/// A rank whose iteration takes longer is not waited for, so that all leave within 5 s of a signal.
constexpr std::chrono::milliseconds kStopLimit{3500};

}  // namespace

CoordinatorSide::CoordinatorSide(Communicator& ranks, const RunPlan& plan, DrawSink& sink, RunObserver& observer)
    : ranks_(ranks),
      plan_(plan),
      coordinator_(plan, ranks.size(), sink.recovered()),
      sink_(sink),
      observer_(observer),
      last_flush_(Clock::now()),
      last_report_(last_flush_) {}

void CoordinatorSide::perform(Coordinator::Actions actions) {
  for (CoordinatorAction& action : actions) {
    std::visit(Overloaded{
                   [&](SendMessage& send) { ranks_.send(send.to, send.kind, std::move(send.bytes)); },
                   [&](StoreTuning& store) { sink_.tuned(store.tuning); },
                   [&](ShareTuning& share) {
                     send_to_others(MessageKind::share);
                     ranks_.begin_broadcast(ranks_.rank(), std::move(share.tuning));
                     fault_point(FaultPhase::broadcast);
                   },
                   [&](AppendBlock& append) {
                     sink_.append(append.block);
                     dirty_ = true;
                   },
                   [&](FlushSink&) { flush(); },
                   [&](RecordEvent& record) { this->record(std::move(record.event)); },
                   [&](EndRun& end) { ending_ = std::move(end.ending); },
               },
               action);
  }
}

void CoordinatorSide::record(RunEvent event) {
  event.time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  observer_.happened(event);
  sink_.record(event);
}

void CoordinatorSide::send_to_others(MessageKind kind) {
  for (std::int32_t rank = 0; rank < ranks_.size(); ++rank) {
    if (RankId{rank} != ranks_.rank()) ranks_.send(RankId{rank}, kind, {});
  }
}

void CoordinatorSide::flush() {
  const std::uint64_t rows = sink_.flush();
  last_flush_ = Clock::now();
  dirty_ = false;
  observer_.written(rows);
  perform(coordinator_.flushed());
}

bool CoordinatorSide::handle(const Message& message) {
  switch (message.kind) {
    case MessageKind::block:
      perform(coordinator_.delivered(message.peer, decode_delivery(message.bytes)));
      return true;
    case MessageKind::failed:
      perform(coordinator_.failed(message.peer, decode_ending(message.bytes)));
      return true;
    case MessageKind::interrupt:
      interrupted(message.bytes);
      return true;
    case MessageKind::stopped:
      perform(coordinator_.stopped(message.peer));
      return true;
    default:
      return false;
  }
}

void CoordinatorSide::interrupted(const std::string& reason) {
  if (!stop_deadline_) stop_deadline_ = Clock::now() + kStopLimit;
  perform(coordinator_.interrupted(reason));
}

void CoordinatorSide::tick() {
  const Clock::time_point now = Clock::now();
  if (dirty_ && now - last_flush_ >= std::chrono::duration<double>(plan_.flush_seconds)) flush();
  if (now - last_report_ >= kReportInterval) {
    last_report_ = now;
    observer_.progress(coordinator_.chains());
  }
  if (stop_deadline_ && now >= *stop_deadline_) perform(coordinator_.stop_overdue());
}

void CoordinatorSide::try_last(Ending& ending, const std::function<void()>& step) {
  try {
    step();
  } catch (...) {
    if (ending.code == ExitCode::done) ending = ending_of_current_exception();
  }
}

Ending CoordinatorSide::conclude(Ending ending) {
  try_last(ending, [&] { sink_.finish(ending.code == ExitCode::done); });
  fault_point(FaultPhase::closed);
  const ExitCode reported = ending.code;
  try_last(ending, [&] { observer_.ended(ending); });
  if (ending.code != reported) try_last(ending, [&] { observer_.ended(ending); });
  ending.clean = coordinator_.clean();
  dismiss(ranks_, ending);
  return ending;
}

}  // namespace exmc::runtime
