#include "cumulative_sum.hpp"

#include <algorithm>

#include "../kernels/elementwise.hpp"
#include "../numbers/simd.hpp"
#include "reshape.hpp"

namespace exmc::density {
namespace {

/// The loop has three axes: what comes before the axis of the sums, that axis, and what comes after, all dense.
struct Extents {
  std::size_t before, length, after;
  explicit Extents(const Instruction& instruction)
      : before(instruction.loop.extents[0]), length(instruction.loop.extents[1]), after(instruction.loop.extents[2]) {}
};

/// Every row is the one before it plus the operand's. What a tail writes too much comes later or is padding.
double sum_forward(const Instruction& instruction, const Arena& arena) {
  const Extents extents(instruction);
  const double* from = arena.read(instruction.operands[0]);
  double* to = arena.values + instruction.output.offset;
  for (std::size_t block = 0; block < extents.before; ++block) {
    if (extents.after == 1) {
      double total = 0;
      for (std::size_t i = 0; i < extents.length; ++i) *to++ = total += *from++;
      continue;
    }
    for (std::size_t row = 0; row < extents.length; ++row, from += extents.after, to += extents.after) {
      const double* const previous = row == 0 ? nullptr : to - extents.after;
      detail::for_each_pack(extents.after, [&](std::size_t start, auto) {
        store(to + start, load(from + start) + (previous == nullptr ? Pack{} : load(previous + start)));
      });
    }
  }
  return 0;
}

/// The same from the end, within the output's adjoints, which nobody reads any more.
void sum_reverse(const Instruction& instruction, const Arena& arena) {
  const Extents extents(instruction);
  double* const from = arena.adjoints + instruction.operands[0].offset;
  double* const to = arena.adjoints + instruction.output.offset;
  for (std::size_t block = extents.before; block-- > 0;) {
    for (std::size_t row = extents.length; row-- > 0;) {
      const std::size_t begin = (block * extents.length + row) * extents.after;
      for (std::size_t i = begin; i < begin + extents.after; ++i) {
        if (row + 1 < extents.length) to[i] += to[i + extents.after];
        from[i] += to[i];
      }
    }
  }
}

}  // namespace

View cumulative_sum(Builder& builder, const Arguments& given) {
  const bool flat = !given.has(1);
  const View x = flat ? reshaped(builder, given[0], {element_count(given[0].shape)}) : dense(builder, given[0]);
  const std::size_t axis = flat ? 0 : given.axis(1, x.rank());
  if (element_count(x.shape) == 0) return x;
  const auto middle = x.shape.begin() + static_cast<std::ptrdiff_t>(axis);
  const Shape blocks{element_count({x.shape.begin(), middle}), *middle, element_count({middle + 1, x.shape.end()})};
  Loop loop;
  loop.rank = blocks.size();
  std::copy(blocks.begin(), blocks.end(), loop.extents.begin());
  const View operand = dense_view(x.space, static_cast<std::size_t>(x.offset), blocks);
  const View sums =
      builder.emit(Builder::Structural{sum_forward, sum_reverse, loop, {operand}, blocks, operand.strides});
  const Interval range = builder.range(x);
  if (kNonNegativeNumbers.includes(range)) {
    builder.facts().remember_range(sums, kPositiveNumbers.includes(range) ? kPositiveNumbers : kNonNegativeNumbers);
  }
  return dense_view(sums.space, static_cast<std::size_t>(sums.offset), x.shape);
}

}  // namespace exmc::density
