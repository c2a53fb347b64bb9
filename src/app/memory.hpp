#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "exmc/config/config.hpp"

namespace exmc::app {

/// What a process may use of its host.
struct HostMemory {
  std::uint64_t bytes = 0;  ///< the job's limit there (a cgroup's, as Slurm and containers set it), else the memory
  std::uint32_t ranks = 1;  ///< of this job on this host
};

/// Asks the operating system and the launcher. `file` returns a file's text, "" where there is none; `environment` a
/// variable's value or null.
[[nodiscard]] HostMemory host_memory(const std::function<std::string(const std::string& path)>& file,
                                     const std::function<const char*(const char* name)>& environment);

/// What the model, its data and its chains may use in this process, in bytes: runtime.memory_limit, or half of the
/// host's memory over its ranks.
[[nodiscard]] std::uint64_t memory_limit(const config::Config& config);

}  // namespace exmc::app
