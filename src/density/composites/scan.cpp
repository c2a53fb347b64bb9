#include "scan.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "../program/draft.hpp"

namespace exmc::density {
namespace {

/// Of few elements: most states are numbers, for which a call would be most of the work.
void copy(const double* from, std::size_t count, double* to) {
  if (count == 1) {
    *to = *from;
  } else {
    std::copy_n(from, count, to);
  }
}

void add(const double* from, std::size_t count, double* to) {
  for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace

ScanComposite::ScanComposite(NestedProgram step, const Counts& counts) : step_(std::move(step)), counts_(counts) {
  for (std::size_t k = 0; k < counts.fixed; ++k) fixed_size_ += step_.input(k).size;
  std::size_t end = 0;
  for (std::size_t k = 0; k < step_.results(); ++k) {
    const std::size_t rows = counts.steps + (k < counts.states ? 1 : 0);
    begins_.push_back(std::exchange(end, end + rows * step_.result(k).size));
  }
  room_ = padded(end);
}

/// One run in either direction: the memory it works in.
struct ScanComposite::Run {
  const std::vector<Operand>& operands;
  const Arena& arena;
  double *output, *output_adjoints;
  double *values, *adjoints;  ///< of the step

  Run(const ScanComposite& scan, const Instruction& instruction, const Arena& memory)
      : operands(instruction.call->operands),
        arena(memory),
        output(memory.values + instruction.output.offset),
        output_adjoints(memory.adjoints == nullptr ? nullptr : memory.adjoints + instruction.output.offset),
        values(output + scan.room_),
        adjoints(output_adjoints == nullptr ? nullptr : output_adjoints + scan.room_) {}
};

/// Gives a step its inputs.
void ScanComposite::enter(const Run& run, std::size_t step) const {
  for (std::size_t k = 0; k < counts_.states; ++k) {
    const auto [offset, size, variable] = state(k);
    copy(run.output + begins_[k] + step * size, size, run.values + offset);
  }
  for (std::size_t k = 0; k < counts_.sequences; ++k) {
    const Operand& operand = run.operands[counts_.fixed + counts_.states + k];
    const auto [offset, size, variable] = element(k);
    copy(run.arena.read(operand) + static_cast<std::ptrdiff_t>(step) * operand.strides[0], size, run.values + offset);
  }
}

/// Keeps what a step has computed.
void ScanComposite::leave(const Run& run, std::size_t step) const {
  for (std::size_t k = 0; k < begins_.size(); ++k) {
    const std::size_t size = step_.result(k).size, row = step + (k < counts_.states ? 1 : 0);
    copy(step_.result_at(k, run.values), size, run.output + begins_[k] + row * size);
  }
}

double ScanComposite::forward(const Instruction& instruction, const Arena& arena) const {
  const Run run(*this, instruction, arena);
  for (std::size_t k = 0; k < counts_.fixed; ++k) {
    copy(arena.read(run.operands[k]), step_.input(k).size, run.values + step_.input(k).offset);
  }
  for (std::size_t k = 0; k < counts_.states; ++k) {
    copy(arena.read(run.operands[counts_.fixed + k]), state(k).size, run.output + begins_[k]);
  }
  for (std::size_t step = 0; step < counts_.steps; ++step) {
    enter(run, step);
    step_.forward(run.values);
    leave(run, step);
  }
  return 0;
}

/// Gives a step the adjoints of its results.
void ScanComposite::enter_adjoints(const Run& run, std::size_t step) const {
  std::fill(run.adjoints + fixed_size_, run.adjoints + step_.room(), 0.0);
  for (std::size_t k = 0; k < begins_.size(); ++k) {
    const auto [offset, size, variable] = step_.result(k);
    const std::size_t row = step + (k < counts_.states ? 1 : 0);
    if (variable) add(run.output_adjoints + begins_[k] + row * size, size, run.adjoints + offset);
  }
}

/// Takes those of its inputs from a step; of fixed ones they stay until all steps are done.
void ScanComposite::leave_adjoints(const Run& run, std::size_t step) const {
  for (std::size_t k = 0; k < counts_.states; ++k) {
    const auto [offset, size, variable] = state(k);
    add(run.adjoints + offset, size, run.output_adjoints + begins_[k] + step * size);
  }
  for (std::size_t k = 0; k < counts_.sequences; ++k) {
    const Operand& operand = run.operands[counts_.fixed + counts_.states + k];
    if (!operand.variable) continue;
    const auto [offset, size, variable] = element(k);
    add(run.adjoints + offset, size,
        run.arena.adjoints + operand.offset + static_cast<std::ptrdiff_t>(step) * operand.strides[0]);
  }
}

void ScanComposite::reverse(const Instruction& instruction, const Arena& arena) const {
  const Run run(*this, instruction, arena);
  for (std::size_t step = counts_.steps; step-- > 0;) {
    enter(run, step);
    step_.forward(run.values);
    enter_adjoints(run, step);
    step_.reverse(run.values, run.adjoints);
    leave_adjoints(run, step);
  }
  const auto give = [&](const Operand& operand, const double* adjoints, std::size_t size) {
    if (operand.variable) add(adjoints, size, arena.adjoints + operand.offset);
  };
  for (std::size_t k = 0; k < counts_.fixed; ++k) {
    give(run.operands[k], run.adjoints + step_.input(k).offset, step_.input(k).size);
  }
  for (std::size_t k = 0; k < counts_.states; ++k) {
    give(run.operands[counts_.fixed + k], run.output_adjoints + begins_[k], state(k).size);
  }
}

}  // namespace exmc::density
