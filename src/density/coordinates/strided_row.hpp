#pragma once

#include <array>
#include <cstddef>

#include "../kernels/rows.hpp"

namespace exmc::density {

/// The operands of one row of a loop, read in packs, and where their gradients go. Strides are run-time values: what
/// stays the same along the row is kept in a register, and its gradient is summed there.
template <std::size_t N>
class StridedRow {
 public:
  StridedRow(const Instruction& instruction, const Arena& arena, const detail::Offsets<N>& at) {
    detail::unroll<N>([&](auto k) {
      const Operand& operand = instruction.operands[k];
      stride_[k] = operand.strides[instruction.loop.rank - 1];
      from_[k] = arena.read(operand) + at[k];
      to_[k] = operand.variable ? arena.adjoints + operand.offset + at[k] : nullptr;
      held_[k] = splat(*from_[k]);
    });
  }

  [[nodiscard]] bool varies(std::size_t k) const { return stride_[k] != 0; }
  template <class Count>
  void read(std::size_t start, Count count, Pack (&p)[N]) const {
    detail::unroll<N>([&](auto k) {
      p[k] = varies(k) ? detail::load_strided(from_[k] + at(k, start), stride_[k], count) : held_[k];
    });
  }
  /// No gradient goes to that operand.
  void drop(std::size_t k) { to_[k] = nullptr; }
  /// Lanes of `gradient` from count on must be zero.
  template <class Count>
  void add(std::size_t start, Count count, const Pack (&gradient)[N]) {
    detail::unroll<N>([&](auto k) {
      if (to_[k] == nullptr) return;
      if (varies(k)) {
        detail::add_strided(to_[k] + at(k, start), stride_[k], count, gradient[k]);
      } else {
        sums_[k] += gradient[k];
      }
    });
  }
  /// Adds what was summed in registers.
  void finish() const {
    detail::unroll<N>([&](auto k) {
      if (to_[k] != nullptr && !varies(k)) *to_[k] += sum(sums_[k]);
    });
  }

 private:
  [[nodiscard]] std::ptrdiff_t at(std::size_t k, std::size_t start) const {
    return static_cast<std::ptrdiff_t>(start) * stride_[k];
  }

  std::array<std::ptrdiff_t, N> stride_;
  std::array<const double*, N> from_;
  std::array<double*, N> to_;
  Pack held_[N];
  Pack sums_[N] = {};
};

/// Rows of an output are apart by this much, so that the tail of one does not reach into the next.
[[nodiscard]] inline std::size_t row_length(std::size_t elements) { return (elements + kLanes - 1) / kLanes * kLanes; }

}  // namespace exmc::density
