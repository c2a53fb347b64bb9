#include "draw_kernel.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "elementwise.hpp"

namespace exmc::density {
namespace {

/// The operands of the elements of a row. Those that are the same for all of it, as the unused ones are, are read once.
class RowOfOperands {
 public:
  RowOfOperands(const Instruction& instruction, const Arena& arena, const detail::Offsets<kMaxOperands>& at) {
    const Loop& loop = instruction.loop;
    for (std::size_t k = 0; k < kMaxOperands; ++k) {
      const Operand& operand = instruction.operands[k];
      const double* const first = arena.read(operand) + at[k];
      const std::ptrdiff_t stride = loop.rank == 0 ? 0 : operand.strides[loop.rank - 1];
      if (stride == 0) {
        operands_[k] = *first;
      } else {
        varying_[varying_count_++] = {first, stride, k};
      }
    }
  }

  [[nodiscard]] const double* element(std::ptrdiff_t index) {
    for (std::size_t v = 0; v < varying_count_; ++v) {
      const Varying& varying = varying_[v];
      operands_[varying.operand] = varying.first[index * varying.stride];
    }
    return operands_.data();
  }

 private:
  struct Varying {
    const double* first;
    std::ptrdiff_t stride;
    std::size_t operand;
  };
  std::array<double, kMaxOperands> operands_;
  std::array<Varying, kMaxOperands> varying_;
  std::size_t varying_count_ = 0;
};

/// Calls draw(operands, random) for each element of the output.
template <class Draw>
void for_each_element(const Instruction& instruction, const Arena& arena, Draw&& draw) {
  const Drawing& drawing = instruction.drawing;
  RandomStream random(arena.random->key, drawing.purpose, arena.random->iteration, drawing.node);
  const Loop& loop = instruction.loop;
  const std::size_t length = loop.rank == 0 ? 1 : loop.extents[loop.rank - 1];
  if (length == 0) return;
  const std::ptrdiff_t step = loop.rank == 0 ? 0 : instruction.output.strides[loop.rank - 1];
  detail::for_each_row<kMaxOperands>(instruction, [&](const detail::Offsets<kMaxOperands>& at, std::ptrdiff_t out) {
    RowOfOperands row(instruction, arena, at);
    double* const to = arena.values + instruction.output.offset + out;
    for (std::size_t i = 0; i < length; ++i) {
      const auto index = static_cast<std::ptrdiff_t>(i);
      to[index * step] = draw(row.element(index), random);
    }
  });
}

/// Draws until one lies between the bounds; NaN where that is not soon. Of so many attempts all fail with a probability
/// of e^-30.
double draw_truncated(ElementDraw element, const double* operands, RandomStream& random) {
  constexpr double least_probability = 0.25, patience = 30;
  const double lower = operands[kTruncationOperand], upper = operands[kTruncationOperand + 1];
  const double probability = std::exp(operands[kTruncationOperand + 2]);
  if (!(probability >= least_probability)) return std::numeric_limits<double>::quiet_NaN();
  for (double attempt = 0; attempt <= patience / probability; ++attempt) {
    const double x = element(operands, random);
    if (x >= lower && x <= upper) return x;
  }
  return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

double draw_elements(const Instruction& instruction, const Arena& arena) {
  for_each_element(instruction, arena, [&](const double* operands, RandomStream& random) {
    return instruction.drawing.element(operands, random);
  });
  return 0;
}

double draw_truncated_elements(const Instruction& instruction, const Arena& arena) {
  for_each_element(instruction, arena, [&](const double* operands, RandomStream& random) {
    return draw_truncated(instruction.drawing.element, operands, random);
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
