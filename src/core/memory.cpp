#include "exmc/core/memory.hpp"

#include "exmc/core/text.hpp"

namespace exmc {

std::string within_memory_limit(std::uint64_t bytes_left) {
  return in_bytes(bytes_left) + " are left of what the run may use (runtime.memory_limit)";
}

}  // namespace exmc
