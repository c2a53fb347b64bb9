#include "exmc/sampler/warmup_schedule.hpp"

#include <algorithm>

namespace exmc::sampler {

WarmupSchedule::WarmupSchedule(std::uint64_t iterations) {
  constexpr std::uint64_t fewest = 20, initial_buffer = 75, base_window = 25, final_buffer = 50;
  if (iterations < fewest) return;
  if (iterations < initial_buffer + base_window + final_buffer) {
    first_ = iterations * 15 / 100;
    ends_ = {iterations - iterations * 10 / 100 - 1};
    return;
  }
  first_ = initial_buffer;
  const std::uint64_t end = iterations - final_buffer;  // one past the last window
  std::uint64_t begin = first_;
  for (std::uint64_t length = base_window; begin < end; length *= 2) {
    const bool next_fits = begin + length + 2 * length <= end;
    begin = next_fits ? begin + length : end;
    ends_.push_back(begin - 1);
  }
}

bool WarmupSchedule::ends_window(std::uint64_t i) const { return std::binary_search(ends_.begin(), ends_.end(), i); }

}  // namespace exmc::sampler
