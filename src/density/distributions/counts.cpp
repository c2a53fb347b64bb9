#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "../functions/functions.hpp"
#include "../kernels/elementary.hpp"
#include "../numbers/special.hpp"
#include "beta.hpp"
#include "count_tails.hpp"
#include "distribution.hpp"
#include "terms.hpp"
#include "variates.hpp"

/// Counts. All are written as Loader (2000) does: Stirling errors in a normaliser, which is data or depends on a
/// parameter only, and deviances of what was counted from what was expected.
namespace exmc::density {
namespace {

constexpr double kLogTwoPi = 1.837877066409345483560659472811;

/// k or, in place of 0, 1: for what is not used where k = 0.
template <class T>
T at_least_one(T k) {
  return select(k > 0.0, k, T{} + 1.0);
}

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
    const Deviance<T> of_alpha = deviance(p[2], n * p[2] * inverse, excess);
    const Deviance<T> of_k = deviance(p[0], n * p[1] * inverse, -excess);
    d[0] = T{};
    d[1] = excess / p[1];
    d[2] = of_alpha.log_ratio - difference;
    d[3] = T{} + 1.0;
    return p[3] - of_alpha.value - of_k.value;
  }
};

/// (k - 1) ln(1 - p) + ln p over (k, p).
struct GeometricTerm {
  static constexpr std::size_t kOperands = 2;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b01U, 0b11U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T failures = p[0] - 1.0, none = select(failures > 0.0, log1p(-p[1]), T{});
    d[0] = T{};
    d[1] = 1.0 / p[1] - failures / (1.0 - p[1]);
    return select(p[1] <= 1.0, failures * none + log(p[1]), T{} + detail::kNaN);
  }
};

/// Over data (y, n): the binomial coefficient without its entropy; 0 at y = 0 and y = n.
struct BinomialNormaliser {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    const auto both = (p[0] > 0.0) & (p[0] < p[1]);
    const T y = at_least_one(p[0]), other = at_least_one(p[1] - p[0]), n = at_least_one(p[1]);
    const T errors = stirling_error(n).value - stirling_error(y).value - stirling_error(other).value;
    return select(both, errors - 0.5 * (kLogTwoPi + log(y) + log(other / n)), T{});
  }
  template <class T>
  static void partials(const T*, T, T* d) {
    d[0] = d[1] = T{};
  }
};

/// Over (y, n, p, normaliser); NaN for p outside [0, 1].
struct BinomialTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b1011U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T other = 1.0 - p[2], score = p[0] - p[1] * p[2];
    const T distance = deviance(p[0], p[1] * p[2], -score).value + deviance(p[1] - p[0], p[1] * other, score).value;
    d[0] = d[1] = T{};
    d[2] = score / (p[2] * other);
    d[3] = T{} + 1.0;
    return select((p[2] >= 0.0) & (p[2] <= 1.0), p[3] - distance, T{} + detail::kNaN);
  }
};

/// Over (y, n, logit, normaliser).
struct BinomialLogitTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr std::size_t kPredictor = 2;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b1011U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T t = exp(-abs(p[2])), inverse = 1.0 / (1.0 + t), softplus = log1p(t);
    const auto positive = p[2] > 0.0;
    const T success = select(positive, inverse, t * inverse), failure = select(positive, t * inverse, inverse);
    const T log_success = select(positive, T{}, p[2]) - softplus;
    const T log_failure = select(positive, -p[2], T{}) - softplus;
    const T score = p[0] * failure - (p[1] - p[0]) * success, other = p[1] - p[0], log_n = log(at_least_one(p[1]));
    d[0] = d[1] = T{};
    d[2] = score;
    d[3] = T{} + 1.0;
    return p[3] - deviance(p[0], p[1] * success, -score, log_success + (log_n - log(at_least_one(p[0])))).value -
           deviance(other, p[1] * failure, score, log_failure + (log_n - log(at_least_one(other)))).value;
  }
};

