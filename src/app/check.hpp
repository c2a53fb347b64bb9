#pragma once

#include <cstdint>

#include "command_line.hpp"

namespace exmc::app {

/// --check: what a run of this config would sample, and whether its gradient is right; no file is written.
/// @param default_chains those of a run whose config does not say
/// @throws InputError, IoError; SamplingError when no starting point of finite density is found.
void check_config(const Options& options, std::uint32_t default_chains);

}  // namespace exmc::app
