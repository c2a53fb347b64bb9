#pragma once

#include <array>
#include <cstddef>

#include "../kernels/instruction.hpp"
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

/// z = c (eta + c u (H - K m)) over (eta, c, u, K, H, m).
struct StandardisedValue {
  static constexpr std::size_t kOperands = 6;
  static constexpr std::array kVariants = {0b010001U, 0b000001U, 0b110001U, 0b111111U};
  template <class T>
  static T value(const T* p) {
    return p[1] * (p[0] + p[1] * p[2] * (p[4] - p[3] * p[5]));
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    const T shift = p[4] - p[3] * p[5], cu = p[1] * p[2], weight = p[1] * cu;
    d[0] = p[1];
    d[1] = p[0] + 2.0 * cu * shift;
    d[2] = p[1] * p[1] * shift;
    d[3] = -weight * p[5];
    d[4] = weight;
    d[5] = -weight * p[3];
  }
};

/// x = m + u z over (m, u, z).
struct Located {
  static constexpr std::size_t kOperands = 3;
  static constexpr std::array kVariants = {0b100U, 0b101U, 0b111U};
  static constexpr bool kFinitePartials = true;
  template <class T>
  static T value(const T* p) {
    return p[0] + p[1] * p[2];
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = T{} + 1.0;
    d[1] = p[2];
    d[2] = p[1];
  }
};

/// M c^2 over (M, c): what of a message goes up to the location.
struct Retained {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    return p[0] * p[1] * p[1];
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = p[1] * p[1];
    d[1] = 2.0 * p[0] * p[1];
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

/// n ln c over (n, c): the log-Jacobian of n elements, with the scale's part of their density.
struct ShrinkageTerm {
  static constexpr std::size_t kOperands = 2;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b10U, 0b11U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = T{};
    d[1] = p[0] / p[1];
    return p[0] * density::log(p[1]);
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

/// l over (u, s), with log-Jacobian ln dl/du. Nothing has a derivative in s.
/// s > 0: ln s + ln softplus(u), for light tails, as below a half-normal; s = 0: u; s < 0: ln(-s) + u sqrt(1 + u^2 /
/// 4), for heavy ones, as below a half-Cauchy: where the density of l falls as e^-|l|, that of u does as e^(-u^2 / 2).
struct SoftLogarithm {
  static constexpr std::size_t kOperands = 2;
  static constexpr double kExponential = -35;  ///< below, softplus(u) is e^u
  template <class T>
  static T value(const T* p) {
    const T soft = select(p[0] < kExponential, p[0], density::log(softplus(p[0])));
    const T log_s = density::log(select(p[1] == 0.0, T{} + 1.0, abs(p[1])));
    return log_s + select(p[1] > 0.0, soft, select(p[1] < 0.0, p[0] * root(p[0]), p[0]));
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    const T soft = select(p[0] > kExponential, slope(p[0]), T{} + 1.0);
    d[0] = select(p[1] > 0.0, soft, select(p[1] < 0.0, heavy_slope(p[0]), T{} + 1.0));
    d[1] = T{};
  }
  template <class T>
  static T log_jacobian(const T* p, T value) {
    T d[2];
    partials(p, value, d);
    return density::log(d[0]);
  }
  template <class T>
  static T log_jacobian_slope(const T* p, T) {
    const T t = exp(-abs(p[0]));
    const T rest = select(p[0] > 0.0, t, T{} + 1.0) / (1.0 + t);  // 1 - logistic(u)
    const T soft = select(p[0] > kExponential, rest - slope(p[0]), T{});
    const T square = p[0] * p[0];
    const T heavy = p[0] / (1.0 + 0.5 * square) - 0.25 * p[0] / (1.0 + 0.25 * square);
    return select(p[1] > 0.0, soft, select(p[1] < 0.0, heavy, T{}));
  }
  /// logistic(u) / softplus(u).
  template <class T>
  static T slope(T u) {
    const T t = exp(-abs(u));
    return select(u > 0.0, T{} + 1.0, t) / ((1.0 + t) * softplus(u));
  }
  template <class T>
  static T heavy_slope(T u) {
    return (1.0 + 0.5 * u * u) / root(u);
  }
  template <class T>
  static T root(T u) {
    return sqrt(1.0 + 0.25 * u * u);
  }
  template <class T>
  static T softplus(T u) {
    return select(u > 0.0, u, T{}) + density::log1p(exp(-abs(u)));
  }
};

/// How these run where x, m and u are given: eta takes the place of x in the position.
double invert_standardised(const Instruction& instruction, const Arena& arena);
/// The same where z is given in the place of eta.
double invert_standardised_from_z(const Instruction& instruction, const Arena& arena);
double invert_located(const Instruction& instruction, const Arena& arena);
double invert_soft_logarithm(const Instruction& instruction, const Arena& arena);
/// u of SoftLogarithm, given l and s.
[[nodiscard]] double inverse_soft_logarithm(double l, double s);

}  // namespace exmc::density
