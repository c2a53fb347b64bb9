#include "huge_pages.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace exmc::density {
namespace {

/// Must come before the memory is first written to: pages that are there already stay as they are.
void ask_for_huge_pages(void* memory, std::size_t bytes) {
#ifdef __linux__
  constexpr std::size_t huge_page = std::size_t{2} << 20;  // of x86-64, and of 64-bit Arm with pages of 4 KiB
  if (std::align(huge_page, huge_page, memory, bytes) != nullptr) {
    (void)madvise(memory, bytes / huge_page * huge_page, MADV_HUGEPAGE);  // ordinary pages do as well
  }
#else
  (void)memory;
  (void)bytes;
#endif
}

}  // namespace

void resize_in_huge_pages(AlignedVector& numbers, std::size_t size) {
  if (size > numbers.capacity()) {
    AlignedVector larger;
    larger.reserve(std::max(size, 2 * numbers.capacity()));
    ask_for_huge_pages(larger.data(), larger.capacity() * sizeof(double));
    larger.assign(numbers.begin(), numbers.end());
    numbers = std::move(larger);
  }
  numbers.resize(size);
}

}  // namespace exmc::density
