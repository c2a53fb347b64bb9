#pragma once

#include <deque>
#include <functional>

#include "exmc/runtime/communicator.hpp"

namespace exmc::runtime {

/// Seconds of a clock that never goes back.
[[nodiscard]] double steady_seconds();

/// Tells when a rank is to say again that it is alive.
class BeatClock {
 public:
  /// @param limit  seconds after which a rank that is not heard of hangs
  explicit BeatClock(double limit) : limit_(limit) {}
  [[nodiscard]] bool due(double now);

 private:
  double limit_, next_ = 0;
};

/// Tells every other rank that this one is alive.
void beat_to_all(Communicator& ranks);

/// Does work that takes long on a thread of its own, and calls `beat` meanwhile whenever the other ranks should hear of
/// this one. The work must not use `ranks`; what it throws is thrown here.
/// @return the messages that arrived
[[nodiscard]] std::deque<Message> work_beating(Communicator& ranks, double limit, const std::function<void()>& beat,
                                               const std::function<void()>& work);

}  // namespace exmc::runtime
