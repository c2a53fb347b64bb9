#pragma once

#include <cstddef>
#include <vector>

#include "../kernels/instruction.hpp"
#include "nested_program.hpp"

namespace exmc::density {

/// A recurrence. Operands are the fixed inputs of the step, the first values of its states, the sequences; its output
/// holds the values of each state, the first ones included, then those of what else is wanted, then room for one step.
///
/// What a step computes on the way is not kept but computed again on the way back, from the states before it: a second
/// run in the nearest cache is cheaper than writing and reading it all.
class ScanComposite final : public Composite {
 public:
  /// How many there are of each.
  struct Counts {
    std::size_t steps, fixed, states, sequences;
  };
  /// @param step  whose results are the next values of its states, then what else is wanted
  ScanComposite(NestedProgram step, const Counts& counts);

  /// Where the values of result k begin in the output, one step after the other; of a state those before the first.
  [[nodiscard]] std::size_t values_of(std::size_t k) const { return begins_[k]; }
  /// Of the output.
  [[nodiscard]] std::size_t size() const { return room_ + step_.room(); }

  [[nodiscard]] double forward(const Instruction& instruction, const Arena& arena) const override;
  void reverse(const Instruction& instruction, const Arena& arena) const override;
  [[nodiscard]] double elements() const override { return static_cast<double>(counts_.steps) * step_.elements(); }

 private:
  struct Run;
  [[nodiscard]] const NestedProgram::Block& state(std::size_t k) const { return step_.input(counts_.fixed + k); }
  [[nodiscard]] const NestedProgram::Block& element(std::size_t k) const {
    return step_.input(counts_.fixed + counts_.states + k);
  }
  void enter(const Run& run, std::size_t step) const;
  void leave(const Run& run, std::size_t step) const;
  void enter_adjoints(const Run& run, std::size_t step) const;
  void leave_adjoints(const Run& run, std::size_t step) const;

  NestedProgram step_;
  Counts counts_;
  std::size_t fixed_size_ = 0;       ///< of all fixed inputs, the first part of the step's position
  std::vector<std::size_t> begins_;  ///< by result
  std::size_t room_ = 0;             ///< where the step's variable space begins
};

}  // namespace exmc::density
