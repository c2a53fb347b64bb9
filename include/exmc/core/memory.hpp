#pragma once

#include <cstdint>
#include <limits>
#include <string>

namespace exmc {

/// A limit in bytes on what a model and its data may use of a process's memory, checked before anything is allocated.
inline constexpr std::uint64_t kUnlimitedMemory = std::numeric_limits<std::uint64_t>::max();

/// The end of every message about it: how much is left of the limit, and which key sets it.
[[nodiscard]] std::string within_memory_limit(std::uint64_t bytes_left);

}  // namespace exmc
