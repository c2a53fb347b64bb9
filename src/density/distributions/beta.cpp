#include "beta.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "../functions/functions.hpp"
#include "../functions/shares.hpp"
#include "../kernels/selection.hpp"
#include "distribution.hpp"
#include "tails.hpp"
#include "variates.hpp"

namespace exmc::density {
namespace {

/// The log density over (x, alpha, beta, normaliser), x data: normaliser - ln x (1 - x) less the deviances of n x from
/// alpha and of n (1 - x) from beta.
struct BetaTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = -0.918938533204672741780329736406;  // -ln(2 pi) / 2
  static constexpr std::array kVariants = {0b0001U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T n = p[1] + p[2], other = 1.0 - p[0], score = p[1] - n * p[0];
    const Deviance<T> of_alpha = deviance(p[1], n * p[0], -score), of_beta = deviance(p[2], n * other, score);
    d[0] = T{};
    d[1] = of_alpha.log_ratio;
    d[2] = of_beta.log_ratio;
    d[3] = T{} + 1.0;
    return p[3] - log(p[0] * other) - of_alpha.value - of_beta.value;
  }
};

/// The same over (ln x, ln(1 - x), alpha, beta, normaliser).
struct BetaLogTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = BetaTerm::kConstant;
  static constexpr std::array kVariants = {0b00011U, 0b11111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T n = p[2] + p[3], x = exp(p[0]), other = exp(p[1]), score = p[2] * other - p[3] * x;
    const Deviance<T> of_alpha = deviance(p[2], n * x, -score, p[0] + log(n / p[2]));
    const Deviance<T> of_beta = deviance(p[3], n * other, score, p[1] + log(n / p[3]));
    d[0] = p[2] - 1.0;
    d[1] = p[3] - 1.0;
    d[2] = of_alpha.log_ratio;
    d[3] = of_beta.log_ratio;
    d[4] = T{} + 1.0;
    return p[4] - p[0] - p[1] - of_alpha.value - of_beta.value;
  }
};

/// ln a + ln b + (a - 1) ln x + (b - 1) ln(1 - x^a) over (ln x, ln(1 - x), a, b, ln a, ln b). Near 1, where ln x
/// vanishes, 1 - x^a is a (1 - x).
struct KumaraswamyTerm {
  static constexpr std::size_t kOperands = 6;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b000011U, 0b111111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    constexpr double vanishing = -1e-100;
    const auto near = p[0] > vanishing;
    const T power = p[2] * select(near, T{} + vanishing, p[0]), odds = exp(power) / -expm1(power);
    const T logarithm = select(near, p[4] + p[1], log1m_exp(power));
    const T slope = 1.0 - select(near, T{}, (p[3] - 1.0) * odds);  // in the power
    d[0] = p[2] * slope - 1.0;
    d[1] = select(near, p[3] - 1.0, T{});
    d[2] = p[0] * slope;
    d[3] = logarithm;
    d[4] = select(near, p[3], T{} + 1.0);
    d[5] = T{} + 1.0;
    return p[4] + p[5] + (p[2] - 1.0) * p[0] + (p[3] - 1.0) * logarithm;
  }
};

/// alpha and beta; of mu and nu = alpha + beta, sigma^2 = mu (1 - mu) / (nu + 1).
std::vector<View> beta_operands(Builder& builder, const Variable& v) {
  if (v.has("alpha")) return {v["alpha"], v["beta"]};
  const View one = builder.constant(1.0), &mu = v["mu"], other = complement(builder, mu);
  const auto size = [&] {
    if (v.has("nu")) return v["nu"];
    const View variance = builder.apply<Square>({v["sigma"]});
    const View ratio = builder.apply<Divide>({builder.apply<Multiply>({mu, other}), variance});
    return builder.apply<Subtract>({ratio, one});
  };
  const View nu = size();
  return {builder.apply<Multiply>({mu, nu}), builder.apply<Multiply>({other, nu})};
}

