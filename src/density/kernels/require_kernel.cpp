#include "require_kernel.hpp"

#include "rows.hpp"

namespace exmc::density {

double require_within(const Instruction& instruction, const Arena& arena) {
  const Loop& loop = instruction.loop;
  const double* const first = arena.read(instruction.operands[0]);
  const double lower = *arena.read(instruction.operands[1]), upper = *arena.read(instruction.operands[2]);
  if (loop.rank == 0) return *first >= lower && *first <= upper ? 0 : -detail::kInfinity;
  const std::size_t length = loop.extents[loop.rank - 1];
  const std::ptrdiff_t stride = instruction.operands[0].strides[loop.rank - 1];
  Mask outside{};
  detail::for_each_row<1>(instruction, [&](const detail::Offsets<1>& at, std::ptrdiff_t) {
    detail::for_each_pack(length, [&](std::size_t start, auto count) {
      const double* const from = first + at[0] + static_cast<std::ptrdiff_t>(start) * stride;
      const Pack x = detail::load_strided(from, stride, count);
      const Mask wrong = ~((x >= lower) & (x <= upper));
      outside |= detail::is_full<decltype(count)> ? wrong : (wrong & first_lanes(count));
    });
  });
  return any(outside) ? -detail::kInfinity : 0;
}

}  // namespace exmc::density
