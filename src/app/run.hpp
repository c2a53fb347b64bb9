#pragma once

#include "command_line.hpp"
#include "exmc/core/error.hpp"
#include "exmc/runtime/message.hpp"
#include "launcher.hpp"

namespace exmc::app {

/// Runs a config on the ranks that a launcher started. @return what every rank returns to the shell.
[[nodiscard]] ExitCode run_on_ranks(const Options& options, const Launcher& launcher);

/// Ends, on every rank alike, a run that is refused before anything is read: a launcher would kill ranks that have not
/// spoken yet when the first one just left.
[[nodiscard]] ExitCode refuse_on_ranks(const runtime::Ending& ending, const Launcher& launcher);

/// Runs a config in this process, its chains on threads.
/// @throws Error, std::exception for what is wrong before anything is sampled.
[[nodiscard]] ExitCode run_locally(const Options& options);

}  // namespace exmc::app
