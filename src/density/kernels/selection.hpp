#pragma once

#include <cstddef>

#include "../numbers/interval.hpp"
#include "../numbers/simd.hpp"
#include "exmc/ir/expression.hpp"

/// Functions that compare, and choose one of their operands, as function_kernels.hpp wants them.
namespace exmc::density {

/// The second or third operand, as the first is not 0 or 0. Only what is taken has a derivative.
struct Where {
  static constexpr std::size_t kOperands = 3;
  static constexpr bool kFinitePartials = true;
  template <class T>
  static T value(const T* p) {
    return select(p[0] != 0.0, p[1], p[2]);
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = T{};
    d[1] = select(p[0] != 0.0, T{} + 1.0, T{});
    d[2] = 1.0 - d[1];
  }
  static Interval range(const Interval* p) { return hull(p[1], p[2]); }
};

/// 1 where the relation holds, else 0.
template <ir::BinaryOperator relation>
struct Comparison {
  static constexpr std::size_t kOperands = 2;
  static constexpr bool kFlat = true;
  template <class T>
  static T value(const T* p) {
    return select(holds(p[0], p[1]), T{} + 1.0, T{});
  }
  static Interval range(const Interval* p) {
    using enum ir::BinaryOperator;
    const bool is_less = p[0].upper < p[1].lower || (p[0].upper == p[1].lower && (p[0].open_upper || p[1].open_lower));
    return (relation == less || relation == less_equal) && is_less ? closed_interval(1, 1) : kUnit;
  }

 private:
  template <class T>
  static auto holds(T a, T b) {
    using enum ir::BinaryOperator;
    if constexpr (relation == less) return a < b;
    if constexpr (relation == less_equal) return a <= b;
    if constexpr (relation == greater) return a > b;
    if constexpr (relation == greater_equal) return a >= b;
    if constexpr (relation == equal) return a == b;
    if constexpr (relation == not_equal) return a != b;
  }
};

/// The derivative is that of the argument taken; of the first where both are equal.
struct Minimum {
  static constexpr std::size_t kOperands = 2;
  static constexpr bool kFinitePartials = true;
  template <class T>
  static T value(const T* p) {
    return select((p[0] <= p[1]) | (p[0] != p[0]), p[0], p[1]);
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = select(p[0] <= p[1], T{} + 1.0, T{});
    d[1] = 1.0 - d[0];
  }
  static Interval range(const Interval* p) { return minimum(p[0], p[1]); }
};
struct Maximum {
  static constexpr std::size_t kOperands = 2;
  static constexpr bool kFinitePartials = true;
  template <class T>
  static T value(const T* p) {
    return select((p[0] >= p[1]) | (p[0] != p[0]), p[0], p[1]);
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = select(p[0] >= p[1], T{} + 1.0, T{});
    d[1] = 1.0 - d[0];
  }
  static Interval range(const Interval* p) { return maximum(p[0], p[1]); }
};

}  // namespace exmc::density
