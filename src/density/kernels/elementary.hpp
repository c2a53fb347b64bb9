#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <type_traits>

#include "../numbers/simd.hpp"
#include "../numbers/special.hpp"
#include "elementwise.hpp"
#include "exmc/ir/expression.hpp"

/// Functions of one number, as `value(x)` and `slope(x, value)` or `kFlat`, and of several, as elementwise.hpp wants
/// them.
namespace exmc::density {

/// A function of one number as elementwise.hpp wants it.
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

/// 1 / (1 + e^-x).
struct Sigmoid {
  template <class T>
  static T value(T x) {
    const T t = exp(-density::abs(x));
    return select(x > 0.0, T{} + 1.0, t) / (1.0 + t);
  }
  template <class T>
  static T slope(T x, T) {
    const T t = exp(-density::abs(x)), sum = 1.0 + t;
    return t / (sum * sum);
  }
};
/// ln(p / (1 - p)).
struct Logit {
  template <class T>
  static T value(T p) {
    return log(p) - log1p(-p);
  }
  template <class T>
  static T slope(T p, T) {
    return 1.0 / (p * (1.0 - p));
  }
};
/// ln(1 + e^x).
struct Softplus {
  template <class T>
  static T value(T x) {
    return select(x > 0.0, x, T{}) + log1p(exp(-density::abs(x)));
  }
  template <class T>
  static T slope(T x, T) {
    return Sigmoid::value(x);
  }
};

struct Erfc {
  template <class T>
  static T value(T x) {
    return density::erfc(x);
  }
  template <class T>
  static T slope(T x, T) {
    return -2.0 * std::numbers::inv_sqrtpi * exp(-x * x);
  }
};
struct Erf {
  template <class T>
  static T value(T x) {
    return detail::by_lane(x, [](double a) { return std::erf(a); });
  }
  template <class T>
  static T slope(T x, T value) {
    return -Erfc::slope(x, value);
  }
};
/// The standard normal distribution function.
struct Phi {
  template <class T>
  static T value(T x) {
    return 0.5 * density::erfc(x * (-0.5 * std::numbers::sqrt2));
  }
  template <class T>
  static T slope(T x, T) {
    return 0.5 * std::numbers::sqrt2 * std::numbers::inv_sqrtpi * exp(-0.5 * x * x);
  }
};

/// ln Gamma(x) for x > 0; NaN elsewhere.
struct LogGamma {
  template <class T>
  static T value(T x) {
    return stirling_error(x).value + (x - 0.5) * log(x) - x + 0.918938533204672741780329736406;
  }
  template <class T>
  static T slope(T x, T) {
    return stirling_error(x).slope + log(x) - 0.5 / x;
  }
};

/// The derivative of ln Gamma(x) for x > 0; NaN elsewhere.
struct Digamma {
  template <class T>
  static T value(T x) {
    return LogGamma::slope(x, x);
  }
  template <class T>
  static T slope(T x, T) {
    return trigamma(x);
  }
};
/// ln B(x, y) for x, y > 0, without the cancellation between large log-gammas.
struct LogBeta {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    const T less = select(p[0] < p[1], p[0], p[1]), more = select(p[0] < p[1], p[1], p[0]), both = less + more;
    const T errors = stirling_error(less).value + (stirling_error(more).value - stirling_error(both).value);
    return 0.918938533204672741780329736406 + errors + (less - 0.5) * log(less / both) - more * log1p(less / more) -
           0.5 * log(more);
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    const T both = p[0] + p[1], common = stirling_error(both).slope - 0.5 / both;
    for (std::size_t k = 0; k < 2; ++k) {
      const T share = select(p[k] < p[1 - k], log(p[k] / both), -log1p(p[1 - k] / p[k]));
      d[k] = stirling_error(p[k]).slope - 0.5 / p[k] + share - common;
    }
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
};

}  // namespace exmc::density
