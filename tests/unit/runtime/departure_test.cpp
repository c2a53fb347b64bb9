#include "departure.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <utility>

namespace exmc::runtime::mpi {
namespace {

/// Ranks that are about to leave, and word on its way between them.
struct Departing {
  explicit Departing(std::int32_t size) {
    for (RankId rank{0}; rank.value < size; ++rank.value) ranks.emplace_back(rank, size);
  }

  /// Everybody in `about_to_leave` does what it can.
  void settle(const std::vector<RankId>& about_to_leave) {
    bool any = true;
    while (std::exchange(any, false)) {
      for (const RankId rank : about_to_leave) {
        for (const RankId to : ranks[static_cast<std::size_t>(rank.value)].due()) {
          ranks[static_cast<std::size_t>(to.value)].heard(rank);
          any = true;
        }
      }
    }
  }

  std::deque<Departure> ranks;
};

TEST(Departure, IsOverOnceTheLastRankIsAboutToLeaveAndNotBefore) {
  for (std::int32_t size = 1; size <= 20; ++size) {
    for (std::int32_t last = 0; last < size; ++last) {
      Departing departing(size);
      std::vector<RankId> about_to_leave;
      for (RankId rank{0}; rank.value < size; ++rank.value) {
        if (rank.value != last) about_to_leave.push_back(rank);
      }
      departing.settle(about_to_leave);
      for (const Departure& rank : departing.ranks) EXPECT_FALSE(rank.over()) << last << " of " << size;
      about_to_leave.push_back(RankId{last});
      departing.settle(about_to_leave);
      for (const Departure& rank : departing.ranks) EXPECT_TRUE(rank.over()) << last << " of " << size;
    }
  }
}

}  // namespace
}  // namespace exmc::runtime::mpi
