#pragma once

#include <memory>

#include "command_line.hpp"
#include "exmc/runtime/communicator.hpp"
#include "launcher.hpp"

namespace exmc::app {

/// How long ranks wait for each other before the run begins.
struct Patience {
  double start_seconds;      ///< until all have joined: the environment's EXMC_START_SECONDS, or the config's
  double heartbeat_seconds;  ///< from then on, for a sign of life
};

/// What the config's `runtime` says. Every rank reads that for itself, since none can be asked yet; one that cannot
/// takes the defaults, and what is wrong with the config is found later.
/// @throws InputError for a variable that is no number of seconds.
[[nodiscard]] Patience patience_of(const Options& options);

/// Joins the ranks that the launcher started; ends the process, after a line, where not all of them arrive in time.
/// @throws InputError where the launcher belongs to another MPI; IoError where MPI does not start.
[[nodiscard]] std::unique_ptr<runtime::Communicator> start_mpi(const Launcher& launcher, const Patience& patience);

}  // namespace exmc::app
