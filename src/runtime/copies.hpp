#pragma once

#include <cstddef>

namespace exmc::runtime {

/// What a rank has sampled and is not durable yet, beyond which it waits.
inline constexpr std::size_t kCopiedBytes = std::size_t{16} << 20;
/// The same on the rank that coordinates, of what the writer has not taken yet.
inline constexpr std::size_t kQueuedBytes = std::size_t{2} << 20;

}  // namespace exmc::runtime