/// Whether a mean and a standard deviation are those of a distribution over (0, 1).
View is_narrow(Builder& builder, const Variable& v) {
  const View other = builder.apply<Subtract>({builder.constant(1.0), v["mu"]});
  return builder.apply<Comparison<ir::BinaryOperator::less>>(
      {builder.apply<Square>({v["sigma"]}), builder.apply<Multiply>({v["mu"], other})});
}

void lower_beta(Builder& builder, const Variable& v) {
  const std::vector<View> operands = beta_operands(builder, v);
  const View &x = v.value, &alpha = operands[0], &beta = operands[1];
  const View normaliser = builder.apply<BetaNormaliser>({alpha, beta});
  if (x.constant()) return builder.add_term<BetaTerm>({x, alpha, beta, normaliser});
  builder.add_term<BetaLogTerm>({logarithm(builder, x), log_complement(builder, x), alpha, beta, normaliser});
}

void lower_kumaraswamy(Builder& builder, const Variable& v) {
  const View &x = v.value, &a = v["a"], &b = v["b"];
  builder.add_term<KumaraswamyTerm>(
      {logarithm(builder, x), log_complement(builder, x), a, b, logarithm(builder, a), logarithm(builder, b)});
}

/// The logarithms of a point and of what it leaves of 1, which may be anything: -inf beyond the ends.
std::array<View, 2> logs_of_point(Builder& builder, const View& x) {
  if (is_known_share(builder, x)) return {logarithm(builder, x), log_complement(builder, x)};
  return {log_of_positive(builder, x), log_of_positive(builder, complement(builder, x))};
}

View beta_tail(Builder& builder, const Variable& v, Tail tail) {
  const std::vector<View> operands = beta_operands(builder, v);
  const auto [log_x, log_other] = logs_of_point(builder, v.value);
  return log_probability<IncompleteBetaTail>(builder, tail, {operands[0], operands[1], log_x, log_other});
}

/// b ln(1 - x^a), the logarithm of the upper tail, over (ln x, a, b).
struct KumaraswamySurvival {
  static constexpr std::size_t kOperands = 3;
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T power = p[1] * select(p[0] < 0.0, p[0], T{}), odds = exp(power) / -expm1(power);
    d[0] = -p[2] * odds * p[1];
    d[1] = -p[2] * odds * p[0];
    d[2] = log1m_exp(power);
    return p[2] * d[2];
  }
};

View kumaraswamy_tail(Builder& builder, const Variable& v, Tail tail) {
  return log_probability<KnownTail<KumaraswamySurvival, Tail::upper>>(
      builder, tail, {log_of_positive(builder, v.value), v["a"], v["b"]});
}

const std::array kFamily = {
    Distribution{.name = "beta",
                 .about = "`nu` is alpha + beta",
                 .parametrisations = {{{"alpha", &kPositive}, {"beta", &kPositive}},
                                      {{"mu", &kOpenUnitInterval}, {"sigma", &kPositive}},
                                      {{"mu", &kOpenUnitInterval}, {"nu", &kPositive}}},
                 .relations = {{"sigma^2 below mu (1 - mu)", "sigma", "mu", is_narrow}},
                 .generator = {beta_operands,
                               [](const double* p, RandomStream& random) { return draw_beta(p[0], p[1], random); }},
                 .support = &kUnitIntervalSupport,
                 .data = &kOpenUnitInterval,
                 .lower = lower_beta,
                 .cdf = {{beta_tail, {"alpha", "beta", "mu", "sigma", "nu"}}}},
    Distribution{.name = "kumaraswamy",
                 .parametrisations = {{{"a", &kPositive}, {"b", &kPositive}}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["a"], v["b"]};
                               },
                               [](const double* p, RandomStream& random) {
                                 return std::exp(std::log(-std::expm1(-draw_exponential(random) / p[1])) / p[0]);
                               }},
                 .support = &kUnitIntervalSupport,
                 .data = &kOpenUnitInterval,
                 .lower = lower_kumaraswamy,
                 .cdf = {{kumaraswamy_tail}}},
};

}  // namespace

std::span<const Distribution> beta_family() { return kFamily; }

}  // namespace exmc::density
