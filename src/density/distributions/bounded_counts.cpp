#include <array>
#include <optional>
#include <string>
#include <vector>

#include "../kernels/elementary.hpp"
#include "../kernels/special_functions.hpp"
#include "beta.hpp"
#include "count_tails.hpp"
#include "counts.hpp"
#include "terms.hpp"
#include "variates.hpp"

/// Counts between two bounds.
namespace exmc::density {
namespace {

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

/// Over (y, n, p, 1 - p, normaliser); NaN for p outside [0, 1].
struct BinomialTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b10011U, 0b11111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T other = p[1] - p[0], score = p[0] * p[3] - other * p[2];
    const T distance = deviance(p[0], p[1] * p[2], -score).value + deviance(other, p[1] * p[3], score).value;
    d[0] = d[1] = T{};
    d[2] = share_of(p[0], p[2]);
    d[3] = share_of(other, p[3]);
    d[4] = T{} + 1.0;
    return select((p[2] >= 0.0) & (p[3] >= 0.0), p[4] - distance, T{} + detail::kNaN);
  }
};

/// The same over (y, n, ln p, ln(1 - p), normaliser).
struct BinomialLogTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b10011U, 0b11111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T other = p[1] - p[0], log_n = log(at_least_one(p[1])), success = exp(p[2]), failure = exp(p[3]);
    const T score = p[0] * failure - other * success;
    d[0] = d[1] = T{};
    d[2] = p[0];
    d[3] = other;
    d[4] = T{} + 1.0;
    return p[4] - deviance(p[0], p[1] * success, -score, p[2] + (log_n - log(at_least_one(p[0])))).value -
           deviance(other, p[1] * failure, score, p[3] + (log_n - log(at_least_one(other)))).value;
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

/// Of N things, k of one kind, n are drawn: three binomial probabilities of p = n / N (Loader 2000). All is data.
void lower_hyper_geometric(Builder& builder, const Variable& v) {
  const View &x = v.value, &total = v["N"], &kind = v["k"], &drawn = v["n"];
  const View p = builder.apply<Divide>({drawn, total});
  const auto difference = [&](const View& a, const View& b) { return builder.apply<Subtract>({a, b}); };
  const auto binomial = [&](const View& y, const View& n) {
    const View normaliser = builder.apply<BinomialNormaliser>({y, n});
    return builder.apply(term_kernels<BinomialTerm>().value, std::array{y, n, p, complement(builder, p), normaliser});
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

const std::array kFamily = {
    Distribution{.name = "binomial",
                 .points = "0 to `n`",
                 .parametrisations = {Parameters{kTrials, {"p", &kUnitInterval}},
                                      Parameters{kTrials, {"logit_p", &kExtendedReal}}},
                 .generator = {binomial_operands,
                               [](const double* p, RandomStream& random) { return draw_binomial(p[0], p[1], random); }},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .upper_bound = "n",
                 .lower = lower_binomial,
                 .cdf = {{binomial_tail, {}, binomial_ratio}}},
    Distribution{.name = "beta_binomial",
                 .points = "0 to `n`",
                 .parametrisations = {Parameters{{"alpha", &kPositive}, {"beta", &kPositive}, kTrials}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["n"], v["alpha"], v["beta"]};
                               },
                               [](const double* p, RandomStream& random) {
                                 return draw_binomial(p[0], draw_beta(p[1], p[2], random), random);
                               }},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .upper_bound = "n",
                 .lower = lower_beta_binomial},
    Distribution{.name = "hyper_geometric",
                 .about = "`N` things in all, `k` of one kind, `n` drawn",
                 .points = "counts that can be drawn",
                 .parametrisations = {{{.name = "N", .domain = &kPositiveCount, .data = true},
                                       {.name = "k", .domain = &kCount, .data = true},
                                       {.name = "n", .domain = &kCount, .data = true}}},
                 .relations = {{"k up to N", "k", "N"}, {"n up to N", "n", "N"}},
                 .generator = {[](Builder&, const Variable& v) {
                                 return std::vector{v["N"], v["k"], v["n"]};
                               },
                               [](const double* p, RandomStream& random) {
                                 return draw_hyper_geometric(p[0], p[1], p[2], random);
                               }},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .lower = lower_hyper_geometric},
    Distribution{
        .name = "discrete_uniform",
        .points = "whole numbers from `lower` to `upper`",
        .parametrisations = {Parameters{{"lower", &kInteger, std::nullopt, true},
                                        {"upper", &kInteger, std::nullopt, true}}},
        .generator = {[](Builder&, const Variable& v) {
                        return std::vector{v["lower"], v["upper"]};
                      },
                      [](const double* p, RandomStream& random) { return p[0] + draw_below(p[1] - p[0] + 1, random); }},
        .support = nullptr,
        .data = &kInteger,
        .discrete = true,
        .lower_bound = "lower",
        .upper_bound = "upper",
        .lower = lower_discrete_uniform,
        .cdf = {{discrete_uniform_tail}}},
};

}  // namespace

std::vector<View> binomial_operands(Builder& builder, const Variable& v) {
  return {v["n"], v.has("p") ? v["p"] : sigmoid(builder, v["logit_p"])};
}

void lower_binomial(Builder& builder, const Variable& v) {
  const View normaliser = builder.apply<BinomialNormaliser>({v.value, v["n"]});
  const std::optional<View> logit = v.has("p") ? known_log_odds(builder, v["p"]) : v["logit_p"];
  if (logit) return add_count<BinomialLogitTerm>(builder, v, {v.value, v["n"], *logit, normaliser});
  const View& p = v["p"];
  if (is_known_share(builder, p)) {
    return add_count<BinomialLogTerm>(builder, v,
                                      {v.value, v["n"], logarithm(builder, p), log_complement(builder, p), normaliser});
  }
  add_count<BinomialTerm>(builder, v, {v.value, v["n"], p, complement(builder, p), normaliser});
}

std::span<const Distribution> bounded_count_family() { return kFamily; }

}  // namespace exmc::density
