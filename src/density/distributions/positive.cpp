#include <array>
#include <cmath>
#include <vector>

#include "../functions/functions.hpp"
#include "distribution.hpp"
#include "normal.hpp"
#include "tails.hpp"
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

/// -lam x, the logarithm of the upper tail, over (x, lam).
struct ExponentialSurvival {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = -p[1];
    d[1] = -p[0];
    return select(p[0] > 0.0, -p[1] * p[0], T{});
  }
};

/// Over (ln x, alpha, ln beta): -alpha (ln x - ln beta) has a standard Gumbel distribution.
struct WeibullTail {
  static constexpr std::size_t kOperands = 3;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const T distance = p[0] - p[2], z = -p[1] * distance;
    T slope;
    const T value = tail == Tail::lower ? StandardGumbel::log_upper(z, slope) : StandardGumbel::log_lower(z, slope);
    d[0] = -p[1] * slope;
    d[1] = -distance * slope;
    d[2] = p[1] * slope;
    return value;
  }
};

/// Over (x, mu, lam), with r = sqrt(lam / x) (x / mu - 1), s = r + 2 sqrt(lam / x) and E = e^(2 lam / mu) Phi(-s): the
/// lower tail is Phi(r) + E, the upper one Phi(-r) - E (Shuster 1968). All are multiples of e^(-r^2 / 2), so that no
/// exponents cancel.
struct WaldTail {
  static constexpr std::size_t kOperands = 3;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    constexpr double half_log_two_pi = 0.918938533204672741780329736406;
    constexpr bool lower = tail == Tail::lower;
    const auto inside = p[0] > 0.0;
    const T x = select(inside, p[0], p[1]), root = sqrt(p[2] / x), r = root * (x - p[1]) / p[1], s = r + 2.0 * root;
    const auto left = r < 0.0;
    const T common = -0.5 * r * r, of_s = normal_tail(-s).scaled, of_r = normal_tail(-abs(r)).scaled;
    const T ratio = exp(of_s - of_r);
    const T multiple = of_r + log1p(select(left, ratio, -ratio)), known = common + multiple, other = log1m_exp(known);
    const T value = lower ? select(left, known, other) : select(left, other, known);
    const T from_common = select(lower ? left : !left, -multiple, common - value);
    const T density = exp(from_common - half_log_two_pi) * root / x, e = exp(from_common + of_s);
    constexpr double sign = lower ? 1 : -1;
    d[0] = sign * density;
    d[1] = -2.0 * sign * p[2] / (p[1] * p[1]) * e;
    d[2] = sign * (2.0 / p[1] * e - density * x / p[2]);
    return select(inside, value, T{} + (lower ? -detail::kInfinity : 0.0));
  }
};

View exponential_tail(Builder& builder, const Variable& v, Tail tail) {
  return log_probability<KnownTail<ExponentialSurvival, Tail::upper>>(builder, tail,
                                                                      {v.value, exponential_rate(builder, v)});
}

View lognormal_tail(Builder& builder, const Variable& v, Tail tail) {
  return log_probability<LocationScaleTail<StandardNormal>>(
      builder, tail, {log_of_positive(builder, v.value), v["mu"], lognormal_scale(builder, v)});
}

View weibull_tail(Builder& builder, const Variable& v, Tail tail) {
  const View log_x = log_of_positive(builder, v.value);
  return log_probability<WeibullTail>(builder, tail, {log_x, v["alpha"], logarithm(builder, v["beta"])});
}

View wald_tail(Builder& builder, const Variable& v, Tail tail) {
  const std::vector<View> operands = wald_operands(builder, v);
  return log_probability<WaldTail>(builder, tail, {v.value, operands[0], operands[1]});
}

const std::array kFamily = {
    Distribution{
        .name = "exponential",
        .about = "`lam` is the rate",
        .parametrisations = {{{"lam", &kPositive}}, {{"scale", &kPositive}}},
        .generator = {[](Builder& builder, const Variable& v) { return std::vector{exponential_rate(builder, v)}; },
                      [](const double* p, RandomStream& random) { return draw_exponential(random) / p[0]; }},
        .support = &kPositiveSupport,
        .data = &kNonNegative,
        .lower = lower_exponential,
        .cdf = {{exponential_tail}}},
    Distribution{
        .name = "lognormal",
        .parametrisations = {{{"mu", &kReal}, {"sigma", &kPositive}}, {{"mu", &kReal}, {"tau", &kPositive}}},
        .generator = {[](Builder& builder, const Variable& v) {
                        return std::vector{v["mu"], lognormal_scale(builder, v)};
                      },
                      [](const double* p, RandomStream& random) { return std::exp(p[0] + p[1] * random.normal()); }},
        .support = &kPositiveSupport,
        .data = &kPositive,
        .lower = lower_lognormal,
        .cdf = {{lognormal_tail}},
        .location_scale = LocationScale{.location = "mu",
                                        .scale = "sigma",
                                        .precision = "tau",
                                        .normal = true,
                                        .of = LocationScale::Of::logarithm}},
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
                 .lower = lower_weibull,
                 .cdf = {{weibull_tail}}},
    Distribution{.name = "wald",
                 .parametrisations = {{{"mu", &kPositive}, {"lam", &kPositive}},
                                      {{"mu", &kPositive}, {"phi", &kPositive}},
                                      {{"lam", &kPositive}, {"phi", &kPositive}}},
                 .generator = {wald_operands,
                               [](const double* p, RandomStream& random) { return draw_wald(p[0], p[1], random); }},
                 .support = &kPositiveSupport,
                 .data = &kPositive,
                 .lower = lower_wald,
                 .cdf = {{wald_tail}}},
};

}  // namespace

std::span<const Distribution> positive_family() { return kFamily; }

}  // namespace exmc::density
