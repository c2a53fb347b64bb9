#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "../program/builder.hpp"

namespace exmc::density {

/// Which elements a gather takes: at each place of `shape`, an offset into the source.
struct GatherTable {
  Shape shape;                        ///< of the axes that come in
  std::vector<std::int32_t> offsets;  ///< from the source's first element, row-major over `shape`
};

/// The array whose axes are the source's, with those of the table before axis `position`. What the indexed axes were is
/// in the table alone; the source has only the others. Where the offsets are equally spaced it is a view. The adjoints
/// of elements that are taken several times are summed in a fixed order.
[[nodiscard]] View gather(Builder& builder, View source, std::size_t position, GatherTable table);

}  // namespace exmc::density
