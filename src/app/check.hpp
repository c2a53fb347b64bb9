#pragma once

#include "command_line.hpp"

namespace exmc::app {

/// --check: what a run of this config would sample, and whether its gradient is right; no file is written.
/// @throws InputError, IoError; SamplingError when no starting point of finite density is found.
void check_config(const Options& options);

}  // namespace exmc::app
