#include "scatter.hpp"

#include <algorithm>

#include "../functions/functions.hpp"
#include "../operations/reductions.hpp"
#include "flat.hpp"

namespace exmc::density {
namespace {

/// Operands are the values, which stand without gaps or are one, and the table. The loop's extents are the lengths of
/// the table and of the output.
enum Place { kValues, kTable };

using StoredInteger = std::int32_t __attribute__((may_alias));

const StoredInteger* table(const Instruction& instruction, const Arena& arena) {
  return reinterpret_cast<const StoredInteger*>(arena.constants + instruction.operands[kTable].offset);
}

double add_up(const Instruction& instruction, const Arena& arena) {
  const double* const values = arena.read(instruction.operands[kValues]);
  const auto step = static_cast<std::size_t>(instruction.operands[kValues].strides[0]);
  double* const output = arena.values + instruction.output.offset;
  const StoredInteger* const to = table(instruction, arena);
  std::fill_n(output, instruction.loop.extents[1], 0.0);
  for (std::size_t i = 0; i < instruction.loop.extents[0]; ++i) output[to[i]] += values[i * step];
  return 0;
}

void hand_down(const Instruction& instruction, const Arena& arena) {
  const Operand& operand = instruction.operands[kValues];
  if (!operand.variable) return;
  double* const values = arena.adjoints + operand.offset;
  const auto step = static_cast<std::size_t>(operand.strides[0]);
  const double* const output = arena.adjoints + instruction.output.offset;
  const StoredInteger* const to = table(instruction, arena);
  for (std::size_t i = 0; i < instruction.loop.extents[0]; ++i) values[i * step] += output[to[i]];
}

}  // namespace

View scatter_sum(Builder& builder, const View& values, const Shape& from, std::span<const std::int32_t> to,
                 const Shape& shape) {
  if (element_count(shape) == 1) {
    const View all = broadcast_to(values, from);
    const View number{all.space, all.offset, {}, {}};
    const View total = is_one_number(all)
                           ? builder.apply<Multiply>({builder.constant(static_cast<double>(to.size())), number})
                           : reduce_sum(builder, all, all_axes(all));
    return broadcast_to(total, shape);
  }
  const View all = flattened(builder, values, from);
  View stored = builder.integers(to);
  stored.shape = {to.size()};
  stored.strides = {0};
  Loop loop;
  loop.rank = 2;
  loop.extents = {to.size(), element_count(shape)};
  return builder.emit(Builder::Structural{
      add_up, hand_down, loop, {all, stored}, shape, dense_view(Space::constant, 0, shape).strides});
}

}  // namespace exmc::density
