#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backoff.hpp"
#include "coordinator_side.hpp"
#include "exmc/runtime/beating.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/hang_watch.hpp"
#include "exmc/runtime/membership.hpp"
#include "exmc/runtime/run_rank.hpp"
#include "worker_side.hpp"

namespace exmc::runtime {

/// What a rank does from the moment the run begins until it is told how it ended: it works for the coordinator, which
/// is this rank itself where those before it in number are dead.
class RankLoop {
 public:
  RankLoop(Communicator& ranks, RankPart& part);
  /// Works, a turn after another, until the run is over.
  Ending run();
  [[nodiscard]] WorkerSide& worker() { return worker_; }

 private:
  using Clock = std::chrono::steady_clock;

  void begin();
  void turn();
  bool take_messages();
  void dispatch(Message message);
  void notice_deaths();
  void follow(RankId coordinator);
  void take_over();
  void abandon(Ending ending);
  void coordinate(std::unique_ptr<DrawSink> output);
  void keep_watch();
  void coordinator_hangs();
  void look_for_interrupt();
  void fail(Ending ending);
  [[nodiscard]] Backoff::Duration pause();
  [[nodiscard]] bool over() const;

  Communicator& ranks_;
  RankPart& part_;
  Membership members_;
  WorkerSide worker_;
  std::optional<CoordinatorSide> coordinator_;
  std::deque<Message> held_back_;  ///< from or for a coordinator that this rank does not know of yet
  std::optional<Ending> ending_;
  Backoff backoff_;
  HangWatch watch_;
  BeatClock beats_;
  std::optional<RankId> hung_coordinator_;
  bool interrupt_passed_on_ = false, failed_ = false;
  std::optional<Clock::time_point> stop_deadline_;
};

}  // namespace exmc::runtime
