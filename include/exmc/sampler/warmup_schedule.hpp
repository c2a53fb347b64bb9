#pragma once

#include <cstdint>
#include <vector>

namespace exmc::sampler {

/// Stan's three stages of a warm-up (Stan reference manual, "HMC algorithm parameters", automatic parameter tuning):
/// an initial buffer of 75 iterations in which the step size alone adapts, windows of doubling length from 25 on, at
/// whose ends the metric is estimated from their draws, and a final buffer of 50. Below 150 iterations: 15 %, one
/// window, 10 %. Below 20 the metric is not estimated. A window after which the next would not fit reaches to the final
/// buffer; Stan exempts the first one, which leaves it a second of 1 to 49 draws to estimate from when there are 151 to
/// 199 iterations: here there is one window then.
class WarmupSchedule {
 public:
  explicit WarmupSchedule(std::uint64_t iterations);

  /// Whether the position after iteration i, from 0, enters the estimate of the metric.
  [[nodiscard]] bool collects(std::uint64_t i) const { return !ends_.empty() && i >= first_ && i <= ends_.back(); }
  /// Whether the metric is estimated after iteration i.
  [[nodiscard]] bool ends_window(std::uint64_t i) const;
  /// The last iteration of every window.
  [[nodiscard]] const std::vector<std::uint64_t>& window_ends() const { return ends_; }
  /// The first iteration of the first window.
  [[nodiscard]] std::uint64_t first() const { return first_; }

 private:
  std::uint64_t first_ = 0;
  std::vector<std::uint64_t> ends_;
};

}  // namespace exmc::sampler
