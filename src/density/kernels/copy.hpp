#pragma once

#include "instruction.hpp"

namespace exmc::density {

/// Copies the operand into the output, both over the loop with strides of their own. The output may be a part of an
/// array: nothing but its elements is written.
double copy_forward(const Instruction& instruction, const Arena& arena);
void copy_reverse(const Instruction& instruction, const Arena& arena);

}  // namespace exmc::density