/// Over (y, n, alpha, beta, normaliser): y of n and alpha of alpha + beta, both from the shares of the two pooled.
struct BetaBinomialTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b10011U, 0b11111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T size = p[2] + p[3], inverse = 1.0 / (p[1] + size), other = p[1] - p[0];
    const T success = (p[0] + p[2]) * inverse, failure = (other + p[3]) * inverse;
    const T excess = (other * p[2] - p[0] * p[3]) * inverse;  // of n success over y
    const Deviance<T> of_alpha = deviance(p[2], size * success, -excess);
    const Deviance<T> of_beta = deviance(p[3], size * failure, excess);
    d[0] = d[1] = T{};
    d[2] = of_alpha.log_ratio;
    d[3] = of_beta.log_ratio;
    d[4] = T{} + 1.0;
    return p[4] - deviance(p[0], p[1] * success, excess).value - deviance(other, p[1] * failure, -excess).value -
           of_alpha.value - of_beta.value;
  }
};

/// ln psi + l or, at k = 0, ln(1 - psi + psi e^l), over (k, psi, l): l is the log density without the added zeros.
struct ZeroInflatedTerm {
  static constexpr std::size_t kOperands = 3;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b101U, 0b111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const auto some = p[0] > 0.0;
    const T less = expm1(p[2]), inverse = 1.0 / (1.0 + p[1] * less);
    d[0] = T{};
    d[1] = select(some, 1.0 / p[1], less * inverse);
    d[2] = select(some, T{} + 1.0, p[1] * exp(p[2]) * inverse);
    const T value = select(some, log(p[1]) + p[2], log1p(p[1] * less));
    return select((p[1] >= 0.0) & (p[1] <= 1.0), value, T{} + detail::kNaN);
  }
};

/// Adds a term or, where there is a psi, the term with zeros added.
template <class Term>
void add_count(Builder& builder, const Variable& v, const std::array<View, Term::kOperands>& operands) {
  if (!v.has("psi")) return builder.add_term<Term>(operands);
  builder.add_term<ZeroInflatedTerm>({v.value, v["psi"], builder.apply(term_kernels<Term>().value, operands)});
}

std::vector<View> poisson_operands(Builder& builder, const Variable& v) {
  return {v.has("mu") ? v["mu"] : exponential(builder, v["log_mu"])};
}

void lower_poisson(Builder& builder, const Variable& v) {
  const View log_k = logarithm(builder, v.value), normaliser = builder.apply<PoissonNormaliser>({v.value});
  const std::optional<View> log_mu = v.has("mu") ? builder.known_logarithm(v["mu"]) : v["log_mu"];
  if (log_mu) return add_count<PoissonLogTerm>(builder, v, {v.value, *log_mu, log_k, normaliser});
  add_count<PoissonTerm>(builder, v, {v.value, v["mu"], logarithm(builder, v["mu"]), log_k, normaliser});
}

/// mu and alpha; of n and p, the failures before the n-th success: mu = n (1 - p) / p.
std::vector<View> negative_binomial_operands(Builder& builder, const Variable& v) {
  if (v.has("mu")) return {v["mu"], v["alpha"]};
  const View failures = builder.apply<Subtract>({builder.constant(1.0), v["p"]});
  return {builder.apply<Divide>({builder.apply<Multiply>({v["n"], failures}), v["p"]}), v["n"]};
}

void lower_negative_binomial(Builder& builder, const Variable& v) {
  const std::vector<View> operands = negative_binomial_operands(builder, v);
  const View &mu = operands[0], &alpha = operands[1];
  add_count<NegativeBinomialTerm>(builder, v,
                                  {v.value, mu, alpha, builder.apply<NegativeBinomialNormaliser>({v.value, alpha})});
}

/// A poisson variable whose mean is gamma distributed, given mu and alpha.
double draw_negative_binomial(const double* p, RandomStream& random) {
  return draw_poisson(p[0] / p[1] * draw_gamma(p[1], random), random);
}

std::vector<View> binomial_operands(Builder& builder, const Variable& v) {
  return {v["n"], v.has("p") ? v["p"] : builder.apply<Unary<Sigmoid>>({v["logit_p"]})};
}

void lower_binomial(Builder& builder, const Variable& v) {
  const View normaliser = builder.apply<BinomialNormaliser>({v.value, v["n"]});
  if (v.has("p")) return add_count<BinomialTerm>(builder, v, {v.value, v["n"], v["p"], normaliser});
  add_count<BinomialLogitTerm>(builder, v, {v.value, v["n"], v["logit_p"], normaliser});
}

