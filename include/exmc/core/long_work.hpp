#pragma once

#include <cstdint>
#include <functional>

namespace exmc {

/// Hears how much of some work is done, of how much. What it throws ends the work.
using WorkListener = std::function<void(std::uint64_t done, std::uint64_t of)>;

/// For as long as it lives, `listener` hears of the work that this thread does; who listened before, no longer.
class ListenToWork {
 public:
  explicit ListenToWork(WorkListener listener);
  ListenToWork(const ListenToWork&) = delete;
  ListenToWork& operator=(const ListenToWork&) = delete;
  ~ListenToWork();

 private:
  WorkListener listener_;
  const ListenToWork* before_;

  friend void tell_of_work(std::uint64_t done, std::uint64_t of);
};

/// For loops that can take seconds, about every millisecond; next to nothing where nobody listens.
void tell_of_work(std::uint64_t done, std::uint64_t of);

/// Work that is done in parts.
struct WorkMeter {
  std::uint64_t of = 0, done = 0;

  void add(std::uint64_t part) { tell_of_work(done += part, of); }
};

}  // namespace exmc
