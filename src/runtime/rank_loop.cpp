#include "rank_loop.hpp"

#include <algorithm>
#include <utility>

#include "exmc/core/fault_point.hpp"
#include "exmc/runtime/limits.hpp"

namespace exmc::runtime {
namespace {

/// A coordinator under a flood of blocks still looks at its clock now and then.
constexpr int kMessagesPerTurn = 64;

}  // namespace

RankLoop::RankLoop(Communicator& ranks, RankPart& part)
    : ranks_(ranks),
      part_(part),
      members_(part.members),
      worker_(ranks, part.factory),
      held_back_(std::move(part.early)),
      watch_(ranks.size(), part.plan.heartbeat_seconds, steady_seconds()),
      beats_(part.plan.heartbeat_seconds) {}

bool RankLoop::over() const { return ending_ || (coordinator_ && coordinator_->ending()); }

Ending RankLoop::run() {
  begin();
  while (!over()) {
    try {
      turn();
    } catch (...) {
      fail(ending_of_current_exception());
    }
  }
  if (coordinator_) return coordinator_->conclude(ending_ ? *ending_ : *coordinator_->ending());
  return *ending_;
}

void RankLoop::begin() {
  try {
    if (part_.output) coordinate(std::move(part_.output));
    follow(members_.coordinator());
  } catch (...) {
    fail(ending_of_current_exception());
  }
}

/// A rank that cannot go on says so to the coordinator and waits to be told; where not even that works, it leaves.
void RankLoop::fail(Ending ending) {
  if (members_.coordinates()) {
    if (!coordinator_) return abandon(std::move(ending));
    ending_ = std::move(ending);
    return;
  }
  ending.clean = false;
  if (std::exchange(failed_, true)) ending_ = ending;
  worker_.report_failure(ending);
}

void RankLoop::turn() {
  const bool busy = take_messages();
  notice_deaths();
  keep_watch();
  look_for_interrupt();
  if (coordinator_) coordinator_->tick();
  if (over()) return;
  if (busy) backoff_.reset();
  if (worker_.take_samples(busy ? Backoff::Duration{0} : pause())) backoff_.reset();
}

/// How long to wait for the sampling thread, which ends the wait, before looking for messages, which do not. Where no
/// other rank lives there are none.
Backoff::Duration RankLoop::pause() { return members_.neighbour() ? backoff_.next() : Backoff::kLongest; }

bool RankLoop::take_messages() {
  bool any = false;
  for (int count = 0; count < kMessagesPerTurn && !over(); ++count) {
    std::optional<Message> message = ranks_.try_receive();
    if (!message) break;
    any = true;
    dispatch(std::move(*message));
  }
  return any;
}

void RankLoop::dispatch(Message message) {
  if (message.kind == MessageKind::alive || message.kind == MessageKind::beat) {
    watch_.heard(message.peer, decode_heartbeat(message.bytes));
    return;
  }
  watch_.heard(message.peer);
  switch (members_.route(message.peer, message.kind)) {
    case Membership::Route::coordinator:
      coordinator_->handle(message);
      break;
    case Membership::Route::worker:
      worker_.handle(message);
      break;
    case Membership::Route::later:
      held_back_.push_back(std::move(message));
      break;
    case Membership::Route::never:
      break;
  }
  if (worker_.ending() && !ending_) {
    ending_ = worker_.ending();
    // The coordinator may have died before it told all: who knows tells the next.
    if (const auto neighbour = members_.neighbour()) ranks_.send(*neighbour, MessageKind::finish, encode(*ending_));
  }
}

void RankLoop::notice_deaths() {
  const std::vector<RankId> dead = ranks_.take_dead();
  bool changed = false;
  for (const RankId rank : dead) {
    // Whichever rank killed it: one that died of itself was heard of shortly before.
    const bool silent = watch_.silent_for(rank) > part_.plan.heartbeat_seconds / 2;
    if (silent && rank == members_.coordinator()) hung_coordinator_ = rank;
    changed = members_.died(rank) || changed;
    if (coordinator_) coordinator_->died(rank);
  }
  if (!changed) return;
  if (members_.coordinates()) take_over();
  if (over()) return;
  if (!members_.coordinates()) ranks_.send(members_.coordinator(), MessageKind::ready, part_.ready);
  follow(members_.coordinator());
}

/// Beats, and has ranks killed that do not: the coordinator looks after all, the others after the coordinator.
void RankLoop::keep_watch() {
  const double now = steady_seconds();
  const bool asks = watch_.look(now);
  if (beats_.due(now)) {
    worker_.beat();
    if (coordinator_) beat_to_all(ranks_);
  }
  if (!asks) return;
  if (!coordinator_) {
    if (watch_.hangs(members_.coordinator()) == Hang::silent) coordinator_hangs();
    return;
  }
  std::vector<RankId> silent;
  for (RankId rank{0}; rank.value < ranks_.size(); ++rank.value) {
    if (!watch_.answers(rank)) silent.push_back(rank);
  }
  for (RankId rank{0}; rank.value < ranks_.size(); ++rank.value) {
    if (!members_.alive(rank)) continue;
    if (const auto hang = watch_.hangs(rank)) coordinator_->hung(rank, *hang, silent);
  }
}

/// All others notice it at about the same time: each that can kills it, and where none can they leave. The one that
/// hangs may wake up, but finds itself without them then, and the output is still its own.
void RankLoop::coordinator_hangs() {
  const RankId hung = members_.coordinator();
  const auto killer = killer_of(hung, members_.self(), part_.places, [&](RankId rank) { return members_.alive(rank); });
  if (killer && part_.plan.survives_deaths) {
    if (*killer == members_.self()) kill_process(part_.places[static_cast<std::size_t>(hung.value)]);
    return;
  }
  ending_ = Ending{ExitCode::stopped,
                   "rank " + std::to_string(hung.value) +
                       ", which coordinates the run, does not answer, and no other rank on its host could kill it",
                   false};
  part_.observer.abandoned(*ending_);
}

void RankLoop::follow(RankId coordinator) {
  watch_.start_again();
  interrupt_passed_on_ = false;
  worker_.follow(coordinator);
  for (Message& message : std::exchange(held_back_, {})) dispatch(std::move(message));
}

void RankLoop::take_over() {
  fault_point(FaultPhase::takeover);
  try {
    coordinate(part_.reopen());
  } catch (...) {
    const Ending failure = ending_of_current_exception();
    abandon({ExitCode::stopped,
             "rank " + std::to_string(members_.self().value) +
                 " cannot go on for the coordinator, which died: " + failure.message,
             false});
  }
  fault_point(FaultPhase::takeover);
}

/// Where this rank is to coordinate and cannot: nobody else ends the run.
void RankLoop::abandon(Ending ending) {
  ending_ = std::move(ending);
  part_.observer.abandoned(*ending_);
  dismiss(ranks_, *ending_);
}

void RankLoop::coordinate(std::unique_ptr<DrawSink> output) {
  coordinator_.emplace(ranks_, members_, part_, std::move(output));
  coordinator_->start(hung_coordinator_);
}

/// Has the run stopped where this rank was asked to, by the coordinator if it is in time.
void RankLoop::look_for_interrupt() {
  if (!interrupt_passed_on_) {
    const std::string reason = part_.interrupt();
    if (reason.empty()) return;
    interrupt_passed_on_ = true;
    if (!stop_deadline_) stop_deadline_ = Clock::now() + kOrderedStopLimit;
    ranks_.send(members_.coordinator(), MessageKind::interrupt, reason);
  }
  if (!coordinator_ && Clock::now() >= *stop_deadline_) ending_ = Ending{ExitCode::stopped, "", false};
}

}  // namespace exmc::runtime
