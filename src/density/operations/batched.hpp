#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "../kernels/elementwise.hpp"
#include "../program/builder.hpp"

/// Operations on vectors and matrices, repeated over batches of them.
namespace exmc::density {

struct Batched {
  ForwardKernel forward;
  ReverseKernel reverse;
  std::vector<View> operands;
  std::vector<std::size_t> own;      ///< per operand: the trailing axes that one repetition sees, row-major and dense
  std::vector<std::size_t> sizes{};  ///< what the kernels ask for by size(); at most three
  Shape event{};                     ///< of the output for one repetition
  bool adds_to_density = false;
  bool first_in_place = false;  ///< the first operand is never copied: kernels step through its last axis by its stride
};

/// The output, of shape batch + event, where batch is the broadcast of what the operands have beyond their own axes.
/// Operands whose own axes are not dense are copied first.
[[nodiscard]] View emit_batched(Builder& builder, const Batched& operation);

/// A last axis as rows of a matrix with so many columns.
[[nodiscard]] View split_last(View view, std::size_t columns);
/// The first axes of a shape, less the last `own`.
[[nodiscard]] Shape batch_of(const Shape& shape, std::size_t own);
/// batch + event
[[nodiscard]] Shape joined(Shape batch, const Shape& event);

/// One of the sizes of a batched operation.
[[nodiscard]] inline std::size_t size(const Instruction& instruction, std::size_t which = 0) {
  return instruction.loop.extents[instruction.loop.rank - 1 + which];
}

/// What a forward kernel sees of one repetition.
template <std::size_t N>
struct Inputs {
  std::array<const double*, N> in;
  double* out;
};

/// What a reverse kernel sees of one repetition. The adjoint of an operand that is constant is null. The output's is
/// nobody else's any more, so a kernel may overwrite it.
template <std::size_t N>
struct Adjoints {
  std::array<const double*, N> in;
  std::array<double*, N> in_adjoint;
  const double* out;
  double* out_adjoint;
};

template <std::size_t N, class Body>
void for_each_input(const Instruction& instruction, const Arena& arena, Body&& body) {
  detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& at, std::ptrdiff_t out) {
    Inputs<N> inputs;
    for (std::size_t k = 0; k < N; ++k) inputs.in[k] = arena.read(instruction.operands[k]) + at[k];
    inputs.out = arena.values + instruction.output.offset + out;
    body(inputs);
  });
}

template <std::size_t N, class Body>
void for_each_adjoint(const Instruction& instruction, const Arena& arena, Body&& body) {
  detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& at, std::ptrdiff_t out) {
    Adjoints<N> adjoints;
    for (std::size_t k = 0; k < N; ++k) {
      const Operand& operand = instruction.operands[k];
      adjoints.in[k] = arena.read(operand) + at[k];
      adjoints.in_adjoint[k] = operand.variable ? arena.adjoints + operand.offset + at[k] : nullptr;
    }
    adjoints.out = arena.values + instruction.output.offset + out;
    adjoints.out_adjoint = arena.adjoints + instruction.output.offset + out;
    body(adjoints);
  });
}

}  // namespace exmc::density
