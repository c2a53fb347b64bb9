#include "exmc/runtime/run_rank.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "backoff.hpp"
#include "coordinator_side.hpp"
#include "exmc/core/fault_point.hpp"
#include "worker_side.hpp"

namespace exmc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

/// How long a rank waits for its own iteration in progress when the run is over.
constexpr std::chrono::seconds kIterationLimit{2};
/// How long a rank that was asked to stop waits for the coordinator to end the run.
constexpr std::chrono::milliseconds kOrderedStopLimit{4500};

/// A coordinator under a flood of blocks still looks at its clock now and then.
constexpr int kMessagesPerTurn = 64;

constexpr const char* kOrphaned = "rank 0, which coordinates the run and writes its file, died";

/// Carries the ending of a run into the end of this process: where an iteration is stuck, its thread cannot be joined,
/// and the process ends at once.
Ending end_sampling(Communicator& ranks, WorkerSide& worker, const Ending& ending) {
  if (!worker.shut_down(kIterationLimit)) ranks.leave(ending.code, false);
  return ending;
}

}  // namespace

void dismiss(Communicator& ranks, const Ending& ending) {
  for (std::int32_t rank = 0; rank < ranks.size(); ++rank) {
    if (RankId{rank} != ranks.rank()) ranks.send(RankId{rank}, MessageKind::finish, encode(ending));
  }
}

Broadcast broadcast_and_wait(Communicator& ranks, RankId root, std::string bytes) {
  ranks.begin_broadcast(root, std::move(bytes));
  Backoff backoff;
  while (true) {
    if (std::optional<Broadcast> outcome = ranks.poll_broadcast()) return std::move(*outcome);
    std::this_thread::sleep_for(backoff.next());
  }
}

std::vector<std::string> gather_ready(Communicator& ranks, std::string text) {
  if (ranks.rank() != kFirstCoordinator) {
    ranks.send(kFirstCoordinator, MessageKind::ready, std::move(text));
    return {};
  }
  std::vector<std::string> texts(static_cast<std::size_t>(ranks.size()));
  texts[0] = std::move(text);
  std::size_t missing = texts.size() - 1;
  for (Backoff backoff; missing > 0;) {
    if (std::optional<Message> message = ranks.try_receive()) {
      if (message->kind != MessageKind::ready) throw std::logic_error("a rank spoke before it was ready");
      texts.at(static_cast<std::size_t>(message->peer.value)) = std::move(message->bytes);
      --missing;
    } else if (const auto dead = ranks.take_dead(); !dead.empty()) {
      throw Error(ExitCode::stopped, "rank " + std::to_string(dead.front().value) + " died before the run began");
    } else {
      std::this_thread::sleep_for(backoff.next());
    }
  }
  return texts;
}

Ending run_coordinator(Communicator& ranks, ChainFactory& factory, const RunPlan& plan, DrawSink& sink,
                       RunObserver& observer, const InterruptSource& interrupt) {
  CoordinatorSide coordinator(ranks, plan, sink, observer);
  WorkerSide worker(ranks, factory, plan.share_tuning, ranks.rank());
  const auto turn = [&](Backoff& backoff) {
    bool busy = false;
    for (int count = 0; count < kMessagesPerTurn && !coordinator.ending(); ++count) {
      const std::optional<Message> message = ranks.try_receive();
      if (!message) break;
      busy = true;
      if (!coordinator.handle(*message)) worker.handle(*message);
    }
    if (const auto outcome = ranks.poll_broadcast()) {
      busy = true;
      worker.tuning_shared(*outcome);
      coordinator.tuning_shared(*outcome);
    }
    for (const RankId dead : ranks.take_dead()) coordinator.died(dead);
    if (const std::string reason = interrupt(); !reason.empty()) coordinator.interrupted(reason);
    coordinator.tick();
    if (busy) backoff.reset();
    if (worker.take_samples(busy ? Backoff::Duration{0} : backoff.next())) backoff.reset();
  };
  Ending ending;
  try {
    coordinator.start();
    for (Backoff backoff; !coordinator.ending();) turn(backoff);
    ending = *coordinator.ending();
  } catch (...) {
    ending = ending_of_current_exception();
  }
  return end_sampling(ranks, worker, coordinator.conclude(ending));
}

namespace {

/// The loop of a rank that is not the coordinator, a turn at a time.
class WorkerLoop {
 public:
  WorkerLoop(Communicator& ranks, WorkerSide& worker, const InterruptSource& interrupt)
      : ranks_(ranks), worker_(worker), interrupt_(interrupt) {}

  /// @return how the run ended, once it has.
  std::optional<Ending> turn() {
    bool busy = false;
    for (int count = 0; count < kMessagesPerTurn; ++count) {
      const std::optional<Message> message = ranks_.try_receive();
      if (!message) break;
      busy = true;
      worker_.handle(*message);
    }
    if (const auto outcome = ranks_.poll_broadcast()) {
      busy = true;
      worker_.tuning_shared(*outcome);
      if (!outcome->everywhere) return Ending{ExitCode::stopped, "", false};
    }
    if (worker_.ending()) return worker_.ending();
    if (coordinator_died()) return Ending{ExitCode::stopped, kOrphaned, false};
    if (overdue()) return Ending{ExitCode::stopped, "", false};
    if (busy) backoff_.reset();
    if (worker_.take_samples(busy ? Backoff::Duration{0} : backoff_.next())) backoff_.reset();
    return std::nullopt;
  }

 private:
  bool coordinator_died() { return std::ranges::count(ranks_.take_dead(), kFirstCoordinator) > 0; }

  /// Passes on that this rank was asked to stop; true when the coordinator did not end the run in time.
  bool overdue() {
    if (!asked_to_stop_) {
      const std::string reason = interrupt_();
      if (reason.empty()) return false;
      asked_to_stop_ = true;
      stop_deadline_ = Clock::now() + kOrderedStopLimit;
      ranks_.send(kFirstCoordinator, MessageKind::interrupt, reason);
    }
    return Clock::now() >= stop_deadline_;
  }

  Communicator& ranks_;
  WorkerSide& worker_;
  const InterruptSource& interrupt_;
  Backoff backoff_;
  bool asked_to_stop_ = false;
  Clock::time_point stop_deadline_;
};

}  // namespace

Ending run_worker(Communicator& ranks, ChainFactory& factory, const RunPlan& plan, const InterruptSource& interrupt,
                  const std::function<void(const Ending&)>& orphaned) {
  WorkerSide worker(ranks, factory, plan.share_tuning, kFirstCoordinator);
  fault_point(FaultPhase::waiting);
  WorkerLoop loop(ranks, worker, interrupt);
  std::optional<Ending> ending;
  for (bool failed_before = false; !ending;) {
    try {
      ending = loop.turn();
    } catch (...) {
      Ending failure = ending_of_current_exception();
      failure.clean = false;
      if (std::exchange(failed_before, true)) ending = failure;  // it cannot even wait to be told
      worker.report_failure(failure);
    }
  }
  if (ending->message == kOrphaned) orphaned(*ending);
  return end_sampling(ranks, worker, *ending);
}

Ending await_ending(Communicator& ranks) {
  for (Backoff backoff;; std::this_thread::sleep_for(backoff.next())) {
    while (const std::optional<Message> message = ranks.try_receive()) {
      if (message->kind == MessageKind::finish) return decode_ending(message->bytes);
    }
    if (!ranks.take_dead().empty()) return {ExitCode::stopped, "", false};
  }
}

}  // namespace exmc::runtime
