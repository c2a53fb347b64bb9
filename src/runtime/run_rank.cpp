#include "exmc/runtime/run_rank.hpp"

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "backoff.hpp"
#include "coordinator_side.hpp"
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
  Ending ending;
  try {
    coordinator.start();
    for (Backoff backoff; !coordinator.ending();) {
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
    }
    ending = *coordinator.ending();
  } catch (...) {
    ending = ending_of_current_exception();
  }
  return end_sampling(ranks, worker, coordinator.conclude(ending));
}

Ending run_worker(Communicator& ranks, ChainFactory& factory, const RunPlan& plan, const InterruptSource& interrupt,
                  const std::function<void(const Ending&)>& orphaned) {
  WorkerSide worker(ranks, factory, plan.share_tuning, kFirstCoordinator);
  std::optional<Clock::time_point> stop_deadline;
  if (plan.share_tuning) ranks.begin_broadcast(kFirstCoordinator, {});
  for (Backoff backoff; !worker.ending();) {
    try {
      bool busy = false;
      while (std::optional<Message> message = ranks.try_receive()) {
        busy = true;
        worker.handle(*message);
      }
      if (const auto outcome = ranks.poll_broadcast()) {
        busy = true;
        worker.tuning_shared(*outcome);
      }
      for (const RankId dead : ranks.take_dead()) {
        if (dead != kFirstCoordinator) continue;
        const Ending ending{ExitCode::stopped, "rank 0, which coordinates the run and writes its file, died", false};
        orphaned(ending);
        return end_sampling(ranks, worker, ending);
      }
      if (const std::string reason = interrupt(); !reason.empty() && !stop_deadline) {
        stop_deadline = Clock::now() + kOrderedStopLimit;
        ranks.send(kFirstCoordinator, MessageKind::interrupt, reason);
      }
      if (stop_deadline && Clock::now() >= *stop_deadline) {
        return end_sampling(ranks, worker, {ExitCode::stopped, "", false});
      }
      if (busy) backoff.reset();
      if (worker.take_samples(busy ? Backoff::Duration{0} : backoff.next())) backoff.reset();
    } catch (...) {
      worker.report_failure(ending_of_current_exception());
    }
  }
  return end_sampling(ranks, worker, *worker.ending());
}

}  // namespace exmc::runtime
