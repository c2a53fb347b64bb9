#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "exmc/runtime/chain_task.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/coordinator.hpp"

namespace exmc::runtime {

/// The rank that coordinates a run when it starts.
inline constexpr RankId kFirstCoordinator{0};

/// What the coordinator reports on its way; called by the thread that runs run_coordinator().
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// About once per second.
  virtual void progress(std::span<const ChainRecord> chains) = 0;
  /// So many rows, over all chains, survive a crash from now on.
  virtual void written(std::uint64_t rows) = 0;
  virtual void happened(const RunEvent& event) = 0;
  /// The output is closed; the other ranks still wait for this to return. What it throws
  /// becomes the run's ending, with which it is called again.
  virtual void ended(const Ending& ending) = 0;
};

/// Asked about every 8 ms: why this process should stop, or "".
using InterruptSource = std::function<std::string()>;

/// Runs this rank's part of a run as its coordinator, which samples chains as well, until the run is over and every
/// rank was told how it ended. Never throws for what happens in the run: that is in the ending. The caller then leaves.
[[nodiscard]] Ending run_coordinator(Communicator& ranks, ChainFactory& factory, const RunPlan& plan, DrawSink& sink,
                                     RunObserver& observer, const InterruptSource& interrupt);

/// Runs this rank's part of a run under a coordinator elsewhere. The ending is the coordinator's; `orphaned` is called
/// first where there is none, because the coordinator died.
[[nodiscard]] Ending run_worker(Communicator& ranks, ChainFactory& factory, const RunPlan& plan,
                                const InterruptSource& interrupt, const std::function<void(const Ending&)>& orphaned);

/// What a rank that cannot take part does: waits until it is told how the run ended.
[[nodiscard]] Ending await_ending(Communicator& ranks);

/// Ends a run that has not begun: tells every other rank.
void dismiss(Communicator& ranks, const Ending& ending);

/// Waits for a rank's broadcast begun on all ranks; sleeps meanwhile.
[[nodiscard]] Broadcast broadcast_and_wait(Communicator& ranks, RankId root, std::string bytes);

/// Gathers a text of each rank at the first coordinator, in order of rank; elsewhere sends it and returns nothing.
/// @throws Error (stopped) where a rank died before it sent its text.
[[nodiscard]] std::vector<std::string> gather_ready(Communicator& ranks, std::string text);

}  // namespace exmc::runtime
