#include "draw_kernel.hpp"

#include <array>

#include "elementwise.hpp"

namespace exmc::density {

double draw_elements(const Instruction& instruction, const Arena& arena) {
  const Drawing& drawing = instruction.drawing;
  RandomStream random(arena.random->key, drawing.purpose, arena.random->iteration, drawing.node);
  const Loop& loop = instruction.loop;
  const bool scalar = loop.rank == 0;
  const std::size_t length = scalar ? 1 : loop.extents[loop.rank - 1];
  const auto stride = [&](const Operand& operand) { return scalar ? 0 : operand.strides[loop.rank - 1]; };
  detail::for_each_row<kMaxOperands>(instruction, [&](const detail::Offsets<kMaxOperands>& at, std::ptrdiff_t out) {
    double* to = arena.values + instruction.output.offset + out;
    for (std::size_t i = 0; i < length; ++i) {
      const auto index = static_cast<std::ptrdiff_t>(i);
      std::array<double, kMaxOperands> operands;
      for (std::size_t k = 0; k < kMaxOperands; ++k) {
        const Operand& operand = instruction.operands[k];
        operands[k] = arena.read(operand)[at[k] + index * stride(operand)];
      }
      to[index * stride(instruction.output)] = drawing.element(operands.data(), random);
    }
  });
  return 0;
}

double draw_events(const Instruction& instruction, const Arena& arena) {
  const Drawing& drawing = instruction.drawing;
  RandomStream random(arena.random->key, drawing.purpose, arena.random->iteration, drawing.node);
  const std::size_t own = instruction.loop.rank - 1;
  detail::for_each_row<kMaxOperands>(instruction, [&](const detail::Offsets<kMaxOperands>& at, std::ptrdiff_t out) {
    std::array<EventOperand, kMaxOperands> operands;
    for (std::size_t k = 0; k < kMaxOperands; ++k) {
      const Operand& operand = instruction.operands[k];
      operands[k] = {arena.read(operand) + at[k], operand.strides.data() + own};
    }
    drawing.event(operands.data(), instruction.loop.extents.data() + own,
                  arena.values + instruction.output.offset + out, random);
  });
  return 0;
}

}  // namespace exmc::density
