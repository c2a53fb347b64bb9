#pragma once

#include "command_line.hpp"
#include "exmc/core/error.hpp"
#include "launcher.hpp"

namespace exmc::app {

/// Runs a config on the ranks that a launcher started. @return what every rank returns to the shell.
[[nodiscard]] ExitCode run_on_ranks(const Options& options, const Launcher& launcher);

/// Runs a config in this process, its chains on threads.
/// @throws Error, std::exception for what is wrong before anything is sampled.
[[nodiscard]] ExitCode run_locally(const Options& options);

}  // namespace exmc::app
