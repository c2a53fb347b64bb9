#include "exmc/runtime/watchdog.hpp"

#include <utility>

namespace exmc::runtime {

Watchdog::Watchdog(std::chrono::duration<double> limit, std::function<void()> expired)
    : thread_([this, limit, expired = std::move(expired)] {
        std::unique_lock lock(mutex_);
        if (disarmed_changed_.wait_for(lock, limit, [this] { return disarmed_; })) return;
        lock.unlock();
        expired();
      }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    disarmed_ = true;
  }
  disarmed_changed_.notify_one();
  thread_.join();
}

}  // namespace exmc::runtime
