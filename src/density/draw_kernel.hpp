#pragma once

#include "instruction.hpp"

namespace exmc::density {

/// Draws each element of the output, in row-major order, from the instruction's stream.
double draw_elements(const Instruction& instruction, const Arena& arena);

}  // namespace exmc::density
