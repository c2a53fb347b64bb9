#pragma once

#include <algorithm>
#include <cstddef>

#include "function_kernels.hpp"
#include "instruction.hpp"

/// Kernels that ask whether arrays are in their domains.
namespace exmc::density {

/// Adds 0 to the log density where all elements of the first operand are between the second and the third, which are
/// numbers; else, and where one is NaN, -inf. Has no gradient.
double require_within(const Instruction& instruction, const Arena& arena);

/// The fourth operand where the first is between the second and the third, else the fifth. Only what is taken has a
/// derivative.
struct WhereWithin {
  static constexpr std::size_t kOperands = 5;
  static constexpr std::array kVariants = {0b01001U, 0b11111U};
  template <class T>
  static T value(const T* p) {
    return select((p[0] >= p[1]) & (p[0] <= p[2]), p[3], p[4]);
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = d[1] = d[2] = T{};
    d[3] = select((p[0] >= p[1]) & (p[0] <= p[2]), T{} + 1.0, T{});
    d[4] = 1.0 - d[3];
  }
};

/// What is asked of a vector of length n, or an n x n matrix, besides where its elements are.
using EventPredicate = bool (*)(const EventOperand& event, std::size_t n);

/// For each vector or matrix of the first operand 1 where its elements are between the second and the third operand and
/// `holds` says so, else 0. The loop is that of draw_events(): axes of the batch, then two of the event, of which the
/// second has the length 1 for vectors.
template <EventPredicate holds>
double events_within(const Instruction& instruction, const Arena& arena) {
  const Loop& loop = instruction.loop;
  const std::size_t own = loop.rank - 1, rows = loop.extents[own], columns = loop.extents[own + 1];
  const double lower = *arena.read(instruction.operands[1]), upper = *arena.read(instruction.operands[2]);
  detail::for_each_row<1>(instruction, [&](const detail::Offsets<1>& at, std::ptrdiff_t out) {
    const EventOperand event{arena.read(instruction.operands[0]) + at[0], instruction.operands[0].strides.data() + own};
    bool within = true;
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j) within = within && event(i, j) >= lower && event(i, j) <= upper;
    }
    arena.values[instruction.output.offset + out] = within && holds(event, rows) ? 1 : 0;
  });
  return 0;
}

}  // namespace exmc::density
