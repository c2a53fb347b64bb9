#include <array>
#include <cmath>
#include <vector>

#include "../functions/functions.hpp"
#include "../numbers/special.hpp"
#include "distribution.hpp"
#include "tails.hpp"
#include "terms.hpp"
#include "variates.hpp"

namespace exmc::density {
namespace {

/// ln(alpha) / 2 - stirling_error(alpha): what the term below leaves of the normaliser, less its constant.
struct GammaNormaliser {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* alpha) {
    return 0.5 * log(alpha[0]) - stirling_error(alpha[0]).value;
  }
  template <class T>
  static void partials(const T* alpha, T, T* d) {
    d[0] = 0.5 / alpha[0] - stirling_error(alpha[0]).slope;
  }
};

/// The log density over (x, ln x, alpha, beta, ln(beta / alpha), normaliser): normaliser - ln x less the deviance of
/// beta x from alpha.
struct GammaTerm {
  static constexpr std::size_t kOperands = 6;
  static constexpr double kConstant = -0.918938533204672741780329736406;  // -ln(2 pi) / 2
  static constexpr std::array kVariants = {0b000011U, 0b111111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T mean = p[3] * p[0];
    const Deviance<T> distance = deviance(p[2], mean, mean - p[2], p[1] + p[4]);
    d[0] = -p[3];
    d[1] = p[2] - 1.0;
    d[2] = 1.0 + distance.log_ratio;
    d[3] = -p[0];
    d[4] = p[2];
    d[5] = T{} + 1.0;
    return p[5] - p[1] - distance.value;
  }
};

/// x, given with its logarithm, as gamma distributed.
void add_gamma(Builder& builder, const View& x, const View& log_x, const View& alpha, const View& beta) {
  const View log_rate = builder.apply<Subtract>({logarithm(builder, beta), logarithm(builder, alpha)});
  builder.add_term<GammaTerm>({x, log_x, alpha, beta, log_rate, builder.apply<GammaNormaliser>({alpha})});
}

/// alpha and beta.
std::vector<View> gamma_operands(Builder& builder, const Variable& v) {
  if (v.has("alpha")) return {v["alpha"], v["beta"]};
  const View variance = builder.apply<Square>({v["sigma"]});
  const View beta = builder.apply<Divide>({v["mu"], variance});
  return {builder.apply<Multiply>({v["mu"], beta}), beta};
}

void lower_gamma(Builder& builder, const Variable& v) {
  const std::vector<View> operands = gamma_operands(builder, v);
  add_gamma(builder, v.value, logarithm(builder, v.value), operands[0], operands[1]);
}

/// alpha and beta.
std::vector<View> inverse_gamma_operands(Builder& builder, const Variable& v) {
  if (v.has("alpha")) return {v["alpha"], v["beta"]};
  const View ratio = builder.apply<Square>({builder.apply<Divide>({v["mu"], v["sigma"]})});
  return {builder.apply<Add>({ratio, builder.constant(2.0)}),
          builder.apply<Multiply>({v["mu"], builder.apply<Add>({ratio, builder.constant(1.0)})})};
}

/// 1 / x is gamma distributed; the log-Jacobian is -2 ln x.
void lower_inverse_gamma(Builder& builder, const Variable& v) {
  const View one = builder.constant(1.0), log_x = logarithm(builder, v.value);
  const std::vector<View> operands = inverse_gamma_operands(builder, v);
  add_gamma(builder, builder.apply<Divide>({one, v.value}), builder.apply<Negate>({log_x}), operands[0], operands[1]);
  add_multiple(builder, -2, log_x, v.value.shape);
}

void lower_chi_squared(Builder& builder, const Variable& v) {
  const View half = builder.constant(0.5);
  add_gamma(builder, v.value, logarithm(builder, v.value), builder.apply<Multiply>({half, v["nu"]}), half);
}

View gamma_tail(Builder& builder, const Variable& v, Tail tail) {
  const std::vector<View> operands = gamma_operands(builder, v);
  return log_probability<IncompleteGammaTail>(builder, tail, {v.value, operands[0], operands[1]});
}

/// 1 / x, and infinity up to 0.
struct InverseOfPositive {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* x) {
    return select(x[0] > 0.0, 1.0 / x[0], T{} + detail::kInfinity);
  }
  template <class T>
  static void partials(const T*, T inverse, T* d) {
    d[0] = select(inverse < detail::kInfinity, -inverse * inverse, T{});
  }
};

View inverse_gamma_tail(Builder& builder, const Variable& v, Tail tail) {
  const std::vector<View> operands = inverse_gamma_operands(builder, v);
  const View inverse = builder.apply<InverseOfPositive>({v.value});
  return log_probability<IncompleteGammaTail>(builder, opposite(tail), {inverse, operands[0], operands[1]});
}

View chi_squared_tail(Builder& builder, const Variable& v, Tail tail) {
  const View half = builder.constant(0.5);
  return log_probability<IncompleteGammaTail>(builder, tail, {v.value, builder.apply<Multiply>({half, v["nu"]}), half});
}

const std::array kFamily = {
    Distribution{.name = "gamma",
                 .about = "`beta` is the rate",
                 .parametrisations = {{{"alpha", &kPositive}, {"beta", &kPositive}},
                                      {{"mu", &kPositive}, {"sigma", &kPositive}}},
                 .generator = {gamma_operands,
                               [](const double* p, RandomStream& random) { return draw_gamma(p[0], random) / p[1]; }},
                 .support = &kPositiveSupport,
                 .data = &kPositive,
                 .lower = lower_gamma,
                 .cdf = {{gamma_tail, {"alpha", "mu", "sigma"}}}},
    Distribution{.name = "inverse_gamma",
                 .parametrisations = {{{"alpha", &kPositive}, {"beta", &kPositive}},
                                      {{"mu", &kPositive}, {"sigma", &kPositive}}},
                 .generator = {inverse_gamma_operands,
                               [](const double* p, RandomStream& random) {
                                 return p[1] * std::exp(-draw_log_gamma(p[0], random));
                               }},
                 .support = &kPositiveSupport,
                 .data = &kPositive,
                 .lower = lower_inverse_gamma,
                 .cdf = {{inverse_gamma_tail, {"alpha", "mu", "sigma"}}}},
    Distribution{
        .name = "chi_squared",
        .parametrisations = {{{"nu", &kPositive}}},
        .generator = {[](Builder&, const Variable& v) { return std::vector{v["nu"]}; },
                      [](const double* p, RandomStream& random) { return 2 * draw_gamma(0.5 * p[0], random); }},
        .support = &kPositiveSupport,
        .data = &kPositive,
        .lower = lower_chi_squared,
        .cdf = {{chi_squared_tail, {"nu"}}}},
};

}  // namespace

std::span<const Distribution> gamma_family() { return kFamily; }

}  // namespace exmc::density
