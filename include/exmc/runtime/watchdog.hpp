#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace exmc::runtime {

/// Calls `expired`, from a thread of its own, unless destroyed within `limit`: guards calls into libraries that may
/// hang. `expired` usually ends the process; a guarded call cannot be interrupted otherwise.
class Watchdog {
 public:
  Watchdog(std::chrono::duration<double> limit, std::function<void()> expired);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable disarmed_changed_;
  bool disarmed_ = false;
  std::thread thread_;
};

}  // namespace exmc::runtime
