#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exmc/core/process.hpp"
#include "exmc/runtime/chain_task.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/coordinator.hpp"
#include "exmc/runtime/membership.hpp"

namespace exmc::runtime {

/// What the coordinator reports on its way; called by the thread that runs run_rank().
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// About once per second.
  virtual void progress(std::span<const ChainRecord> chains) = 0;
  /// So many rows, over all chains, survive a crash from now on.
  virtual void written(std::uint64_t rows) = 0;
  virtual void happened(const RunEvent& event) = 0;
  /// It was looked whether fewer draws than were asked for are enough.
  virtual void judged(const Verdict& verdict) = 0;
  /// The output is closed; the other ranks still wait for this to return. What it throws
  /// becomes the run's ending, with which it is called again.
  virtual void ended(const Ending& ending) = 0;
  /// The coordinator died, and this rank, whose turn it is, cannot go on with the output.
  virtual void abandoned(const Ending& ending) = 0;
};

/// Asked about every 8 ms: why this process should stop, or "".
using InterruptSource = std::function<std::string()>;

/// A rank's part in a run.
struct RankPart {
  RunPlan plan;
  ChainFactory& factory;
  RunObserver& observer;
  InterruptSource interrupt;
  /// Opens the output again, on a rank that coordinates after another one died. May throw.
  std::function<std::unique_ptr<DrawSink>()> reopen;
  std::vector<Process> places;       ///< of the ranks, in order; empty where all are in this process
  Membership members;                ///< who was known to be dead before
  std::unique_ptr<DrawSink> output;  ///< on the rank that coordinates from the beginning
  std::string ready;                 ///< what this rank told the coordinator in muster(), for one that was not there
  std::deque<Message> early;         ///< that came before the run began here
};

/// Runs this rank's part until the run is over and every rank was told how it ended. Never throws for what happens in
/// the run: that is in the ending. The caller then leaves.
[[nodiscard]] Ending run_rank(Communicator& ranks, RankPart part);

void send_to_others(Communicator& ranks, MessageKind kind, const std::string& bytes);

/// Ends a run: tells every other rank.
void dismiss(Communicator& ranks, const Ending& ending);

}  // namespace exmc::runtime
