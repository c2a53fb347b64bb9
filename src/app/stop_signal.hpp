#pragma once

#include <string>

#include "exmc/runtime/run_rank.hpp"

namespace exmc::app {

/// From here on SIGTERM, SIGINT and SIGUSR1 are noted instead of ending the process; a second
/// SIGINT ends it.
void catch_stop_signals();

/// Why this process should stop: a signal that was caught or, where `launched`, that its launcher is gone.
[[nodiscard]] runtime::InterruptSource stop_reason(bool launched);

}  // namespace exmc::app
