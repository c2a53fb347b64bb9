#include "broadcast.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <set>

namespace exmc::runtime::mpi {
namespace {

TEST(Broadcasts, ReachEveryRankOnceFromAnyRoot) {
  for (std::int32_t size = 1; size <= 20; ++size) {
    for (RankId root{0}; root.value < size; ++root.value) {
      std::set<RankId> reached = {root};
      std::deque<RankId> parents = {root};
      for (; !parents.empty(); parents.pop_front()) {
        for (const RankId child : children(parents.front(), root, size)) {
          EXPECT_TRUE(reached.insert(child).second) << "twice: " << child.value << " of " << size;
          EXPECT_EQ(parent(child, root, size), parents.front());
          parents.push_back(child);
        }
      }
      EXPECT_EQ(reached.size(), static_cast<std::size_t>(size)) << "root " << root.value;
    }
  }
}

TEST(Broadcasts, AreSentByNoRankToMoreThanALogarithmOfThem) {
  EXPECT_EQ(children(RankId{3}, RankId{3}, 1000).size(), 10U);
}

TEST(Broadcasts, ArriveWhetherOrNotThisRankHasBegunThem) {
  Broadcasts broadcasts;
  const std::string first = Broadcasts::encode(1, RankId{2}, "first"), second = Broadcasts::encode(2, RankId{0}, "");
  EXPECT_EQ(Broadcasts::root_of(first), RankId{2});
  broadcasts.arrived(second);
  EXPECT_EQ(broadcasts.begin(), 1U);
  EXPECT_FALSE(broadcasts.take());
  broadcasts.arrived(first);
  EXPECT_EQ(broadcasts.take(), "first");
  EXPECT_FALSE(broadcasts.under_way());
  EXPECT_EQ(broadcasts.begin(), 2U);
  EXPECT_EQ(broadcasts.take(), "");
}

TEST(Broadcasts, ThatWereGivenUpAreNotTakenForLaterOnes) {
  Broadcasts broadcasts;
  broadcasts.begin();
  broadcasts.give_up();
  broadcasts.arrived(Broadcasts::encode(1, RankId{0}, "late"));
  broadcasts.begin();
  EXPECT_FALSE(broadcasts.take());
}

}  // namespace
}  // namespace exmc::runtime::mpi