void lower_beta_binomial(Builder& builder, const Variable& v) {
  const View &y = v.value, &n = v["n"], &alpha = v["alpha"], &beta = v["beta"];
  const View successes = builder.apply<Add>({y, alpha});
  const View failures = builder.apply<Add>({builder.apply<Subtract>({n, y}), beta});
  const View before = builder.apply<BetaNormaliser>({alpha, beta});
  const View change = builder.apply<Subtract>({before, builder.apply<BetaNormaliser>({successes, failures})});
  const View normaliser = builder.apply<Add>({builder.apply<BinomialNormaliser>({y, n}), change});
  builder.add_term<BetaBinomialTerm>({y, n, alpha, beta, normaliser});
}

void lower_discrete_uniform(Builder& builder, const Variable& v) {
  const View last = builder.apply<Subtract>({v["upper"], v["lower"]});
  const View count = builder.apply<Add>({last, builder.constant(1.0)});
  add_multiple(builder, -1, logarithm(builder, count), v.value.shape);
}

/// The operands of a distribution after psi.
template <auto operands>
std::vector<View> with_psi(Builder& builder, const Variable& v) {
  std::vector<View> all = operands(builder, v);
  all.insert(all.begin(), v["psi"]);
  return all;
}

/// A draw of the distribution whose operands follow psi, in a share psi of all cases, else 0.
template <class Draw>
double inflate(const double* p, RandomStream& random, Draw&& draw) {
  return random.uniform() < p[0] ? draw(p + 1) : 0.0;
}

/// Of N things, k of one kind, n are drawn: three binomial probabilities of p = n / N (Loader 2000). All is data.
void lower_hyper_geometric(Builder& builder, const Variable& v) {
  const View &x = v.value, &total = v["N"], &kind = v["k"], &drawn = v["n"];
  const View p = builder.apply<Divide>({drawn, total});
  const auto difference = [&](const View& a, const View& b) { return builder.apply<Subtract>({a, b}); };
  const auto binomial = [&](const View& y, const View& n) {
    const View normaliser = builder.apply<BinomialNormaliser>({y, n});
    return builder.apply(term_kernels<BinomialTerm>().value, std::array{y, n, p, normaliser});
  };
  const View others = difference(total, kind), rest = difference(drawn, x);
  const Array room = builder.evaluate(broadcast_to(difference(others, rest), x.shape));
  const Array within = builder.evaluate(broadcast_to(difference(kind, x), x.shape)), left = builder.evaluate(rest);
  for (std::size_t i = 0; i < room.values.size(); ++i) {
    if (room.values[i] >= 0 && within.values[i] >= 0 && left.values[i] >= 0) continue;
    const std::string element = element_name(x.shape, i);
    builder.refuse("found a number that cannot be drawn: expected at most k and n, and n - N + k or more" +
                   (element.empty() ? "" : ", at " + element));
  }
  const View both = builder.apply<Add>({binomial(x, kind), binomial(rest, others)});
  builder.add_values(broadcast_to(difference(both, binomial(drawn, total)), x.shape));
}

using Parameters = std::vector<Parameter>;
const Parameter kTrials{"n", &kCount, std::nullopt, true}, kWeight{"psi", &kUnitInterval};

