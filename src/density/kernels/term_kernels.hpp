#pragma once

#include <cstddef>

#include "../numbers/simd.hpp"
#include "instruction.hpp"
#include "log_product.hpp"
#include "predictor_operands.hpp"
#include "rows.hpp"

/// The drivers that turn a term of the log density into kernels over whole strided arrays: elementwise.hpp says how
/// they are chosen.
///
/// A *term* has `kOperands` and `evaluate(p, d)`, which returns its value and writes its partial derivatives. A term
/// with a part `weight(p) * log1p(w)`, w >= 0, may leave that to the driver, which needs far fewer logarithms: it has
/// `kWeightOperands` (the bits of the operands that the weight depends on), `evaluate(p, d, w)` for the rest, and
/// `weight_partials(d)`. A term that says in `kPredictor` in which operand linear predictors come has kernels that
/// compute them on the way.
namespace exmc::density {

namespace detail {

/// Beyond this weight the rounding of a product of (1 + w) would be felt, which log1p(w) does not have.
inline constexpr double kMaxProductWeight = 128;

template <class T>
inline constexpr bool has_logarithm = requires {
  T::kWeightOperands;
};

/// Whether the weight is one number for a row.
template <class T, unsigned Varying>
inline constexpr bool has_product = false;
template <class T, unsigned Varying>
requires has_logarithm<T>
inline constexpr bool has_product<T, Varying> = (Varying & T::kWeightOperands) == 0;

/// Value and partial derivatives of one element, its logarithm included.
template <class T, class Number>
inline Number evaluate(const Number* p, Number* d) {
  if constexpr (has_logarithm<T>) {
    Number w, of_weight[T::kOperands];
    const Number rest = T::evaluate(p, d, w), logarithm = log1p(w);
    T::weight_partials(of_weight);
    unroll<T::kOperands>([&](auto k) {
      if constexpr ((T::kWeightOperands >> k & 1U) != 0) d[k] += of_weight[k] * logarithm;
    });
    return rest + T::weight(p) * logarithm;
  } else {
    return T::evaluate(p, d);
  }
}

template <class Count, std::size_t N>
inline void clear_tail(Count count, Pack& value, Pack (&partials)[N]) {
  if constexpr (!is_full<Count>) {
    const Mask inside = first_lanes(count);
    value = select(inside, value, Pack{});
    for (Pack& partial : partials) partial = select(inside, partial, Pack{});
  }
}

/// The sum of a term along a row; gradients go to the operands.
template <class T, class Operands>
inline Pack add_row(Operands& operands, std::size_t length) {
  constexpr std::size_t N = T::kOperands;
  Pack total{};
  for_each_pack(length, [&](std::size_t start, auto count) {
    Pack p[N], d[N];
    operands.read(start, count, p);
    Pack value = evaluate<T>(p, d);
    clear_tail(count, value, d);
    total += value;
    operands.add(start, count, d);
  });
  return total;
}

/// The same for a term with a logarithm whose weight is one number for the row.
template <class T, class Operands>
inline Pack add_row_by_product(Operands& operands, std::size_t length) {
  constexpr std::size_t N = T::kOperands;
  Pack total{};
  LogProduct product;
  for_each_pack(length, [&](std::size_t start, auto count) {
    Pack p[N], d[N], w;
    operands.read(start, count, p);
    Pack value = T::evaluate(p, d, w);
    clear_tail(count, value, d);
    if constexpr (!is_full<decltype(count)>) w = select(first_lanes(count), w, Pack{});
    total += value;
    product.multiply(1.0 + w);
    operands.add(start, count, d);
  });
  const Pack logarithm = product.logarithm();
  Pack of_weight[N];
  T::weight_partials(of_weight);
  unroll<N>([&](auto k) {
    if constexpr ((T::kWeightOperands >> k & 1U) != 0) operands.add_held(k, of_weight[k] * logarithm);
  });
  return total + T::weight(operands.held()) * logarithm;
}

/// The better of the two.
template <class T, unsigned Varying, class Operands>
inline Pack add_term_row(Operands& operands, std::size_t length) {
  Pack total{};
  if constexpr (has_product<T, Varying>) {
    if (abs(T::weight(operands.held()))[0] <= kMaxProductWeight) {
      total = add_row_by_product<T>(operands, length);
    } else {
      total = add_row<T>(operands, length);
    }
  } else {
    total = add_row<T>(operands, length);
  }
  operands.finish();
  return total;
}

}  // namespace detail

template <class T, unsigned Varying>
[[gnu::flatten]] double term_forward(const Instruction& instruction, const Arena& arena) {
  constexpr std::size_t N = T::kOperands;
  if constexpr (Varying == kScalar) {
    double p[N], d[N];
    detail::unroll<N>([&](auto k) { p[k] = *arena.read(instruction.operands[k]); });
    const double value = detail::evaluate<T>(p, d);
    detail::unroll<N>([&](auto k) {
      const Operand& operand = instruction.operands[k];
      if (operand.variable) arena.adjoints[operand.offset] += d[k];
    });
    return value;
  } else {
    const std::size_t length = instruction.loop.extents[instruction.loop.rank - 1];
    Pack total{};
    detail::for_each_row<N>(instruction, [&](const detail::Offsets<N>& at, std::ptrdiff_t) {
      RowOperands<N, Varying> operands(instruction, arena, at);
      total += detail::add_term_row<T, Varying>(operands, length);
    });
    return sum(total);
  }
}

/// A term of which operand kPredictor is a linear predictor: in its place stands what is added to the product of
/// operand kOperands, a DesignMatrix, and operand kOperands + 1. The loop has one axis, the rows; extents[1] is the
/// number of columns. Everything that varies does so with stride 1.
template <class T, unsigned Varying>
[[gnu::flatten]] double predictor_term_forward(const Instruction& instruction, const Arena& arena) {
  static_assert(T::kOperands + 2 <= kMaxOperands);
  const detail::Offsets<T::kOperands> at{};
  detail::PredictorOperands<T::kOperands, T::kPredictor, Varying> operands(instruction, arena, at);
  return sum(detail::add_term_row<T, Varying>(operands, instruction.loop.extents[0]));
}

}  // namespace exmc::density
