#pragma once

#include <cstddef>

#include "aligned.hpp"

namespace exmc::density {

/// numbers.resize(size), in memory for which the system is asked for huge pages: the processor finds ordinary ones
/// through a table that covers a few megabytes, beyond which a pass over memory takes twice as long.
void resize_in_huge_pages(AlignedVector& numbers, std::size_t size);

}  // namespace exmc::density
