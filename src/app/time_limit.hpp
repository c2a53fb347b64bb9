#pragma once

#include <string>

#include "exmc/config/config.hpp"
#include "exmc/runtime/run_rank.hpp"

namespace exmc::app {

/// Why this process should stop: what `other` says, or that the config's time limit is over; where that is Slurm's, and
/// this process cannot ask, `other` alone.
[[nodiscard]] runtime::InterruptSource within_time_limit(runtime::InterruptSource other, const config::Config& config);

/// @throws InputError for a limit of "slurm" where there is no Slurm job, or none that says how long it may take.
void require_time_limit(const config::Config& config);

/// Seconds of "1-02:03:04", "02:03:04" or "03:04", as Slurm's squeue says what is left; infinite for UNLIMITED; NaN
/// where it is none of these.
[[nodiscard]] double slurm_seconds(const std::string& text);

}  // namespace exmc::app
