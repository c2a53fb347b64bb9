#include "exmc/sampler/phase_point.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <vector>

namespace exmc::sampler {
namespace {

/// As many as the deepest trajectory takes, of which most numbers are past the set's first word.
constexpr std::size_t kMany = 120;

TEST(PointPool, HandsOutEveryPointOnce) {
  PointPool pool(1, kMany);
  std::set<const PhasePoint*> points;
  for (std::size_t i = 0; i < kMany; ++i) points.insert(&pool.acquire());
  EXPECT_EQ(points.size(), kMany);
}

TEST(PointPool, HandsOutAgainWhatIsNotKept) {
  PointPool pool(1, kMany);
  std::vector<PhasePoint*> points;
  for (std::size_t i = 0; i < kMany; ++i) points.push_back(&pool.acquire());
  PointSet kept;
  std::set<const PhasePoint*> held;
  for (std::size_t i = 0; i < kMany; i += 3) {
    kept |= *points[i];
    held.insert(points[i]);
  }
  pool.keep_only(kept);
  for (std::size_t free = kMany - held.size(); free > 0; --free) {
    EXPECT_TRUE(held.insert(&pool.acquire()).second) << "with " << free << " free";
  }
}

TEST(PointPool, RefusesMorePointsThanASetCanName) { EXPECT_THROW(PointPool(1, PointSet::kMost), std::logic_error); }

}  // namespace
}  // namespace exmc::sampler
