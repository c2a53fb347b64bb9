#include <array>
#include <cmath>

#include "../functions/functions.hpp"
#include "../numbers/special.hpp"
#include "distribution.hpp"
#include "variates.hpp"

namespace exmc::density {
namespace {

/// I0(kappa) e^-kappa, the modified Bessel function, scaled, and (I0 - I1) / I0, which tends to 1 / (2 kappa).
template <class T>
struct ScaledBessel {
  T order_0, decline;
};

/// Below 30 by their power series (Abramowitz and Stegun 9.6.10), above by the asymptotic one (9.7.1).
template <class T>
ScaledBessel<T> scaled_bessel(T kappa) {
  constexpr double switch_at = 30;
  constexpr int series_terms = 75, asymptotic_terms = 25;
  const T low = select(kappa < switch_at, kappa, T{} + switch_at), quarter = 0.25 * low * low;
  T term = T{} + 1.0, series_0 = term, series_1 = term;
  for (int k = 1; k < series_terms; ++k) {
    term *= quarter / (1.0 * k * k);
    series_0 += term;
    series_1 += term / (k + 1.0);
  }
  const T inverse = 0.125 / select(kappa < switch_at, T{} + switch_at, kappa);
  T term_0 = T{} + 1.0, term_1 = term_0, sum_0 = term_0, difference{};
  for (int k = 1; k < asymptotic_terms; ++k) {
    const double odd = 2 * k - 1;
    term_0 *= inverse * (odd * odd / k);
    term_1 *= inverse * ((odd * odd - 4) / k);
    sum_0 += term_0;
    difference += term_0 - term_1;
  }
  const T scale = exp(-low), root = sqrt(inverse * (4 / std::numbers::pi));  // 1 / sqrt(2 pi kappa)
  return {select(kappa < switch_at, scale * series_0, root * sum_0),
          select(kappa < switch_at, 1.0 - 0.5 * low * series_1 / series_0, difference / sum_0)};
}

/// -ln(I0(kappa) e^-kappa).
struct VonMisesNormaliser {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* kappa) {
    return -log(scaled_bessel(kappa[0]).order_0);
  }
  template <class T>
  static void partials(const T* kappa, T, T* d) {
    d[0] = scaled_bessel(kappa[0]).decline;
  }
};

/// kappa (cos(x - mu) - 1) + normaliser over (x, mu, kappa, normaliser).
struct VonMisesTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = -1.837877066409345483560659472811;  // -ln(2 pi)
  static constexpr std::array kVariants = {0b0001U, 0b0011U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T half = 0.5 * (p[0] - p[1]), sine = sin(half);
    d[1] = 2.0 * p[2] * sine * cos(half);
    d[0] = -d[1];
    d[2] = -2.0 * sine * sine;
    d[3] = T{} + 1.0;
    return p[3] + p[2] * d[2];
  }
};

const std::array kFamily = {
    Distribution{.name = "von_mises",
                 .points = "-pi to pi",
                 .parametrisations = {{{"mu", &kReal}, {"kappa", &kPositive}}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["mu"], v["kappa"]};
                               },
                               [](const double* p, RandomStream& random) {
                                 return std::remainder(p[0] + draw_von_mises(p[1], random), 2 * std::numbers::pi);
                               }},
                 .support = &kAngleSupport,
                 .data = &kAngle,
                 .lower =
                     [](Builder& builder, const Variable& v) {
                       builder.add_term<VonMisesTerm>(
                           {v.value, v["mu"], v["kappa"], builder.apply<VonMisesNormaliser>({v["kappa"]})});
                     }},
};

}  // namespace

std::span<const Distribution> von_mises_family() { return kFamily; }

}  // namespace exmc::density
