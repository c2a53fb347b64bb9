#include "copy.hpp"

#include <algorithm>

#include "elementwise.hpp"

namespace exmc::density {
namespace {

/// Calls body(offset in the operand, its step, offset in the output, its step, number of elements) for each row.
template <class Body>
void for_each_pair_of_rows(const Instruction& instruction, Body&& body) {
  const std::size_t rank = instruction.loop.rank;
  const std::size_t length = rank == 0 ? 1 : instruction.loop.extents[rank - 1];
  const std::ptrdiff_t from_step = rank == 0 ? 1 : instruction.operands[0].strides[rank - 1];
  const std::ptrdiff_t to_step = rank == 0 ? 1 : instruction.output.strides[rank - 1];
  detail::for_each_row<1>(instruction, [&](const detail::Offsets<1>& at, std::ptrdiff_t out) {
    body(instruction.operands[0].offset + at[0], from_step, instruction.output.offset + out, to_step,
         static_cast<std::ptrdiff_t>(length));
  });
}

}  // namespace

double copy_forward(const Instruction& instruction, const Arena& arena) {
  const double* const space = arena.space(instruction.operands[0]);
  for_each_pair_of_rows(instruction, [&](std::ptrdiff_t from, std::ptrdiff_t from_step, std::ptrdiff_t to,
                                         std::ptrdiff_t to_step, std::ptrdiff_t length) {
    const double* const source = space + from;
    double* const target = arena.values + to;
    if (from_step == 1 && to_step == 1) {
      std::copy_n(source, length, target);
    } else {
      for (std::ptrdiff_t i = 0; i < length; ++i) target[i * to_step] = source[i * from_step];
    }
  });
  return 0;
}

void copy_reverse(const Instruction& instruction, const Arena& arena) {
  if (!instruction.operands[0].variable) return;
  for_each_pair_of_rows(instruction, [&](std::ptrdiff_t from, std::ptrdiff_t from_step, std::ptrdiff_t to,
                                         std::ptrdiff_t to_step, std::ptrdiff_t length) {
    double* const source = arena.adjoints + from;
    const double* const target = arena.adjoints + to;
    for (std::ptrdiff_t i = 0; i < length; ++i) source[i * from_step] += target[i * to_step];
  });
}

}  // namespace exmc::density
