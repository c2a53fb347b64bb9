#include "departure.hpp"

#include <algorithm>
#include <utility>

#include "broadcast.hpp"

namespace exmc::runtime::mpi {

Departure::Departure(RankId self, std::int32_t size)
    : self_(self), parent_(parent(self, RankId{0}, size)), children_(children(self, RankId{0}, size)) {}

std::vector<RankId> Departure::due() {
  const bool all_below = std::ranges::all_of(children_, [this](RankId child) { return heard_.contains(child); });
  if (!all_below) return {};
  const bool is_root = parent_ == self_;
  if (!is_root && !std::exchange(told_parent_, true)) return {parent_};
  if (!is_root && !heard_.contains(parent_)) return {};
  return std::exchange(passed_on_, true) ? std::vector<RankId>() : children_;
}

}  // namespace exmc::runtime::mpi
