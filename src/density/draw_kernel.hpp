#pragma once

#include "instruction.hpp"

namespace exmc::density {

/// Draws each element of the output, in row-major order, from the instruction's stream.
double draw_elements(const Instruction& instruction, const Arena& arena);

/// Draws each event of the output, in row-major order, from the instruction's stream. All but the last axis of the loop
/// are those of the batch. From the last one on, its extents are those of an event, which the output holds row-major,
/// and the strides of an operand are those along its own axes.
double draw_events(const Instruction& instruction, const Arena& arena);

}  // namespace exmc::density
