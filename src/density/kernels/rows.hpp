#pragma once

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

#include "../numbers/simd.hpp"
#include "instruction.hpp"

/// How the kernels of elementwise.hpp walk over strided arrays: row by row, and in a row pack by pack.
namespace exmc::density {

inline constexpr unsigned kScalar = ~0U;  ///< in place of a mask of what varies: one element

namespace detail {

template <std::size_t N, class Body>
inline void unroll(Body&& body) {
  [&]<std::size_t... I>(std::index_sequence<I...>) { (body(std::integral_constant<std::size_t, I>{}), ...); }
  (std::make_index_sequence<N>{});
}

template <std::size_t N>
using Offsets = std::array<std::ptrdiff_t, N>;

/// Moves to the next index of the axes [first, last) of the loop, row-major. False after the last one.
template <std::size_t N>
inline bool advance(const Instruction& instruction, std::size_t first, std::size_t last,
                    std::array<std::size_t, kMaxAxes>& index, Offsets<N>& at, std::ptrdiff_t& out) {
  for (std::size_t axis = last; axis-- > first;) {
    const std::size_t extent = instruction.loop.extents[axis];
    const bool carry = ++index[axis] == extent;
    const std::ptrdiff_t times = carry ? 1 - static_cast<std::ptrdiff_t>(extent) : 1;
    for (std::size_t k = 0; k < N; ++k) at[k] += times * instruction.operands[k].strides[axis];
    out += times * instruction.output.strides[axis];
    if (!carry) return true;
    index[axis] = 0;
  }
  return false;
}

/// Calls body(offsets of the operands, offset of the output) for each index of the axes [first, last) of the loop,
/// row-major, beginning at the given offsets.
template <std::size_t N, class Body>
inline void for_each_index(const Instruction& instruction, std::size_t first, std::size_t last, Offsets<N> at,
                           std::ptrdiff_t out, Body&& body) {
  std::array<std::size_t, kMaxAxes> index{};
  do {
    body(at, out);
  } while (advance(instruction, first, last, index, at, out));
}

/// The same for all axes but the innermost.
template <std::size_t N, class Body>
inline void for_each_row(const Instruction& instruction, Body&& body) {
  const std::size_t rank = instruction.loop.rank;
  for_each_index<N>(instruction, 0, rank == 0 ? 0 : rank - 1, {}, 0, body);
}

/// Lanes [0, count) of an operand at `from`; the others hold something that may be read.
inline Pack load_strided(const double* from, std::ptrdiff_t stride, std::size_t count) {
  if (stride == 1) return load(from);
  Pack pack;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    pack[lane] = from[lane < count ? static_cast<std::ptrdiff_t>(lane) * stride : 0];
  }
  return pack;
}

/// Adds to the adjoints of an operand; lanes from `count` on are zero.
inline void add_strided(double* to, std::ptrdiff_t stride, std::size_t count, Pack gradient) {
  if (stride == 1) return store(to, load(to) + gradient);
  for (std::size_t lane = 0; lane < count; ++lane) to[static_cast<std::ptrdiff_t>(lane) * stride] += gradient[lane];
}

/// Calls body(start, number of elements) for the packs of a row; the number is a compile-time constant for full packs.
template <class Body>
inline void for_each_pack(std::size_t length, Body&& body) {
  std::size_t start = 0;
  for (; start + kLanes <= length; start += kLanes) body(start, std::integral_constant<std::size_t, kLanes>{});
  if (start < length) body(start, length - start);
}

template <class Count>
inline constexpr bool is_full = !std::is_same_v<Count, std::size_t>;

}  // namespace detail

/// The operands of one row in registers or memory, and where their gradients go. `UnitStride`: those that vary do so
/// with stride 1.
template <std::size_t N, unsigned Varying, bool UnitStride = false>
class RowOperands {
 public:
  RowOperands(const Instruction& instruction, const Arena& arena, const detail::Offsets<N>& at)
      : instruction_(instruction), arena_(arena), at_(at) {
    detail::unroll<N>([&](auto k) {
      from_[k] = arena.read(instruction.operands[k]) + at[k];
      if constexpr (!varies(k)) held_[k] = splat(*from_[k]);
    });
  }

  template <class Count>
  void read(std::size_t start, Count count, Pack (&p)[N]) const {
    detail::unroll<N>([&](auto k) {
      if constexpr (varies(k)) {
        p[k] = detail::load_strided(from_[k] + static_cast<std::ptrdiff_t>(start) * stride(k), stride(k), count);
      } else {
        p[k] = held_[k];
      }
    });
  }

  /// Lanes of `gradient` from count on must be zero.
  template <class Count>
  void add(std::size_t start, Count count, const Pack (&gradient)[N]) {
    detail::unroll<N>([&](auto k) {
      if constexpr (!varies(k)) {
        sums_[k] += gradient[k];
      } else if (instruction_.operands[k].variable) {
        double* to = adjoint(k) + static_cast<std::ptrdiff_t>(start) * stride(k);
        detail::add_strided(to, stride(k), count, gradient[k]);
      }
    });
  }

  /// The operands held in registers; the places of the others hold nothing.
  [[nodiscard]] const Pack* held() const { return held_; }
  void add_held(std::size_t k, Pack gradient) { sums_[k] += gradient; }

  /// Adds the sums of the operands held in registers to their adjoints.
  void finish() const {
    detail::unroll<N>([&](auto k) {
      if constexpr (!varies(k)) {
        if (instruction_.operands[k].variable) *adjoint(k) += sum(sums_[k]);
      }
    });
  }

 private:
  static constexpr bool varies(std::size_t k) { return (Varying >> k & 1U) != 0; }
  [[nodiscard]] std::ptrdiff_t stride(std::size_t k) const {
    if constexpr (UnitStride) return 1;
    return instruction_.operands[k].strides[instruction_.loop.rank - 1];
  }
  [[nodiscard]] double* adjoint(std::size_t k) const {
    return arena_.adjoints + instruction_.operands[k].offset + at_[k];
  }

  const Instruction& instruction_;
  const Arena& arena_;
  const detail::Offsets<N>& at_;
  const double* from_[N];
  Pack held_[N] = {};
  Pack sums_[N] = {};
};

}  // namespace exmc::density
