#include "departure.hpp"

#include <algorithm>
#include <utility>

namespace exmc::runtime::mpi {

Departure::Departure(RankId self, std::int32_t size) : self_(self), parent_{self.value & (self.value - 1)} {
  for (std::int32_t bit = 1; self.value + bit < size && (self.value & bit) == 0; bit *= 2) {
    children_.push_back({self.value + bit});
  }
}

std::vector<RankId> Departure::due() {
  const bool all_below = std::ranges::all_of(children_, [this](RankId child) { return heard_.contains(child); });
  if (!all_below) return {};
  const bool is_root = parent_ == self_;
  if (!is_root && !std::exchange(told_parent_, true)) return {parent_};
  if (!is_root && !heard_.contains(parent_)) return {};
  return std::exchange(passed_on_, true) ? std::vector<RankId>() : children_;
}

}  // namespace exmc::runtime::mpi
