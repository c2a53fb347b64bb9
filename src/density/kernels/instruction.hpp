#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exmc/core/random.hpp"

namespace exmc::density {

inline constexpr std::size_t kMaxAxes = 6;
inline constexpr std::size_t kMaxOperands = 6;

/// Where a kernel finds one array, relative to its arena. Strides follow the axes of the instruction's loop.
struct Operand {
  std::ptrdiff_t offset = 0;
  bool variable = false;  ///< in the variable space, hence with an adjoint
  std::array<std::ptrdiff_t, kMaxAxes> strides{};
};

/// The axes a kernel runs over, innermost last, neighbours that all operands step through evenly made one.
struct Loop {
  std::size_t rank = 0;
  std::array<std::size_t, kMaxAxes> extents{};
};

/// The memory of one evaluation. Reading up to seven elements beyond the end of any array is allowed, and adding zero
/// to as many adjoints.
struct Arena {
  const double* constants = nullptr;
  double* values = nullptr;
  double* adjoints = nullptr;
  const RandomSource* random = nullptr;  ///< only instructions that draw need it

  [[nodiscard]] const double* space(const Operand& operand) const { return operand.variable ? values : constants; }
  [[nodiscard]] const double* read(const Operand& operand) const { return space(operand) + operand.offset; }
};

struct Instruction;
/// Computes the output of an instruction, if it has one, and returns what it adds to the log density. A density term
/// has no output: its adjoint is always 1, so it also adds its gradient to its operands' adjoints at once.
using ForwardKernel = double (*)(const Instruction&, const Arena&);
/// Adds to the operands' adjoints what follows from the output's.
using ReverseKernel = void (*)(const Instruction&, const Arena&);

/// One random number, given what the instruction's operands are at its place.
using ElementDraw = double (*)(const double* operands, RandomStream& random);

/// What one event is given of an operand: a number, or the elements along the operand's own axes.
struct EventOperand {
  const double* data;
  const std::ptrdiff_t* strides;

  [[nodiscard]] double operator*() const { return *data; }
  [[nodiscard]] double operator()(std::size_t i) const { return data[static_cast<std::ptrdiff_t>(i) * strides[0]]; }
  [[nodiscard]] double operator()(std::size_t i, std::size_t j) const {
    return data[static_cast<std::ptrdiff_t>(i) * strides[0] + static_cast<std::ptrdiff_t>(j) * strides[1]];
  }
};
/// One random vector or matrix, row-major. `lengths` are those of its axes.
using EventDraw = void (*)(const EventOperand* operands, const std::size_t* lengths, double* event,
                           RandomStream& random);

/// Random numbers of its own for each instruction that draws: elements or events.
struct Drawing {
  ElementDraw element = nullptr;
  EventDraw event = nullptr;
  Purpose purpose = Purpose::generated;
  std::uint64_t node = 0;
};

/// What an instruction does that no pair of kernels over one loop can: a recurrence, say. It has any number of operands
/// and one dense output, which may be several arrays one after the other, with room to work in at its end. Immutable,
/// and shared by all that run a program.
class Composite {
 public:
  Composite() = default;
  Composite(const Composite&) = delete;
  Composite& operator=(const Composite&) = delete;
  virtual ~Composite() = default;

  /// Computes the output. @return what is added to the log density: 0, or -inf where there is no value
  [[nodiscard]] virtual double forward(const Instruction& instruction, const Arena& arena) const = 0;
  /// Adds to the operands' adjoints what follows from the output's.
  virtual void reverse(const Instruction& instruction, const Arena& arena) const = 0;
  /// Why forward() has no value for these operands, in words; empty where it has. Computes the output anew.
  [[nodiscard]] virtual std::string failure(const Instruction& /*instruction*/, const Arena& /*arena*/) const {
    return {};
  }
  /// Elements that one evaluation computes, roughly.
  [[nodiscard]] virtual double elements() const = 0;
};

/// A composite and what it is applied to; the strides of operands follow axes that the composite knows.
struct CompositeCall {
  std::shared_ptr<const Composite> composite;
  std::vector<Operand> operands;
};

struct Instruction {
  ForwardKernel forward = nullptr;
  ReverseKernel reverse = nullptr;  ///< null for terms and where all derivatives are zero
  Loop loop;
  Operand output;
  std::array<Operand, kMaxOperands> operands{};
  Drawing drawing;                      ///< of instructions that draw
  const CompositeCall* call = nullptr;  ///< of composites, whose operands stand there
};

}  // namespace exmc::density
