#pragma once

#include <cstdint>
#include <string>

namespace exmc {

/// Names one process among those of all hosts and times: its start tells it from a later one with the same number.
struct Process {
  std::string host;
  std::int64_t pid = 0;
  std::int64_t start = 0;  ///< clock ticks since the host's start, as in /proc/PID/stat
  friend bool operator==(const Process&, const Process&) = default;
};

[[nodiscard]] Process this_process();

/// Whether it is a process of this host that has not been waited for by its parent yet.
[[nodiscard]] bool exists(const Process& process);

/// Whether it is a process of this host that a signal has stopped (SIGSTOP, not a debugger).
[[nodiscard]] bool is_stopped(const Process& process);

/// Ends a process of this host with SIGKILL, unless it is gone or its number names another one by now.
/// @return whether the signal was sent.
bool kill_process(const Process& process);

}  // namespace exmc
