#include "coordinator_side.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "copies.hpp"
#include "exmc/core/fault_point.hpp"
#include "exmc/core/overloaded.hpp"
#include "exmc/runtime/beating.hpp"
#include "exmc/runtime/limits.hpp"
#include "exmc/runtime/share.hpp"

namespace exmc::runtime {
namespace {

constexpr std::chrono::seconds kReportInterval{1};
/// The share of its time that the coordinator's thread may spend on flushes that are made by the clock.
constexpr double kMostFlushing = 0.25;
/// Blocks of a rank that are not durable and let it wait soon.
constexpr std::size_t kManyUndurable = kCopiedBytes / 2;

}  // namespace

CoordinatorSide::CoordinatorSide(Communicator& ranks, const Membership& members, const RankPart& part,
                                 std::unique_ptr<DrawSink> sink)
    : ranks_(ranks),
      plan_(part.plan),
      places_(part.places),
      sink_(std::move(sink)),
      coordinator_(plan_, members, part.places, sink_->recovered()),
      observer_(part.observer),
      flush_pause_(plan_.flush_seconds),
      last_flush_(Clock::now()),
      last_report_(last_flush_),
      death_noticed_(last_flush_) {}

void CoordinatorSide::perform(Coordinator::Actions actions) {
  for (CoordinatorAction& action : actions) {
    std::visit(Overloaded{
                   [&](SendMessage& send) { ranks_.send(send.to, send.kind, std::move(send.bytes)); },
                   [&](StoreTuning& store) { sink_->tuned(store.tuning); },
                   [&](ShareTuning& share) { broadcast(std::move(share.tuning)); },
                   [&](AppendBlock& append) {
                     sink_->append(append.block);
                     dirty_ = true;
                   },
                   [&](JudgeDraws& judge) { sink_->judge(judge.chains, judge.draws); },
                   [&](KeepDraws& keep) { sink_->keep(keep.enough); },
                   [&](FlushSink&) { flush(); },
                   [&](RecordEvent& record) { this->record(std::move(record.event)); },
                   [&](EndRun& end) { ending_ = std::move(end.ending); },
               },
               action);
  }
}

void CoordinatorSide::broadcast(std::string tuning) {
  fault_point(FaultPhase::broadcast);
  share(ranks_, tuning);
  ranks_.send(ranks_.rank(), MessageKind::tuning, std::move(tuning));
  perform(coordinator_.tuning_outcome(ranks_.rank(), {.arrived = true}));
}

void CoordinatorSide::record(RunEvent event) {
  event.time = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  if (event.kind == RunEvent::Kind::reassigned || event.kind == RunEvent::Kind::resumed) {
    const std::chrono::duration<double, std::milli> since = Clock::now() - death_noticed_;
    event.text += ", " + std::to_string(std::lround(since.count())) + " ms after the death was noticed";
  }
  observer_.happened(event);
  sink_->record(event);
  dirty_ = true;
}

void CoordinatorSide::flush() {
  const Clock::time_point start = Clock::now();
  const std::uint64_t rows = sink_->flush();
  last_flush_ = Clock::now();
  const std::chrono::duration<double> took = last_flush_ - start;
  flush_pause_ = std::max(plan_.flush_seconds, took.count() * (1 - kMostFlushing) / kMostFlushing);
  undurable_bytes_.clear();
  dirty_ = many_undurable_ = false;
  observer_.written(rows);
  perform(coordinator_.flushed());
}

void CoordinatorSide::handle(const Message& message) {
  switch (message.kind) {
    case MessageKind::ready:  // a rank to which the coordinator before did not say that the run has begun
      ranks_.send(message.peer, MessageKind::begin,
                  decode_readiness(message.bytes).knows_places ? std::string() : encode(places_));
      break;
    case MessageKind::standing:
      perform(coordinator_.joined(message.peer, decode_standing(message.bytes)));
      break;
    case MessageKind::tuning_outcome:
      perform(coordinator_.tuning_outcome(message.peer, decode_tuning_outcome(message.bytes)));
      break;
    case MessageKind::block:
      many_undurable_ = many_undurable_ || (undurable_bytes_[message.peer] += message.bytes.size()) > kManyUndurable;
      perform(coordinator_.delivered(message.peer, decode_delivery(message.bytes)));
      break;
    case MessageKind::failed:
      perform(coordinator_.failed(message.peer, decode_ending(message.bytes)));
      break;
    case MessageKind::interrupt:
      interrupted(message.bytes);
      break;
    case MessageKind::stopped:
      perform(coordinator_.stopped(message.peer));
      break;
    case MessageKind::finish:
      perform(coordinator_.finished(decode_ending(message.bytes)));
      break;
    default:
      break;
  }
}

void CoordinatorSide::died(RankId rank) {
  death_noticed_ = Clock::now();
  perform(coordinator_.died(rank));
}

void CoordinatorSide::interrupted(const std::string& reason) { perform(coordinator_.interrupted(reason)); }

void CoordinatorSide::look_for_verdict() {
  if (!coordinator_.ledger().looking) return;
  const std::optional<Verdict> verdict = sink_->verdict();
  if (!verdict) return;
  observer_.judged(*verdict);
  perform(coordinator_.judged(*verdict));
}

void CoordinatorSide::tick() {
  const Clock::time_point now = Clock::now();
  look_for_verdict();
  if (ending_) return;
  const bool due = now - last_flush_ >= std::chrono::duration<double>(flush_pause_);
  if (dirty_ && (due || many_undurable_)) flush();
  if (now - last_report_ >= kReportInterval) {
    last_report_ = now;
    observer_.progress(coordinator_.ledger().chains());
  }
  if (!stop_deadline_ && !coordinator_.ledger().stop_reason.empty()) stop_deadline_ = now + kStopLimit;
  if (stop_deadline_ && now >= *stop_deadline_) perform(coordinator_.stop_overdue());
}

void CoordinatorSide::try_last(Ending& ending, const std::function<void()>& step) {
  try {
    step();
  } catch (...) {
    if (ending.code == ExitCode::done) ending = ending_of_current_exception();
  }
}

void CoordinatorSide::close_output(Ending& ending) {
  try_last(ending, [&] { observer_.written(sink_->finish(ending.code == ExitCode::done)); });
  fault_point(FaultPhase::closed);
  const ExitCode reported = ending.code;
  try_last(ending, [&] { observer_.ended(ending); });
  if (ending.code != reported) try_last(ending, [&] { observer_.ended(ending); });
}

Ending CoordinatorSide::conclude(Ending ending) {
  // The others wait for nothing but the ending: what they say until then is late.
  static_cast<void>(work_beating(
      ranks_, plan_.heartbeat_seconds, [this] { beat_to_all(ranks_); }, [&] { close_output(ending); }));
  ending.clean = coordinator_.ledger().clean;
  dismiss(ranks_, ending);
  return ending;
}

}  // namespace exmc::runtime
