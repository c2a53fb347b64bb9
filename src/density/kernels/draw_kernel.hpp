#pragma once

#include <cstddef>

#include "instruction.hpp"

namespace exmc::density {

/// Draws each element of the output, in row-major order, from the instruction's stream.
double draw_elements(const Instruction& instruction, const Arena& arena);

/// The same between bounds. From operand kTruncationOperand on there are the lower bound, the upper one, and the
/// logarithm of the probability of what lies between.
inline constexpr std::size_t kTruncationOperand = kMaxOperands - 3;
double draw_truncated_elements(const Instruction& instruction, const Arena& arena);

/// Draws each event of the output, in row-major order, from the instruction's stream. All but the last axis of the loop
/// are those of the batch. From the last one on, its extents are those of an event, which the output holds row-major,
/// and the strides of an operand are those along its own axes.
double draw_events(const Instruction& instruction, const Arena& arena);

}  // namespace exmc::density
