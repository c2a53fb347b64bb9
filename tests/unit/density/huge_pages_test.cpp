#include "../../../src/density/kernels/huge_pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace exmc::density {
namespace {

/// From less than a huge page to several, in steps that do and that do not fit what is there.
TEST(ResizeInHugePages, KeepsWhatWasThereAndAddsZeros) {
  AlignedVector numbers;
  for (const std::size_t size : {1000, 1100, 300'000, 700'000, 5'000'000}) {
    const std::size_t before = numbers.size();
    resize_in_huge_pages(numbers, size);
    ASSERT_EQ(numbers.size(), size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(numbers.data()) % 64, 0U);
    for (std::size_t i = 0; i < before; ++i) ASSERT_EQ(numbers[i], static_cast<double>(i)) << "of " << size;
    EXPECT_TRUE(std::all_of(numbers.begin() + static_cast<std::ptrdiff_t>(before), numbers.end(),
                            [](double x) { return x == 0; }));
    std::iota(numbers.begin(), numbers.end(), 0.0);
  }
}

}  // namespace
}  // namespace exmc::density
