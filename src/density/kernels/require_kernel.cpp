#include "require_kernel.hpp"

#include "rows.hpp"

namespace exmc::density {

namespace {

/// Whether all of a row are within bounds; several packs at a time, which do not wait for each other.
bool is_within(const double* from, std::ptrdiff_t stride, std::size_t length, Pack lower, Pack upper) {
  constexpr std::size_t abreast = 4;
  Pack outside[abreast] = {};
  const auto look = [&](Pack x, Pack& found) { found = select((x >= lower) & (x <= upper), found, splat(1)); };
  std::size_t start = 0;
  if (stride == 1) {
    for (; start + abreast * kLanes <= length; start += abreast * kLanes) {
      for (std::size_t k = 0; k < abreast; ++k) look(load(from + start + k * kLanes), outside[k]);
    }
  }
  detail::for_each_pack(length - start, [&](std::size_t at, auto count) {
    const Pack x = detail::load_strided(from + static_cast<std::ptrdiff_t>(start + at) * stride, stride, count);
    look(detail::is_full<decltype(count)> ? x : select(first_lanes(count), x, lower), outside[0]);
  });
  return sum((outside[0] + outside[1]) + (outside[2] + outside[3])) == 0;
}

}  // namespace

double require_within(const Instruction& instruction, const Arena& arena) {
  const Loop& loop = instruction.loop;
  const double* const first = arena.read(instruction.operands[0]);
  const double lower = *arena.read(instruction.operands[1]), upper = *arena.read(instruction.operands[2]);
  if (loop.rank == 0) return *first >= lower && *first <= upper ? 0 : -detail::kInfinity;
  const std::size_t length = loop.extents[loop.rank - 1];
  const std::ptrdiff_t stride = instruction.operands[0].strides[loop.rank - 1];
  bool within = true;
  detail::for_each_row<1>(instruction, [&](const detail::Offsets<1>& at, std::ptrdiff_t) {
    within = within && is_within(first + at[0], stride, length, splat(lower), splat(upper));
  });
  return within ? 0 : -detail::kInfinity;
}

}  // namespace exmc::density
