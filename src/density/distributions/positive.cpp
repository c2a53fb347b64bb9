#include <array>
#include <cmath>
#include <vector>

#include "../distribution.hpp"
#include "../functions.hpp"
#include "normal.hpp"
#include "terms.hpp"
#include "variates.hpp"

namespace exmc::density {
namespace {

/// ln lam - lam x over (x, lam, ln lam).
struct ExponentialTerm {
  static constexpr std::size_t kOperands = 3;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b000U, 0b001U, 0b111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = -p[1];
    d[1] = -p[0];
    d[2] = T{} + 1.0;
    return p[2] - p[1] * p[0];
  }
};

/// ln alpha - ln x + z - e^z with z = alpha (ln x - ln beta) over (ln x, alpha, ln beta, ln alpha).
struct WeibullTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b0001U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T distance = p[0] - p[2], z = p[1] * distance, power = exp(z), slope = 1.0 - power;
    d[0] = p[1] * slope - 1.0;
    d[1] = distance * slope;
    d[2] = -p[1] * slope;
    d[3] = T{} + 1.0;
    return p[3] - p[0] + z - power;
  }
};

/// (ln lam - 3 ln x - lam (x / mu - 1)^2 / x) / 2 over (x, mu, lam, ln x, ln lam).
struct WaldTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = -0.918938533204672741780329736406;  // -ln(2 pi) / 2
  static constexpr std::array kVariants = {0b01001U, 0b11111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T inverse = 1.0 / p[1], z = (p[0] - p[1]) * inverse, square = z * z / p[0];
    d[0] = -0.5 * p[2] * z * (p[0] + p[1]) * inverse / (p[0] * p[0]);
    d[1] = p[2] * z * inverse * inverse;
    d[2] = -0.5 * square;
    d[3] = T{} - 1.5;
    d[4] = T{} + 0.5;
    return 0.5 * p[4] - 1.5 * p[3] - 0.5 * p[2] * square;
  }
};

View exponential_rate(Builder& builder, const Variable& v) {
  return v.has("lam") ? v["lam"] : builder.apply<Divide>({builder.constant(1.0), v["scale"]});
}

void lower_exponential(Builder& builder, const Variable& v) {
  const View lam = exponential_rate(builder, v);
  builder.add_term<ExponentialTerm>({v.value, lam, logarithm(builder, lam)});
}

View lognormal_scale(Builder& builder, const Variable& v) {
  return v.has("sigma") ? v["sigma"] : scale_of_precision(builder, v["tau"]);
}

void lower_lognormal(Builder& builder, const Variable& v) {
  const View log_x = logarithm(builder, v.value);
  add_normal(builder, log_x, v["mu"], lognormal_scale(builder, v));
  add_multiple(builder, -1, log_x, v.value.shape);
}

void lower_weibull(Builder& builder, const Variable& v) {
  const View &alpha = v["alpha"], &beta = v["beta"];
  builder.add_term<WeibullTerm>(
      {logarithm(builder, v.value), alpha, logarithm(builder, beta), logarithm(builder, alpha)});
}

/// mu and lam.
std::vector<View> wald_operands(Builder& builder, const Variable& v) {
  return {v.has("mu") ? v["mu"] : builder.apply<Divide>({v["lam"], v["phi"]}),
          v.has("lam") ? v["lam"] : builder.apply<Multiply>({v["mu"], v["phi"]})};
}

void lower_wald(Builder& builder, const Variable& v) {
  const std::vector<View> operands = wald_operands(builder, v);
  const View &mu = operands[0], &lam = operands[1];
  builder.add_term<WaldTerm>({v.value, mu, lam, logarithm(builder, v.value), logarithm(builder, lam)});
}

const std::array kFamily = {
    Distribution{
        .name = "exponential",
        .parametrisations = {{{"lam", &kPositive}}, {{"scale", &kPositive}}},
        .generator = {[](Builder& builder, const Variable& v) { return std::vector{exponential_rate(builder, v)}; },
                      [](const double* p, RandomStream& random) { return draw_exponential(random) / p[0]; }},
        .support = &kPositiveSupport,
        .data = &kNonNegative,
        .lower = lower_exponential},
    Distribution{
        .name = "lognormal",
        .parametrisations = {{{"mu", &kReal}, {"sigma", &kPositive}}, {{"mu", &kReal}, {"tau", &kPositive}}},
        .generator = {[](Builder& builder, const Variable& v) {
                        return std::vector{v["mu"], lognormal_scale(builder, v)};
                      },
                      [](const double* p, RandomStream& random) { return std::exp(p[0] + p[1] * random.normal()); }},
        .support = &kPositiveSupport,
        .data = &kPositive,
        .lower = lower_lognormal},
    Distribution{.name = "weibull",
                 .parametrisations = {{{"alpha", &kPositive}, {"beta", &kPositive}}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["alpha"], v["beta"]};
                               },
                               [](const double* p, RandomStream& random) {
                                 return p[1] * std::pow(draw_exponential(random), 1 / p[0]);
                               }},
                 .support = &kPositiveSupport,
                 .data = &kPositive,
                 .lower = lower_weibull},
    Distribution{.name = "wald",
                 .parametrisations = {{{"mu", &kPositive}, {"lam", &kPositive}},
                                      {{"mu", &kPositive}, {"phi", &kPositive}},
                                      {{"lam", &kPositive}, {"phi", &kPositive}}},
                 .generator = {wald_operands,
                               [](const double* p, RandomStream& random) { return draw_wald(p[0], p[1], random); }},
                 .support = &kPositiveSupport,
                 .data = &kPositive,
                 .lower = lower_wald},
};

}  // namespace

std::span<const Distribution> positive_family() { return kFamily; }

}  // namespace exmc::density
