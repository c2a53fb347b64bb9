#include "scaled_walk.hpp"

#include <cstddef>

namespace exmc::density {
namespace {

enum : std::size_t { kDrift, kEta, kShift, kScale };

double pass(const Instruction& instruction, const Arena& arena) {
  arena.values[instruction.output.offset] = *arena.read(instruction.operands[kDrift]);
  return 0;
}

void pass_back(const Instruction& instruction, const Arena& arena) {
  const Operand& drift = instruction.operands[kDrift];
  if (drift.variable) arena.adjoints[drift.offset] += arena.adjoints[instruction.output.offset];
}

template <bool Cumulates>
double scale_position(const Instruction& instruction, const Arena& arena) {
  double* const position = arena.values + instruction.operands[kEta].offset;
  const double shift = *arena.read(instruction.operands[kShift]), scale = *arena.read(instruction.operands[kScale]);
  double sum = 0;
  for (std::size_t t = 0; t < instruction.loop.extents[0]; ++t) {
    sum = Cumulates ? sum + position[t] : position[t];
    position[t] = shift + scale * sum;
  }
  return pass(instruction, arena);
}

}  // namespace

View drift_of_scaled(Builder& builder, const View& drift, const View& eta, const View& shift, const View& scale,
                     ModelsWalk models) {
  Loop loop;
  loop.rank = 1;
  loop.extents = {element_count(eta.shape)};
  const View output = builder.emit(Builder::Structural{pass, pass_back, loop, {drift, eta, shift, scale}, {}, {}});
  builder.set_inverse(output, models == ModelsWalk::walk ? scale_position<false> : scale_position<true>);
  return output;
}

}  // namespace exmc::density
