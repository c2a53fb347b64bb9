#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <type_traits>

#include "../numbers/interval.hpp"
#include "../numbers/simd.hpp"
#include "../numbers/special.hpp"
#include "function_kernels.hpp"

/// Functions of one number, as `value(x)` and `slope(x, value)` or `kFlat`, and of several, as function_kernels.hpp
/// wants them.
namespace exmc::density {

/// A function of one number as function_kernels.hpp wants it.
template <class F>
struct Unary {
  static constexpr std::size_t kOperands = 1;
  static constexpr bool kFlat = is_flat<F>;
  template <class T>
  static T value(const T* p) {
    return F::value(p[0]);
  }
  template <class T>
  static void partials(const T* p, T value, T* d) {
    d[0] = F::slope(p[0], value);
  }
  static Interval range(const Interval* p) requires requires { F::range(*p); }
  { return F::range(p[0]); }
};

namespace detail {
/// A function of the standard library, lane by lane.
template <class F>
[[nodiscard]] double by_lane(double x, F f) {
  return f(x);
}
template <class F>
[[nodiscard]] Pack by_lane(Pack x, F f) {
  Pack value{};
  for (std::size_t lane = 0; lane < kLanes; ++lane) value[lane] = f(x[lane]);
  return value;
}
}  // namespace detail

struct Expm1 {
  template <class T>
  static T value(T x) {
    return density::expm1(x);
  }
  template <class T>
  static T slope(T, T value) {
    return value + 1.0;
  }
};

/// log x / log(base), exact at powers of the base.
struct Log2 {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::log2(a); });
  }
  template <class T>
  static T slope(T x, T) {
    return std::numbers::log2e / x;
  }
};
struct Log10 {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::log10(a); });
  }
  template <class T>
  static T slope(T x, T) {
    return std::numbers::log10e / x;
  }
};

struct Sign {
  static constexpr bool kFlat = true;
  template <class T>
  static T value(T x) {
    return select(x > 0.0, T{} + 1.0, select(x < 0.0, T{} - 1.0, x));
  }
};

/// Its derivative at 0 is 0.
struct Abs {
  template <class T>
  static T value(T x) {
    return density::abs(x);
  }
  template <class T>
  static T slope(T x, T) {
    return Sign::value(x);
  }
  static Interval range(const Interval& x) { return kPositiveNumbers.includes(x) ? x : kNonNegativeNumbers; }
};

struct Floor {
  static constexpr bool kFlat = true;
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::floor(a); });
  }
};
struct Ceil {
  static constexpr bool kFlat = true;
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::ceil(a); });
  }
};
/// Halves go to the even neighbour, as numpy's.
struct Round {
  static constexpr bool kFlat = true;
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::nearbyint(a); });
  }
};

struct Sin {
  template <class T>
  static T value(T x) {
    return density::sin(x);
  }
  template <class T>
  static T slope(T x, T) {
    return density::cos(x);
  }
};
struct Cos {
  template <class T>
  static T value(T x) {
    return density::cos(x);
  }
  template <class T>
  static T slope(T x, T) {
    return -density::sin(x);
  }
};
struct Tan {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::tan(a); });
  }
  template <class T>
  static T slope(T, T value) {
    return 1.0 + value * value;
  }
};
struct Asin {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::asin(a); });
  }
  template <class T>
  static T slope(T x, T) {
    return 1.0 / density::sqrt((1.0 - x) * (1.0 + x));
  }
};
struct Acos {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::acos(a); });
  }
  template <class T>
  static T slope(T x, T) {
    return -Asin::slope(x, x);
  }
};
struct Atan {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::atan(a); });
  }
  template <class T>
  static T slope(T x, T) {
    return 1.0 / (1.0 + x * x);
  }
};

struct Sinh {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::sinh(a); });
  }
  template <class T>
  static T slope(T x, T) {
    return detail::by_lane(x, [](double a) { return std::cosh(a); });
  }
};
struct Cosh {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::cosh(a); });
  }
  template <class T>
  static T slope(T x, T) {
    return Sinh::value(x);
  }
};
struct Tanh {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::tanh(a); });
  }
  template <class T>
  static T slope(T, T value) {
    return (1.0 - value) * (1.0 + value);
  }
};

/// The angle of the point (x, y), over (y, x).
struct Atan2 {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    if constexpr (std::is_same_v<T, double>) {
      return std::atan2(p[0], p[1]);
    } else {
      T angle{};
      for (std::size_t lane = 0; lane < kLanes; ++lane) angle[lane] = std::atan2(p[0][lane], p[1][lane]);
      return angle;
    }
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    const T square = p[0] * p[0] + p[1] * p[1];
    d[0] = p[1] / square;
    d[1] = -p[0] / square;
  }
};

}  // namespace exmc::density
