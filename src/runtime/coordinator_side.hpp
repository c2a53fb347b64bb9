#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "exmc/runtime/chain_task.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/coordinator.hpp"
#include "exmc/runtime/run_rank.hpp"

namespace exmc::runtime {

/// The coordinator at work: carries out what Coordinator decides, with a communicator and the output.
class CoordinatorSide {
 public:
  CoordinatorSide(Communicator& ranks, const Membership& members, const RankPart& part, std::unique_ptr<DrawSink> sink);

  /// @param hung  the coordinator before, where it was killed because it did not answer
  void start(std::optional<RankId> hung) { perform(coordinator_.start(hung)); }
  /// A message for the coordinator.
  void handle(const Message& message);
  void died(RankId rank);
  void hung(RankId rank, Hang how, const std::vector<RankId>& silent) { perform(coordinator_.hung(rank, how, silent)); }
  void interrupted(const std::string& reason);
  /// What is done by the clock: flushing, reporting, giving up on ranks that do not stop.
  void tick();
  /// Set once the run is over.
  [[nodiscard]] const std::optional<Ending>& ending() const { return ending_; }
  /// Closes the output after `ending`, reports it, and tells the ranks. @return the ending all are told.
  Ending conclude(Ending ending);

 private:
  using Clock = std::chrono::steady_clock;

  void perform(Coordinator::Actions actions);
  void flush();
  void look_for_verdict();
  void record(RunEvent event);
  void broadcast(std::string tuning);
  void close_output(Ending& ending);
  /// A failure of a last step becomes the ending, where there is not one already.
  static void try_last(Ending& ending, const std::function<void()>& step);

  Communicator& ranks_;
  RunPlan plan_;
  std::vector<Process> places_;
  std::unique_ptr<DrawSink> sink_;
  Coordinator coordinator_;
  RunObserver& observer_;
  std::optional<Ending> ending_;
  bool dirty_ = false;                             ///< something was appended since the last flush
  std::map<RankId, std::size_t> undurable_bytes_;  ///< by rank, since the last flush
  bool many_undurable_ = false;                    ///< a rank will soon wait for them to be durable
  double flush_pause_;                             ///< seconds, from one flush to the next
  Clock::time_point last_flush_, last_report_;
  std::optional<Clock::time_point> stop_deadline_;
  Clock::time_point death_noticed_;  ///< the last one
};

}  // namespace exmc::runtime
