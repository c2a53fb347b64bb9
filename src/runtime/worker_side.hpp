#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "copies.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/worker.hpp"
#include "sampling_thread.hpp"

namespace exmc::runtime {

/// The worker at work: carries out what Worker decides, with a communicator and a sampling thread. On the coordinator's
/// own rank a copy would die with what it is a copy of: there, what was received need not be kept.
class WorkerSide {
 public:
  WorkerSide(Communicator& ranks, ChainFactory& factory) : ranks_(ranks), sampling_(factory, kCopiedBytes) {}

  /// From here on this rank coordinates.
  void follow(RankId coordinator);
  /// A message from the coordinator.
  void handle(const Message& message);
  /// Takes over what the sampling thread made; waits for it at most `limit`. @return whether there was anything.
  bool take_samples(std::chrono::steady_clock::duration limit);
  /// Tells the coordinator that this rank is alive, and whether its chain gets on.
  void beat() { ranks_.send(coordinator_, MessageKind::alive, encode(sampling_.heartbeat())); }
  /// Tells the coordinator that this rank cannot go on.
  void report_failure(const Ending& ending);
  [[nodiscard]] bool asked_to_stop() const { return !worker_.state().stop_reason.empty(); }
  /// How the coordinator said the run ended.
  [[nodiscard]] const std::optional<Ending>& ending() const { return ending_; }
  /// Ends sampling. @return false where an iteration is still in progress after `limit`.
  bool shut_down(std::chrono::steady_clock::duration limit);

 private:
  void perform(Worker::Actions actions);
  [[nodiscard]] bool keeps_copies() const { return coordinator_ != ranks_.rank(); }

  Communicator& ranks_;
  RankId coordinator_;
  Worker worker_;
  std::optional<Ending> ending_;
  SamplingThread sampling_;
};

}  // namespace exmc::runtime
