#pragma once

#include <algorithm>
#include <chrono>

namespace exmc::runtime {

/// How long to sleep before looking again: an eighth of the time that was waited in vain, so that what comes is noticed
/// hardly later than it came, up to 8 ms, at which a waiting rank costs about half a percent of a core.
class Backoff {
 public:
  using Duration = std::chrono::microseconds;
  static constexpr Duration kLongest{8000};

  void reset() { waited_ = Duration{0}; }
  [[nodiscard]] Duration next() {
    const Duration pause = std::clamp(waited_ / 8, kShortest, kLongest);
    waited_ += pause;
    return pause;
  }

 private:
  static constexpr Duration kShortest{50};
  Duration waited_{0};
};

}  // namespace exmc::runtime
