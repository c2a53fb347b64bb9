#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "exmc/runtime/communicator.hpp"

namespace exmc::runtime {

/// The ranks of a run inside one process: one communicator for each of `count` threads.
[[nodiscard]] std::vector<std::unique_ptr<Communicator>> make_local_ranks(std::int32_t count);

}  // namespace exmc::runtime
