#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "count_tails.hpp"
#include "counts.hpp"
#include "variates.hpp"

/// Counts without an upper bound.
namespace exmc::density {
namespace {

/// -ln(2 pi k) / 2 - stirling_error(k), 0 at k = 0.
struct PoissonNormaliser {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* k) {
    const T some = at_least_one(k[0]);
    return select(k[0] > 0.0, -0.5 * (kLogTwoPi + log(some)) - stirling_error(some).value, T{});
  }
  template <class T>
  static void partials(const T*, T, T* d) {
    d[0] = T{};
  }
};

/// Over (k, mu, ln mu, ln k, normaliser).
struct PoissonTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b11001U, 0b11111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = d[3] = T{};
    d[1] = T{} - 1.0;
    d[2] = p[0];
    d[4] = T{} + 1.0;
    return p[4] - deviance(p[0], p[1], p[1] - p[0], p[2] - p[3]).value;
  }
};

/// The same over (k, ln mu, ln k, normaliser).
struct PoissonLogTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr std::size_t kPredictor = 1;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b1101U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T mu = exp(p[1]);
    d[0] = d[2] = T{};
    d[1] = p[0] - mu;
    d[3] = T{} + 1.0;
    return p[3] - deviance(p[0], mu, mu - p[0], p[1] - p[2]).value;
  }
};

/// Over (k, alpha): what NegativeBinomialTerm leaves; 0 at k = 0.
struct NegativeBinomialNormaliser {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    const T k = at_least_one(p[0]);
    const T errors = stirling_error(p[1] + k).value - stirling_error(p[1]).value - stirling_error(k).value;
    return select(p[0] > 0.0, errors - 0.5 * (kLogTwoPi + log(k) + log1p(k / p[1])), T{});
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    const T n = p[1] + p[0];
    const T slope = stirling_error(n).slope - stirling_error(p[1]).slope + 0.5 * p[0] / (p[1] * n);
    d[0] = T{};
    d[1] = select(p[0] > 0.0, slope, T{});
  }
};

/// Over (k, mu, alpha, normaliser): alpha and k as the two outcomes of alpha + k trials in the ratio alpha to mu.
struct NegativeBinomialTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b1001U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T n = p[2] + p[0], inverse = 1.0 / (p[2] + p[1]), difference = (p[0] - p[1]) * inverse;
    const T excess = p[2] * difference;
    const Deviance<T> of_alpha = deviance(p[2], n * (p[2] * inverse), excess);
    const Deviance<T> of_k = deviance(p[0], n * (p[1] * inverse), -excess);
    d[0] = T{};
    d[1] = select(p[0] == 0.0, -p[2] * inverse, excess / p[1]);
    d[2] = of_alpha.log_ratio - difference;
    d[3] = T{} + 1.0;
    return p[3] - of_alpha.value - of_k.value;
  }
};

/// The same over (k, ln mu, alpha, normaliser), for any ln mu.
struct NegativeBinomialLogTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr std::size_t kPredictor = 1;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b1001U, 0b1011U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T log_alpha = log(p[2]), logit = p[1] - log_alpha;  // of the share of k
    const T t = exp(-abs(logit)), inverse = 1.0 / (1.0 + t), softplus = log1p(t);
    const auto positive = logit > 0.0;
    const T share = select(positive, inverse, t * inverse), rest = select(positive, t * inverse, inverse);
    const T log_share = select(positive, T{}, logit) - softplus, log_rest = select(positive, -logit, T{}) - softplus;
    const T n = p[2] + p[0], excess = p[0] * rest - p[2] * share, log_n = log(n);
    const Deviance<T> of_alpha = deviance(p[2], n * rest, excess, log_rest + (log_n - log_alpha));
    const Deviance<T> of_k = deviance(p[0], n * share, -excess, log_share + (log_n - log(at_least_one(p[0]))));
    d[0] = T{};
    d[1] = excess;
    d[2] = of_alpha.log_ratio - excess / p[2];
    d[3] = T{} + 1.0;
    return p[3] - of_alpha.value - of_k.value;
  }
};

/// The same over (k, alpha, p, 1 - p, normaliser), for p however near to 0, where mu overflows.
struct NegativeBinomialShareTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b10001U, 0b11111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T n = p[1] + p[0], excess = p[0] * p[2] - p[1] * p[3];
    const Deviance<T> of_alpha = deviance(p[1], n * p[2], excess);
    const Deviance<T> of_k = deviance(p[0], n * p[3], -excess);
    d[0] = T{};
    d[1] = of_alpha.log_ratio;
    d[2] = -excess / p[2];
    d[3] = select(p[0] == 0.0, -n, excess / p[3]);
    d[4] = T{} + 1.0;
    return p[4] - of_alpha.value - of_k.value;
  }
};

