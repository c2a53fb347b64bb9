#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>

#include "../numbers/simd.hpp"
#include "../numbers/special.hpp"
#include "elementary.hpp"

/// The logistic function and its kin, the error function, and those of the gamma family, as elementary.hpp has them.
namespace exmc::density {

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
  static Interval range(const Interval&) { return kInsideUnit; }
};
/// Its logarithm.
struct LogSigmoid {
  template <class T>
  static T value(T x) {
    return select(x < 0.0, x, T{}) - log1p(exp(-density::abs(x)));
  }
  template <class T>
  static T slope(T x, T) {
    return Sigmoid::value(-x);
  }
};
/// f(-x).
template <class F>
struct Mirrored {
  template <class T>
  static T value(T x) {
    return F::value(-x);
  }
  template <class T>
  static T slope(T x, T value) {
    return -F::slope(-x, value);
  }
  static Interval range(const Interval& x) requires requires { F::range(x); }
  { return F::range(-x); }
};
/// ln(1 - x).
struct Log1m {
  template <class T>
  static T value(T x) {
    return log1p(-x);
  }
  template <class T>
  static T slope(T x, T) {
    return -1.0 / (1.0 - x);
  }
};
/// 1 - e^x.
struct ComplementOfExp {
  template <class T>
  static T value(T x) {
    return -density::expm1(x);
  }
  template <class T>
  static T slope(T, T value) {
    return value - 1.0;
  }
};
/// ln(1 - e^x) for x up to 0; NaN elsewhere.
struct Log1mExp {
  template <class T>
  static T value(T x) {
    return log1m_exp(x);
  }
  template <class T>
  static T slope(T x, T) {
    return exp(x) / density::expm1(x);
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
  static Interval range(const Interval&) { return kPositiveNumbers; }
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
  static Interval range(const Interval&) { return {0, 2, true, true}; }
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
  static Interval range(const Interval&) { return kInsideUnit; }
};

/// Its logarithm, exact far to the left.
struct LogPhi {
  template <class T>
  static T value(T x) {
    return normal_tail(x).log_cdf;
  }
  template <class T>
  static T slope(T x, T) {
    return normal_tail(x).hazard;
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

}  // namespace exmc::density
