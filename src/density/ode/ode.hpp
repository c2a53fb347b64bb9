#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "../composites/nested_program.hpp"
#include "../kernels/instruction.hpp"
#include "solver.hpp"

namespace exmc::density {

/// The solution of a differential equation at given times. Operands are the fixed inputs of the right-hand side, the
/// initial values of the states, the times, and the start; its output holds the values of each state, one time after
/// the other, then what the reverse sweep needs and room to work in.
///
/// It is solved with the sensitivities to all operands that are variable, by which the reverse sweep multiplies. So the
/// errors of density and gradient are of one solution, with one choice of steps.
class OdeComposite final : public Composite {
 public:
  struct Problem {
    std::size_t fixed = 0;        ///< how many fixed inputs the right-hand side has, all of them variable
    std::vector<bool> initial{};  ///< of each state whether its initial value is variable
    std::size_t times = 0;        ///< how many there are
    bool variable_times = false, variable_start = false;
    bool timed = false;  ///< whether the time is an input, after the states
    OdeSettings settings{};
  };
  /// @param rhs  whose results are the derivatives of the states, in their order
  OdeComposite(NestedProgram rhs, Problem problem);

  /// Where the values of state k begin in the output, one time after the other.
  [[nodiscard]] std::size_t values_of(std::size_t k) const { return problem_.times * offsets_[k]; }
  /// Of the output.
  [[nodiscard]] std::size_t size() const { return end_; }

  [[nodiscard]] double forward(const Instruction& instruction, const Arena& arena) const override;
  void reverse(const Instruction& instruction, const Arena& arena) const override;
  [[nodiscard]] std::string failure(const Instruction& instruction, const Arena& arena) const override;
  [[nodiscard]] double elements() const override;

 private:
  class Run;
  class Lease;
  [[nodiscard]] OdeOutcome solve(const Instruction& instruction, const Arena& arena) const;
  [[nodiscard]] std::size_t row_size() const { return states_ * (1 + columns_); }
  [[nodiscard]] std::size_t take(std::size_t count);

  NestedProgram rhs_;
  Problem problem_;
  std::size_t fixed_size_ = 0;             ///< elements of all fixed inputs, the first part of the inputs
  std::size_t states_ = 0;                 ///< elements of all states
  std::size_t columns_ = 0;                ///< sensitivities: to fixed inputs, variable initial values, the start
  std::vector<std::size_t> offsets_{};     ///< of states among their elements
  std::size_t end_ = 0;                    ///< of the output
  std::size_t rows_ = 0, slopes_ = 0;      ///< in the output: z and, where times are variable, dy/dt at each time
  std::size_t first_ = 0, scales_ = 0;     ///< z at the start; how large what sensitivities are to is
  std::size_t jacobian_ = 0;               ///< of the right-hand side, a row for each state: by all inputs
  std::size_t values_ = 0, adjoints_ = 0;  ///< of the right-hand side
  mutable std::mutex mutex_{};             ///< of the solvers
  mutable std::vector<std::unique_ptr<OdeSolver>> idle_{};  ///< one for each evaluation that has run at a time
};

}  // namespace exmc::density
