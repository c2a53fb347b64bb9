#include "exmc/sampler/warmup_schedule.hpp"

#include <algorithm>
#include <array>

namespace exmc::sampler {

WarmupSchedule::WarmupSchedule(std::uint64_t iterations) {
  constexpr std::array<std::uint64_t, 9> ends{25, 45, 75, 120, 190, 300, 470, 700, 850};
  constexpr std::uint64_t whole = 1000, fewest = 20, dropped = 10, shortest = 10;
  if (iterations < fewest) return;
  const auto in_proportion = [&](std::uint64_t of_whole) {
    return iterations / whole * of_whole + iterations % whole * of_whole / whole;
  };
  std::uint64_t begin = first_ = in_proportion(dropped);
  for (const std::uint64_t end_of_whole : ends) {
    const std::uint64_t end = in_proportion(end_of_whole);
    if (end >= begin + shortest) {
      ends_.push_back(end - 1);
      begin = end;
    } else if (end_of_whole == ends.back()) {
      if (!ends_.empty()) ends_.pop_back();
      ends_.push_back(end - 1);
    }
  }
}

bool WarmupSchedule::ends_window(std::uint64_t i) const { return std::binary_search(ends_.begin(), ends_.end(), i); }

}  // namespace exmc::sampler
