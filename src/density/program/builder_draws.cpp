#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include "../kernels/draw_kernel.hpp"
#include "builder.hpp"
#include "exmc/core/error.hpp"
#include "operands.hpp"

/// The instructions that draw random numbers.
namespace exmc::density {

Drawing Builder::next_drawing() {
  constexpr std::uint64_t next_stream = std::uint64_t{1} << 32;  // beyond the number of any node
  return {nullptr, nullptr, purpose_, std::exchange(stream_, stream_ + next_stream)};
}

View Builder::emit_draw(ForwardKernel forward, ElementDraw element, std::span<const View> operands,
                        const Shape& shape) {
  const View output = allocate(Space::variable, shape);
  if (element_count(shape) == 0) return output;
  Instruction instruction;
  instruction.forward = forward;
  instruction.drawing = next_drawing();
  instruction.drawing.element = element;
  (void)set_loop(instruction, all_broadcast(operands, shape), &output);
  run_or_emit(instruction, operands.size(), output, false);
  return output;
}

View Builder::draw(ElementDraw element, std::span<const View> operands, const Shape& shape) {
  return emit_draw(draw_elements, element, operands, shape);
}

View Builder::draw_between(ElementDraw element, std::span<const View> operands, const Truncation& truncation,
                           const Shape& shape) {
  std::vector<View> all(operands.begin(), operands.end());
  if (all.size() > kTruncationOperand) throw std::logic_error("too many operands of a truncated variable");
  all.resize(kTruncationOperand, constant(0.0));
  all.insert(all.end(), {truncation.lower, truncation.upper, truncation.log_probability});
  return emit_draw(draw_truncated_elements, element, all, shape);
}

View Builder::draw_events(EventDraw event, std::span<const EventView> operands, const Shape& shape,
                          std::size_t event_rank) {
  const View output = allocate(Space::variable, shape);
  if (element_count(shape) == 0) return output;
  const std::size_t batch_rank = shape.size() - event_rank;
  if (batch_rank + 2 > kMaxAxes) {
    throw InputError(where_, "random vectors over " + std::to_string(batch_rank) + " axes: at most " +
                                 std::to_string(kMaxAxes - 2) + " are possible");
  }
  const auto batch_end = shape.begin() + static_cast<std::ptrdiff_t>(batch_rank);
  Instruction instruction;
  instruction.forward = exmc::density::draw_events;
  instruction.drawing = next_drawing();
  instruction.drawing.event = event;
  instruction.loop.rank = batch_rank + 1;
  std::copy(shape.begin(), shape.end(), instruction.loop.extents.begin());
  instruction.output = make_operand(output, output.strides);
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const View& view = operands[k].view;
    Shape whole(shape.begin(), batch_end);
    whole.insert(whole.end(), view.shape.end() - static_cast<std::ptrdiff_t>(operands[k].own), view.shape.end());
    const View broadcasted = broadcast_to(view, whole);
    instruction.operands[k] = make_operand(broadcasted, broadcasted.strides);
  }
  run_or_emit(instruction, operands.size(), output, false);
  return output;
}

}  // namespace exmc::density
