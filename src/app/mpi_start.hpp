#pragma once

#include <memory>

#include "exmc/runtime/communicator.hpp"
#include "launcher.hpp"

namespace exmc::app {

/// Joins the ranks that the launcher started; ends the process, after a line, where not all of them arrive in time.
/// @throws InputError where the launcher belongs to another MPI; IoError where MPI does not start.
[[nodiscard]] std::unique_ptr<runtime::Communicator> start_mpi(const Launcher& launcher);

}  // namespace exmc::app
