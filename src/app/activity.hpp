#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "exmc/core/long_work.hpp"
#include "exmc/runtime/run_rank.hpp"
#include "voice.hpp"

namespace exmc::app {

/// Something beside sampling that may take seconds. Where it takes longer than one, a person is told what it is, with a
/// bar on a terminal or a line now and then in a log where it is known how much is done; and where the work tells of
/// itself (tell_of_work()), a signal ends it.
class Activity {
 public:
  /// @param what       "reading the data"
  /// @param interrupt  asked for a reason to end it; none: it is not to be ended
  Activity(std::string what, const Voice& voice, runtime::InterruptSource interrupt);
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;
  ~Activity() = default;

 private:
  void watch(const std::stop_token& stop) const;
  /// @throws Error where the work is to end.
  void hear(std::uint64_t done, std::uint64_t of);

  std::string what_;
  Voice voice_;
  runtime::InterruptSource interrupt_;
  std::atomic<double> share_ = -1;  ///< that is done; below 0: not known
  std::jthread watcher_;            ///< writes: the work itself may be in a call that takes long
  ListenToWork listener_;
};

}  // namespace exmc::app