/// (k - 1) ln(1 - p) + ln p over (k, ln p, ln(1 - p)).
struct GeometricTerm {
  static constexpr std::size_t kOperands = 3;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b001U, 0b111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T failures = p[0] - 1.0;
    d[0] = T{};
    d[1] = T{} + 1.0;
    d[2] = failures;
    return select(failures > 0.0, failures * p[2], T{}) + p[1];
  }
};

const std::array kFamily = {
    Distribution{.name = "poisson",
                 .points = "counts from 0",
                 .parametrisations = {Parameters{{"mu", &kNonNegative}}, Parameters{{"log_mu", &kLogarithm}}},
                 .generator = {poisson_operands,
                               [](const double* p, RandomStream& random) { return draw_poisson(p[0], random); }},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_poisson,
                 .cdf = {{poisson_tail, {}, poisson_ratio}}},
    Distribution{.name = "negative_binomial",
                 .points = "counts from 0",
                 .parametrisations = {Parameters{{"mu", &kNonNegative}, {"alpha", &kPositive}},
                                      Parameters{{"log_mu", &kLogarithm}, {"alpha", &kPositive}},
                                      Parameters{{"n", &kPositive}, {"p", &kPositiveShare}}},
                 .generator = {negative_binomial_operands, draw_negative_binomial},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_negative_binomial,
                 .cdf = {{negative_binomial_tail, {"alpha", "n"}, negative_binomial_ratio}}},
    Distribution{.name = "geometric",
                 .points = "counts from 1",
                 .parametrisations = {Parameters{{"p", &kUnitInterval}}},
                 .generator = {[](Builder&, const Variable& v) { return std::vector{v["p"]}; },
                               [](const double* p, RandomStream& random) {
                                 return 1 + std::floor(draw_exponential(random) / -std::log1p(-p[0]));
                               }},
                 .support = nullptr,
                 .data = &kPositiveCount,
                 .discrete = true,
                 .lower =
                     [](Builder& builder, const Variable& v) {
                       const View& p = v["p"];
                       builder.add_term<GeometricTerm>({v.value, logarithm(builder, p), log_complement(builder, p)});
                     },
                 .cdf = {{geometric_tail, {}, geometric_ratio}}},
};

}  // namespace

std::vector<View> poisson_operands(Builder& builder, const Variable& v) {
  return {v.has("mu") ? v["mu"] : exponential(builder, v["log_mu"])};
}

void lower_poisson(Builder& builder, const Variable& v) {
  const View log_k = logarithm(builder, v.value), normaliser = builder.apply<PoissonNormaliser>({v.value});
  const std::optional<View> log_mu = v.has("mu") ? builder.facts().known_logarithm(v["mu"]) : v["log_mu"];
  if (log_mu) return add_count<PoissonLogTerm>(builder, v, {v.value, *log_mu, log_k, normaliser});
  add_count<PoissonTerm>(builder, v, {v.value, v["mu"], logarithm(builder, v["mu"]), log_k, normaliser});
}

std::vector<View> negative_binomial_operands(Builder& builder, const Variable& v) {
  if (v.has("log_mu")) return {exponential(builder, v["log_mu"]), v["alpha"]};
  if (v.has("mu")) return {v["mu"], v["alpha"]};
  const View failures = builder.apply<Multiply>({v["n"], complement(builder, v["p"])});
  return {builder.apply<Divide>({failures, v["p"]}), v["n"]};
}

namespace {

/// ln mu, where it is known better than mu. Of n and p = 1 / (1 + e^-x) it is ln n - x.
std::optional<View> known_log_mean(Builder& builder, const Variable& v) {
  if (v.has("log_mu")) return v["log_mu"];
  if (v.has("mu")) return builder.facts().known_logarithm(v["mu"]);
  const std::optional<View> log_odds = known_log_odds(builder, v["p"]);
  if (!log_odds) return std::nullopt;
  return builder.apply<Subtract>({logarithm(builder, v["n"]), *log_odds});
}

}  // namespace

void lower_negative_binomial(Builder& builder, const Variable& v) {
  const View& alpha = v.has("n") ? v["n"] : v["alpha"];
  const View normaliser = builder.apply<NegativeBinomialNormaliser>({v.value, alpha});
  if (const std::optional<View> log_mu = known_log_mean(builder, v)) {
    return add_count<NegativeBinomialLogTerm>(builder, v, {v.value, *log_mu, alpha, normaliser});
  }
  if (v.has("mu")) return add_count<NegativeBinomialTerm>(builder, v, {v.value, v["mu"], alpha, normaliser});
  const View& p = v["p"];
  add_count<NegativeBinomialShareTerm>(builder, v, {v.value, alpha, p, complement(builder, p), normaliser});
}

double draw_negative_binomial(const double* p, RandomStream& random) {
  return draw_poisson(p[0] / p[1] * draw_gamma(p[1], random), random);
}

std::span<const Distribution> unbounded_count_family() { return kFamily; }

}  // namespace exmc::density
