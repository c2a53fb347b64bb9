#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "exmc/runtime/communicator.hpp"

namespace exmc::runtime::mpi {

/// Name and version of the MPI library; may be called before start().
[[nodiscard]] std::string library_version();

/// Whether this build has the calls to survive a rank's death (ULFM).
[[nodiscard]] bool built_fault_tolerant();

/// Whether, in this run, a rank's death leaves the others alive; after start() only.
[[nodiscard]] bool fault_tolerance_active();

/// What is done about a piece of a broadcast that does not end. Ranks of this host that are stopped are killed before
/// `limit` is over; where that does not help, `expired` is called, from another thread, once it is over again. It has
/// to end the process.
struct BroadcastGuard {
  std::chrono::duration<double> limit;
  std::function<void()> expired;
};

/// MPI_Init_thread(MPI_THREAD_FUNNELED) and a communicator of our own: from here on this thread alone calls MPI. May
/// hang where a rank never arrives, so guard it with a Watchdog. One per process.
/// @throws IoError when MPI cannot start.
[[nodiscard]] std::unique_ptr<Communicator> start(BroadcastGuard guard);

}  // namespace exmc::runtime::mpi
