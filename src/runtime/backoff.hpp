#pragma once

#include <algorithm>
#include <chrono>

namespace exmc::runtime {

/// How long to sleep before looking again: short after something happened, so that a transfer in many steps is quick,
/// and soon the full 8 ms, at which a waiting rank costs about half a percent of a core.
class Backoff {
 public:
  using Duration = std::chrono::microseconds;

  void reset() { pause_ = kShortest; }
  [[nodiscard]] Duration next() {
    const Duration pause = pause_;
    pause_ = std::min(2 * pause_, kLongest);
    return pause;
  }

 private:
  static constexpr Duration kShortest{50};
  static constexpr Duration kLongest{8000};
  Duration pause_ = kShortest;
};

}  // namespace exmc::runtime
