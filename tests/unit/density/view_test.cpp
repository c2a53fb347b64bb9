#include "../../../src/density/program/view.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "../../../src/density/operations/subscripts.hpp"

namespace exmc::density {
namespace {

std::vector<double> elements(const View& view, const std::vector<double>& arena) {
  std::vector<double> values(element_count(view.shape));
  copy_elements(arena.data(), view, values.data());
  return values;
}

class ViewTest : public ::testing::Test {
 protected:
  ViewTest() : arena(24) { std::iota(arena.begin(), arena.end(), 0.0); }
  std::vector<double> arena;
  View matrix = dense_view(Space::constant, 4, {3, 4});  // 4 5 6 7 / 8 9 10 11 / 12 13 14 15
};

TEST_F(ViewTest, SlicesTransposesAndBroadcastsWithoutMovingAnything) {
  EXPECT_EQ(elements(sliced(matrix, 1, {3, -2, 2}), arena), (std::vector<double>{7, 5, 11, 9, 15, 13}));
  EXPECT_EQ(elements(at(matrix, 0, 1), arena), (std::vector<double>{8, 9, 10, 11}));
  EXPECT_EQ(elements(transposed(sliced(matrix, 0, {1, 1, 2})), arena),
            (std::vector<double>{8, 12, 9, 13, 10, 14, 11, 15}));
  const View column = with_new_axis(at(matrix, 1, 0), 1);
  EXPECT_EQ(column.shape, (Shape{3, 1}));
  EXPECT_EQ(elements(broadcast_to(column, {3, 2}), arena), (std::vector<double>{4, 4, 8, 8, 12, 12}));
  EXPECT_EQ(elements(broadcast_to(at(matrix, 0, 2), {2, 4}), arena),
            (std::vector<double>{12, 13, 14, 15, 12, 13, 14, 15}));
}

TEST(Broadcast, FollowsNumpy) {
  EXPECT_EQ(broadcast({}, {3}), (Shape{3}));
  EXPECT_EQ(broadcast({2, 1}, {3}), (Shape{2, 3}));
  EXPECT_EQ(broadcast({1}, {0}), (Shape{0}));
  EXPECT_FALSE(broadcast({2}, {3}));
  EXPECT_FALSE(broadcast({2, 3}, {2}));
  EXPECT_TRUE(broadcasts_to({2, 1}, {4, 2, 3}));
  EXPECT_FALSE(broadcasts_to({2, 3}, {2, 1}));
}

// Python's slices, element by element: start, then steps while on the right side of stop.
TEST(ResolveSlice, TakesTheElementsThatPythonTakes) {
  std::vector<std::optional<std::ptrdiff_t>> bounds{std::nullopt};
  for (std::ptrdiff_t bound = -7; bound <= 7; ++bound) bounds.emplace_back(bound);
  for (const std::ptrdiff_t length : {0, 1, 5}) {
    for (const auto& start : bounds) {
      for (const auto& stop : bounds) {
        for (const std::ptrdiff_t step : {-7, -2, -1, 1, 2, 7}) {
          const auto place = [&](std::ptrdiff_t bound) { return bound < 0 ? bound + length : bound; };
          std::vector<std::ptrdiff_t> expected, found;
          for (std::ptrdiff_t i = step > 0 ? 0 : length - 1; i >= 0 && i<length; i += step> 0 ? 1 : -1) {
            const bool after = !start || (step > 0 ? i >= place(*start) : i <= place(*start));
            const bool before = !stop || (step > 0 ? i < place(*stop) : i > place(*stop));
            if (after && before) expected.push_back(i);
          }
          for (std::size_t k = 1; k < expected.size(); ++k) {
            if ((expected[k] - expected[0]) % step != 0) expected.erase(expected.begin() + static_cast<long>(k--));
          }
          const Range range = resolve_slice({start, stop, step}, static_cast<std::size_t>(length));
          for (std::size_t k = 0; k < range.count; ++k)
            found.push_back(range.start + static_cast<long>(k) * range.step);
          ASSERT_EQ(found, expected) << start.value_or(99) << ":" << stop.value_or(99) << ":" << step << " of "
                                     << length;
        }
      }
    }
  }
}

}  // namespace
}  // namespace exmc::density