const std::array kFamily = {
    Distribution{.name = "poisson", .points = "counts from 0",
                 .parametrisations = {Parameters{{"mu", &kPositive}}, Parameters{{"log_mu", &kReal}}},
                 .generator = {poisson_operands, [](const double* p, RandomStream& random) { return draw_poisson(p[0], random); }},
.support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_poisson,
                 .cdf = {{poisson_tail}}},
    Distribution{.name = "negative_binomial", .points = "counts from 0",
                 .parametrisations = {Parameters{{"mu", &kPositive}, {"alpha", &kPositive}},
                                      Parameters{{"n", &kPositive}, {"p", &kOpenUnitInterval}}},
                 .generator = {negative_binomial_operands, [](const double* p, RandomStream& random) { return draw_negative_binomial(p, random); }},
.support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_negative_binomial,
                 .cdf = {{negative_binomial_tail, {"alpha", "n"}}}},
    Distribution{.name = "geometric", .points = "counts from 1",
                 .parametrisations = {Parameters{{"p", &kUnitInterval}}},
                 .generator = {[](Builder&, const Variable& v) { return std::vector{v["p"]}; }, [](const double* p, RandomStream& random) { return 1 + std::floor(draw_exponential(random) / -std::log1p(-p[0])); }},
.support = nullptr,
                 .data = &kPositiveCount,
                 .discrete = true,
                 .lower =
                     [](Builder& builder, const Variable& v) {
                       builder.add_term<GeometricTerm>({v.value, v["p"]});
                     },
                 .cdf = {{geometric_tail}}},
    Distribution{
        .name = "binomial", .points = "0 to `n`",
        .parametrisations = {Parameters{kTrials, {"p", &kUnitInterval}}, Parameters{kTrials, {"logit_p", &kReal}}},
        .generator = {binomial_operands, [](const double* p, RandomStream& random) { return draw_binomial(p[0], p[1], random); }},
.support = nullptr,
        .data = &kCount,
        .discrete = true,
        .upper_bound = "n",
        .lower = lower_binomial,
        .cdf = {{binomial_tail}}},
    Distribution{.name = "beta_binomial", .points = "0 to `n`",
                 .parametrisations = {Parameters{{"alpha", &kPositive}, {"beta", &kPositive}, kTrials}},
                 .generator = {[](Builder&, const Variable& v) { return std::vector{v["n"], v["alpha"], v["beta"]}; }, [](const double* p, RandomStream& random) { return draw_binomial(p[0], draw_beta(p[1], p[2], random), random); }},
.support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .upper_bound = "n",
                 .lower = lower_beta_binomial},
    Distribution{.name = "hyper_geometric", .about = "`N` things in all, `k` of one kind, `n` drawn", .points = "counts that can be drawn",
                 .parametrisations = {{{.name = "N", .domain = &kPositiveCount, .data = true},
                                       {.name = "k", .domain = &kCount, .data = true},
                                       {.name = "n", .domain = &kCount, .data = true}}},
                 .generator = {[](Builder&, const Variable& v) { return std::vector{v["N"], v["k"], v["n"]}; },
                               [](const double* p, RandomStream& random) { return draw_hyper_geometric(p[0], p[1], p[2], random); }},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_hyper_geometric},
    Distribution{.name = "discrete_uniform", .points = "whole numbers from `lower` to `upper`",
                 .parametrisations = {Parameters{{"lower", &kInteger, std::nullopt, true},
                                                 {"upper", &kInteger, std::nullopt, true}}},
                 .generator = {[](Builder&, const Variable& v) { return std::vector{v["lower"], v["upper"]}; }, [](const double* p, RandomStream& random) { return p[0] + draw_below(p[1] - p[0] + 1, random); }},
.support = nullptr,
                 .data = &kInteger,
                 .discrete = true,
                 .lower_bound = "lower",
                 .upper_bound = "upper",
                 .lower = lower_discrete_uniform,
                 .cdf = {{discrete_uniform_tail}}},
    Distribution{.name = "zero_inflated_poisson", .about = "`psi` is the share that is not inflated", .points = "counts from 0",
                 .parametrisations = {Parameters{kWeight, {"mu", &kPositive}}},
                 .generator = {with_psi<poisson_operands>, [](const double* p, RandomStream& random) {
return inflate(p, random, [&](const double* q) { return draw_poisson(q[0], random); }); }},
.support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_poisson,
                 .cdf = {{poisson_tail}}},
    Distribution{.name = "zero_inflated_binomial", .about = "`psi` is the share that is not inflated", .points = "0 to `n`",
                 .parametrisations = {Parameters{kWeight, kTrials, {"p", &kUnitInterval}}},
                 .generator = {with_psi<binomial_operands>, [](const double* p, RandomStream& random) {
return inflate(p, random, [&](const double* q) { return draw_binomial(q[0], q[1], random); }); }},
.support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .upper_bound = "n",
                 .lower = lower_binomial,
        .cdf = {{binomial_tail}}},
    Distribution{.name = "zero_inflated_negative_binomial", .about = "`psi` is the share that is not inflated", .points = "counts from 0",
                 .parametrisations = {Parameters{kWeight, {"mu", &kPositive}, {"alpha", &kPositive}},
                                      Parameters{kWeight, {"n", &kPositive}, {"p", &kOpenUnitInterval}}},
                 .generator = {with_psi<negative_binomial_operands>, [](const double* p, RandomStream& random) {
return inflate(p, random, [&](const double* q) { return draw_negative_binomial(q, random); }); }},
.support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_negative_binomial,
                 .cdf = {{negative_binomial_tail, {"alpha", "n"}}}},
};

}  // namespace

std::span<const Distribution> count_family() { return kFamily; }

}  // namespace exmc::density
