#pragma once

#include <cstddef>

#include "../numbers/simd.hpp"
#include "instruction.hpp"
#include "rows.hpp"

/// The drivers that turn a function of one element into kernels over whole strided arrays: elementwise.hpp says how
/// they are chosen.
///
/// A *function* has `kOperands`, `value(p)` and `partials(p, value, d)`, or `kFlat` where its derivatives are all zero.
/// What an element with adjoint zero says of its operands is zero, even where a partial derivative is infinite or NaN
/// (`kFinitePartials` says that it never is): so the branch that `where` does not take stays without effect. If a
/// function also has `log_jacobian(p, value)` and `log_jacobian_slope(p, value)` it is a parameter transform: the first
/// is added to the log density. A function may have `range(p)`: where its values lie, given where its operands do.
namespace exmc::density {

/// Whether all derivatives of a function are zero.
template <class F>
inline constexpr bool is_flat = requires {
  requires F::kFlat;
};

namespace detail {

template <class F>
inline constexpr bool has_finite_partials = requires {
  requires F::kFinitePartials;
};

template <class F>
inline constexpr bool has_jacobian = requires(const Pack* p, Pack v) {
  F::log_jacobian(p, v);
};

}  // namespace detail

template <class F, unsigned Varying>
[[gnu::flatten]] double function_forward(const Instruction& instruction, const Arena& arena) {
  constexpr std::size_t N = F::kOperands;
  double* const output = arena.values + instruction.output.offset;
  if constexpr (Varying == kScalar) {
    double p[N];
    detail::unroll<N>([&](auto k) { p[k] = *arena.read(instruction.operands[k]); });
    *output = F::value(p);
    if constexpr (detail::has_jacobian<F>) return F::log_jacobian(p, *output);
    return 0;
  } else {
    const std::size_t length = instruction.loop.extents[instruction.loop.rank - 1];
    Pack log_jacobian{};
    detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& at, std::ptrdiff_t out) {
      const RowOperands<N, Varying> operands(instruction, arena, at);
      detail::for_each_pack(length, [&](std::size_t start, auto count) {
        Pack p[N];
        operands.read(start, count, p);
        const Pack value = F::value(p);
        store(output + out + start,
              value);  // what a tail writes too much is padding, or the next row's and comes later
        if constexpr (detail::has_jacobian<F>) {
          const Pack term = F::log_jacobian(p, value);
          log_jacobian += detail::is_full<decltype(count)> ? term : select(first_lanes(count), term, Pack{});
        }
      });
    });
    return sum(log_jacobian);
  }
}

template <class F, unsigned Varying>
[[gnu::flatten]] void function_reverse(const Instruction& instruction, const Arena& arena) {
  constexpr std::size_t N = F::kOperands;
  const double* const values = arena.values + instruction.output.offset;
  const double* const adjoints = arena.adjoints + instruction.output.offset;
  if constexpr (Varying == kScalar) {
    double p[N], d[N];
    detail::unroll<N>([&](auto k) { p[k] = *arena.read(instruction.operands[k]); });
    F::partials(p, *values, d);
    detail::unroll<N>([&](auto k) {
      double gradient = *adjoints == 0.0 ? 0.0 : *adjoints * d[k];
      if constexpr (detail::has_jacobian<F>) gradient += F::log_jacobian_slope(p, *values);
      const Operand& operand = instruction.operands[k];
      if (operand.variable) arena.adjoints[operand.offset] += gradient;
    });
  } else {
    const std::size_t length = instruction.loop.extents[instruction.loop.rank - 1];
    detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& at, std::ptrdiff_t out) {
      RowOperands<N, Varying> operands(instruction, arena, at);
      detail::for_each_pack(length, [&](std::size_t start, auto count) {
        Pack p[N], d[N];
        operands.read(start, count, p);
        const Pack value = load(values + out + start), adjoint = load(adjoints + out + start);
        F::partials(p, value, d);
        for (Pack& partial : d) {
          partial *= adjoint;
          if constexpr (!detail::has_finite_partials<F>) partial = select(adjoint == 0.0, Pack{}, partial);
          if constexpr (detail::has_jacobian<F>) partial += F::log_jacobian_slope(p, value);
          if constexpr (!detail::is_full<decltype(count)>) partial = select(first_lanes(count), partial, Pack{});
        }
        operands.add(start, count, d);
      });
      operands.finish();
    });
  }
}

}  // namespace exmc::density
