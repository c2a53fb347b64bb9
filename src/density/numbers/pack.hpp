#pragma once

#include <cstddef>
#include <limits>
#include <type_traits>

/// Eight doubles on every target, in as many registers as the processor level has for them: the order of a sum is the
/// same with SSE2, AVX and AVX-512. (One vector type of eight lanes would do where registers are that long. Where they
/// are not, GCC 12 keeps it in memory, and compares and selects lane by lane.)
namespace exmc::density {

inline constexpr std::size_t kLanes = 8;

namespace detail {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

#if defined(__AVX512F__) && defined(__AVX512DQ__)
inline constexpr std::size_t kRegisterBytes = 64;
#elif defined(__AVX__)
inline constexpr std::size_t kRegisterBytes = 32;
#else
inline constexpr std::size_t kRegisterBytes = 16;
#endif
inline constexpr std::size_t kRegisters = kLanes * sizeof(double) / kRegisterBytes;
inline constexpr std::size_t kRegisterLanes = kLanes / kRegisters;

using Doubles = double __attribute__((vector_size(kRegisterBytes)));
using UnsignedIntegers = unsigned long long __attribute__((vector_size(kRegisterBytes)));
/// What comparing gives: all bits of a lane set or none.
using Comparison = decltype(Doubles{} < Doubles{});
/// Clang ignores aligned() behind the `=`.
using UnalignedDoubles __attribute__((vector_size(kRegisterBytes), aligned(8), may_alias)) = double;
static_assert(alignof(UnalignedDoubles) == alignof(double));

/// The registers of a pack. Its layout is that of the first lane to the last on every level.
template <class R>
struct alignas(kLanes * sizeof(double)) Registers {
  using Number = std::remove_cvref_t<decltype(R{}[0])>;

  R part[kRegisters];

  [[nodiscard]] Number operator[](std::size_t lane) const { return part[lane / kRegisterLanes][lane % kRegisterLanes]; }
  /// A vector has the type of its elements to an optimizer.
  [[nodiscard]] Number& operator[](std::size_t lane) { return reinterpret_cast<Number*>(part)[lane]; }
};

/// Of the registers f(0), f(1) ...
template <class F>
inline auto by_register(F f) {
  using R = decltype(f(std::size_t{}));
  static_assert(kRegisters == 1 || kRegisters == 2 || kRegisters == 4);
  if constexpr (kRegisters == 1) {
    return Registers<R>{{f(0)}};
  } else if constexpr (kRegisters == 2) {
    return Registers<R>{{f(0), f(1)}};
  } else {
    return Registers<R>{{f(0), f(1), f(2), f(3)}};
  }
}

template <class R>
using NumberOf = typename Registers<R>::Number;

#define EXMC_OPERATOR(op)                                                      \
  template <class R>                                                           \
  inline auto operator op(const Registers<R>& a, const Registers<R>& b) {      \
    return by_register([&](std::size_t k) { return a.part[k] op b.part[k]; }); \
  }                                                                            \
  template <class R>                                                           \
  inline auto operator op(const Registers<R>& a, NumberOf<R> b) {              \
    return by_register([&](std::size_t k) { return a.part[k] op b; });         \
  }                                                                            \
  template <class R>                                                           \
  inline auto operator op(NumberOf<R> a, const Registers<R>& b) {              \
    return by_register([&](std::size_t k) { return a op b.part[k]; });         \
  }

#define EXMC_ASSIGNING_OPERATOR(op)                                      \
  template <class R, class Other>                                        \
  inline Registers<R>& operator op##=(Registers<R>& a, const Other& b) { \
    return a = a op b;                                                   \
  }

EXMC_OPERATOR(+)
EXMC_OPERATOR(-)
EXMC_OPERATOR(*)
EXMC_OPERATOR(/)
EXMC_OPERATOR(&)
EXMC_OPERATOR(|)
EXMC_OPERATOR(<<)
EXMC_OPERATOR(>>)
EXMC_OPERATOR(<)
EXMC_OPERATOR(<=)
EXMC_OPERATOR(>)
EXMC_OPERATOR(>=)
EXMC_OPERATOR(==)
EXMC_OPERATOR(!=)
EXMC_ASSIGNING_OPERATOR(+)
EXMC_ASSIGNING_OPERATOR(-)
EXMC_ASSIGNING_OPERATOR(*)
EXMC_ASSIGNING_OPERATOR(/)
EXMC_ASSIGNING_OPERATOR(&)
EXMC_ASSIGNING_OPERATOR(|)
#undef EXMC_OPERATOR
#undef EXMC_ASSIGNING_OPERATOR

template <class R>
inline auto operator-(const Registers<R>& a) {
  return by_register([&](std::size_t k) { return -a.part[k]; });
}
template <class R>
inline auto operator~(const Registers<R>& a) {
  return by_register([&](std::size_t k) { return ~a.part[k]; });
}

inline auto operator!(const Registers<Comparison>& a) { return ~a; }

using Bits = Registers<UnsignedIntegers>;

[[nodiscard]] inline Bits to_bits(const Registers<Doubles>& x) {
  return by_register([&](std::size_t k) { return reinterpret_cast<UnsignedIntegers>(x.part[k]); });
}
[[nodiscard]] inline Registers<Doubles> from_bits(const Bits& bits) {
  return by_register([&](std::size_t k) { return reinterpret_cast<Doubles>(bits.part[k]); });
}

}  // namespace detail

