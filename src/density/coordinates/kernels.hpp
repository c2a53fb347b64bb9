#pragma once

#include <cmath>
#include <cstddef>
#include <type_traits>

#include "../kernels/instruction.hpp"
#include "../numbers/interval.hpp"
#include "../numbers/simd.hpp"

/// The functions and terms that coordinates are made of, as elementwise.hpp wants them. The formulas are those of
/// docs/decisions/0013; everything is relative to the scale u, so that nothing overflows or cancels where u is e^-36 or
/// e^20.
namespace exmc::density {

/// c = (1 + K u^2)^(-1/2) over (K, u).
struct Shrinkage {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    return 1.0 / density::sqrt(1.0 + p[0] * p[1] * p[1]);
  }
  template <class T>
  static void partials(const T* p, T c, T* d) {
    const T cubed = c * c * c;
    d[0] = -0.5 * cubed * p[1] * p[1];
    d[1] = -cubed * p[0] * p[1];
  }
};

/// n / sigma^2 over (n, sigma).
struct PrecisionOf {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    return p[0] / (p[1] * p[1]);
  }
  template <class T>
  static void partials(const T* p, T value, T* d) {
    d[0] = 1.0 / (p[1] * p[1]);
    d[1] = -2.0 * value / p[1];
  }
};

/// -z^2 / 2.
struct StandardNormalTerm {
  static constexpr std::size_t kOperands = 1;
  static constexpr double kConstant = -0.918938533204672741780329736406;  // -ln(2 pi) / 2
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = -p[0];
    return -0.5 * p[0] * p[0];
  }
};

/// What is sampled in the place of a positive x, and its derivatives, over (u, s) where nothing has one in s.
/// s > 0: x = s softplus(u), for light tails, as below a half-normal; s = 0: x = e^u; s < 0: x = -s exp(u sqrt(1 + u^2
/// / 4)), for heavy ones, as below a half-Cauchy: where the density of ln x falls as e^-|ln x|, that of u does as
/// e^(-u^2 / 2).
struct SoftForms {
  /// What is computed of a single number is one of the three only.
  template <class T, class Soft, class Heavy, class Plain>
  static T by_sign(T s, Soft&& soft, Heavy&& heavy, Plain&& plain) {
    if constexpr (std::is_same_v<T, double>) {
      return s > 0 ? soft() : s < 0 ? heavy() : plain();
    } else {
      return select(s > 0.0, soft(), select(s < 0.0, heavy(), plain()));
    }
  }
  template <class T>
  static T softplus(T u) {
    return select(u > 0.0, u, T{}) + density::log1p(exp(-abs(u)));
  }
  /// d softplus / du
  template <class T>
  static T logistic(T u) {
    const T t = exp(-abs(u));
    return select(u > 0.0, T{} + 1.0, t) / (1.0 + t);
  }
  /// u sqrt(1 + u^2 / 4) and its derivative
  template <class T>
  static T heavy(T u) {
    return u * density::sqrt(1.0 + 0.25 * u * u);
  }
  template <class T>
  static T heavy_slope(T u) {
    return (1.0 + 0.5 * u * u) / density::sqrt(1.0 + 0.25 * u * u);
  }
};

/// x, with log-Jacobian ln dx/du.
struct SoftPositive : SoftForms {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    const T u = p[0], s = p[1];
    return by_sign(
        s, [&] { return s * softplus(u); }, [&] { return -s * exp(heavy(u)); }, [&] { return exp(u); });
  }
  template <class T>
  static void partials(const T* p, T x, T* d) {
    const T u = p[0], s = p[1];
    d[0] = by_sign(
        s, [&] { return s * logistic(u); }, [&] { return x * heavy_slope(u); }, [&] { return x; });
    d[1] = T{};
  }
  template <class T>
  static T log_jacobian(const T* p, T) {
    const T u = p[0], s = p[1];
    return by_sign(
        s, [&] { return density::log(s) + select(u > 0.0, T{}, u) - density::log1p(exp(-abs(u))); },
        [&] { return density::log(-s) + heavy(u) + density::log(heavy_slope(u)); }, [&] { return u; });
  }
  template <class T>
  static T log_jacobian_slope(const T* p, T) {
    const T u = p[0];
    return by_sign(
        p[1], [&] { return logistic(-u); },
        [&] {
          const T square = u * u;
          return heavy_slope(u) + u / (1.0 + 0.5 * square) - 0.25 * u / (1.0 + 0.25 * square);
        },
        [&] { return T{} + 1.0; });
  }
  static Interval range(const Interval*) { return kPositiveNumbers; }
};

/// ln x.
struct SoftLogarithm : SoftForms {
  static constexpr std::size_t kOperands = 2;
  static constexpr double kExponential = -35;  ///< below, softplus(u) is e^u
  template <class T>
  static T value(const T* p) {
    const T u = p[0], s = p[1];
    return by_sign(
        s,
        [&] {
          const auto small = u < kExponential;
          return density::log(s * select(small, T{} + 1.0, softplus(u))) + select(small, u, T{});
        },
        [&] { return density::log(-s) + heavy(u); }, [&] { return u; });
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = slope(p[0], p[1]);
    d[1] = T{};
  }
  /// d ln x / du
  template <class T>
  static T slope(T u, T s) {
    return by_sign(
        s, [&] { return select(u > kExponential, logistic(u) / softplus(u), T{} + 1.0); },
        [&] { return heavy_slope(u); }, [&] { return T{} + 1.0; });
  }
  static double log_slope(double u, double s) { return std::log(slope(u, s)); }
};

/// How SoftPositive runs where ln x is given in the place of u.
double invert_soft_positive(const Instruction& instruction, const Arena& arena);
/// u of SoftLogarithm, given l and s.
[[nodiscard]] double inverse_soft_logarithm(double l, double s);

}  // namespace exmc::density
