#pragma once

#include <cstdint>
#include <vector>

namespace exmc::sampler {

/// The windows of a warm-up: of 1000 iterations they end at 25, 45, 75, 120, 190, 300, 470, 700 and 850, of others in
/// proportion. At the end of each the coordinates are learned from its positions, without the first ten of all, which
/// are on their way; in the last 150 iterations the step size alone adapts. Windows of fewer than ten positions are
/// joined with the next; below 20 iterations there are none. They are much shorter at first than Stan's (75 iterations
/// before the first one ends at 100): where gradients are used besides positions, 15 draws tell a lot.
class WarmupSchedule {
 public:
  explicit WarmupSchedule(std::uint64_t iterations);

  /// Whether the position after iteration i, from 0, enters a window.
  [[nodiscard]] bool collects(std::uint64_t i) const { return !ends_.empty() && i >= first_ && i <= ends_.back(); }
  /// Whether a window ends after iteration i.
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