using Pack = detail::Registers<detail::Doubles>;
using Mask = detail::Registers<detail::Comparison>;

[[nodiscard]] inline Pack splat(double value) { return Pack{} + value; }

[[nodiscard]] inline Pack load(const double* from) {
  return detail::by_register([&](std::size_t k) {
    return detail::Doubles{*reinterpret_cast<const detail::UnalignedDoubles*>(from + k * detail::kRegisterLanes)};
  });
}
inline void store(double* to, const Pack& value) {
  (void)detail::by_register([&](std::size_t k) {
    *reinterpret_cast<detail::UnalignedDoubles*>(to + k * detail::kRegisterLanes) = value.part[k];
    return value.part[k];
  });
}

/// The lanes below `count`.
[[nodiscard]] inline Mask first_lanes(std::size_t count) {
  alignas(Pack) static constexpr double lanes[] = {0, 1, 2, 3, 4, 5, 6, 7};
  return load(lanes) < static_cast<double>(count);
}

[[nodiscard]] inline bool any(const Mask& mask) {
#if defined(__AVX512DQ__)
  using Integers = long long __attribute__((vector_size(64)));
  return __builtin_ia32_cvtq2mask512(reinterpret_cast<Integers>(mask.part[0])) != 0;
#elif defined(__AVX__)
  return __builtin_ia32_movmskpd256(reinterpret_cast<detail::Doubles>(mask.part[0] | mask.part[1])) != 0;
#else
  const auto all = (mask.part[0] | mask.part[1]) | (mask.part[2] | mask.part[3]);
  return (all[0] | all[1]) != 0;
#endif
}
[[nodiscard]] inline bool any(bool one) { return one; }

[[nodiscard]] inline Pack select(const Mask& mask, const Pack& yes, const Pack& no) {
  return detail::by_register([&](std::size_t k) { return mask.part[k] ? yes.part[k] : no.part[k]; });
}
[[nodiscard]] inline double select(bool mask, double yes, double no) { return mask ? yes : no; }

namespace detail {

/// Lanes [0 + 4, 1 + 5, 2 + 6, 3 + 7] of a pack, then [(0 + 4) + (2 + 6), (1 + 5) + (3 + 7)].
using Quarter = double __attribute__((vector_size(16)));
template <class P>
[[nodiscard]] inline Quarter quarter_sums(const P& a) {
  if constexpr (kRegisters == 4) {
    return (a.part[0] + a.part[2]) + (a.part[1] + a.part[3]);
  } else if constexpr (kRegisters == 2) {
    const auto half = a.part[0] + a.part[1];
    return __builtin_shufflevector(half, half, 0, 1) + __builtin_shufflevector(half, half, 2, 3);
  } else {
    const auto all = a.part[0];
    const auto half = __builtin_shufflevector(all, all, 0, 1, 2, 3) + __builtin_shufflevector(all, all, 4, 5, 6, 7);
    return __builtin_shufflevector(half, half, 0, 1) + __builtin_shufflevector(half, half, 2, 3);
  }
}

/// Pairs of lanes as a pack.
template <class Q>
[[nodiscard]] inline Pack joined(const Q (&pairs)[4]) {
  if constexpr (kRegisters == 4) {
    return {{pairs[0], pairs[1], pairs[2], pairs[3]}};
  } else {
    const auto low = __builtin_shufflevector(pairs[0], pairs[1], 0, 1, 2, 3);
    const auto high = __builtin_shufflevector(pairs[2], pairs[3], 0, 1, 2, 3);
    if constexpr (kRegisters == 2) {
      return {{low, high}};
    } else {
      return {{__builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7)}};
    }
  }
}

}  // namespace detail

