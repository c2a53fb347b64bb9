#pragma once

#include <atomic>
#include <cstdint>

namespace exmc::runtime {

/// Shows another thread that a chain gets on: counts its gradients. One thread beats.
class Pulse {
 public:
  void beat() noexcept { count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> count_ = 0;
};

}  // namespace exmc::runtime