/// Sum of the lanes, always in the order ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)).
[[nodiscard]] inline double sum(const Pack& a) {
  const detail::Quarter quarter = detail::quarter_sums(a);
  return quarter[0] + quarter[1];
}
[[nodiscard]] inline double sum(double a) { return a; }

/// The sums of eight packs, each in that order.
[[nodiscard]] inline Pack sums(const Pack (&a)[kLanes]) {
  const auto pair = [&](std::size_t i) {
    const detail::Quarter x = detail::quarter_sums(a[i]), y = detail::quarter_sums(a[i + 1]);
    return __builtin_shufflevector(x, y, 0, 2) + __builtin_shufflevector(x, y, 1, 3);
  };
  return detail::joined({pair(0), pair(2), pair(4), pair(6)});
}

/// Lanes `N` further up or down, N a power of 2, zeros where none come from.
template <std::size_t N, class P = Pack>
[[nodiscard]] inline P moved_up(const P& p) {
  using detail::kRegisterLanes;
  const decltype(p.part[0] + p.part[0]) zero{};
  return detail::by_register([&](std::size_t k) {
    const auto from = [&](std::size_t back) { return k >= back ? p.part[k - back] : zero; };
    if constexpr (N >= kRegisterLanes) {
      return from(N / kRegisterLanes);
    } else if constexpr (kRegisterLanes == 2) {
      return __builtin_shufflevector(from(1), from(0), 1, 2);
    } else if constexpr (kRegisterLanes == 4) {
      return N == 1 ? __builtin_shufflevector(from(1), from(0), 3, 4, 5, 6)
                    : __builtin_shufflevector(from(1), from(0), 2, 3, 4, 5);
    } else {
      return N == 1   ? __builtin_shufflevector(from(1), from(0), 7, 8, 9, 10, 11, 12, 13, 14)
             : N == 2 ? __builtin_shufflevector(from(1), from(0), 6, 7, 8, 9, 10, 11, 12, 13)
                      : __builtin_shufflevector(from(1), from(0), 4, 5, 6, 7, 8, 9, 10, 11);
    }
  });
}
template <std::size_t N, class P = Pack>
[[nodiscard]] inline P moved_down(const P& p) {
  using detail::kRegisterLanes;
  const decltype(p.part[0] + p.part[0]) zero{};
  return detail::by_register([&](std::size_t k) {
    const auto from = [&](std::size_t on) { return k + on < detail::kRegisters ? p.part[k + on] : zero; };
    if constexpr (N >= kRegisterLanes) {
      return from(N / kRegisterLanes);
    } else if constexpr (kRegisterLanes == 2) {
      return __builtin_shufflevector(from(0), from(1), 1, 2);
    } else if constexpr (kRegisterLanes == 4) {
      return N == 1 ? __builtin_shufflevector(from(0), from(1), 1, 2, 3, 4)
                    : __builtin_shufflevector(from(0), from(1), 2, 3, 4, 5);
    } else {
      return N == 1   ? __builtin_shufflevector(from(0), from(1), 1, 2, 3, 4, 5, 6, 7, 8)
             : N == 2 ? __builtin_shufflevector(from(0), from(1), 2, 3, 4, 5, 6, 7, 8, 9)
                      : __builtin_shufflevector(from(0), from(1), 4, 5, 6, 7, 8, 9, 10, 11);
    }
  });
}

[[nodiscard]] inline Pack abs(const Pack& x) { return detail::from_bits(detail::to_bits(x) & 0x7fffffffffffffffULL); }

}  // namespace exmc::density
