#include "count_tails.hpp"

#include <optional>

#include "../functions/functions.hpp"
#include "../functions/shares.hpp"
#include "../kernels/special_functions.hpp"
#include "../numbers/special.hpp"
#include "log_mix.hpp"
#include "tails.hpp"

namespace exmc::density {
namespace {

View one_more(Builder& builder, const View& x) { return builder.apply<Add>({builder.constant(1.0), x}); }

/// Over (k, ln p, ln(1 - p)). Above k are (1 - p)^k, and 1 comes with p, with this derivative also where p is 1.
struct GeometricTail {
  static constexpr std::size_t kOperands = 3;
  static constexpr bool kHoldsAtOne = true;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const auto counts = p[0] > 0.0, first = p[0] == 1.0;
    const T above = select(counts, p[0] * p[2], T{}), slope = select(counts, p[0], T{});
    d[0] = d[1] = T{};
    d[2] = slope;
    if constexpr (tail == Tail::upper) return above;
    d[1] = select(first, T{} + 1.0, T{});
    d[2] = select(first, T{}, slope * exp(above) / expm1(above));
    return select(first, p[1], log1m_exp(above));
  }
};

/// Above k are P(k + 1, mu), over (k, mu, ln mu). None are e^-mu, with this derivative also where mu is 0.
struct PoissonTail {
  static constexpr std::size_t kOperands = 3;
  static constexpr bool kHoldsAtOne = true;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const LogTails<T> tails = incomplete_gamma(p[0] + 1.0, p[2]);
    const auto none = tail == Tail::lower ? p[0] == 0.0 : p[0] != p[0];
    d[0] = T{};
    d[1] = select(none, T{} - 1.0, T{});
    d[2] = select(none, T{}, tail == Tail::lower ? tails.upper_slope : tails.lower_slope);
    return select(none, -p[1], tail == Tail::lower ? tails.upper : tails.lower);
  }
};

/// The logarithm of a tail of what is always 0, over k.
template <Tail tail>
struct AlwaysZeroTail {
  static constexpr std::size_t kOperands = 1;
  static constexpr bool kFlat = true;
  template <class T>
  static T value(const T* k) {
    const auto certain = tail == Tail::lower ? k[0] >= 0.0 : k[0] < 0.0;
    return select(certain, T{}, T{} - detail::kInfinity);
  }
};

View with_zeros(Builder& builder, const Variable& v, Tail tail, const View& without) {
  if (!v.has("psi")) return without;
  const View added = tail == Tail::lower ? builder.apply<AlwaysZeroTail<Tail::lower>>({v.value})
                                         : builder.apply<AlwaysZeroTail<Tail::upper>>({v.value});
  const View& psi = v["psi"];
  return builder.apply<LogMix<2>>({added, without, complement(builder, psi), psi});
}

/// ln x and ln(1 - x) of a share.
struct LogShares {
  View of_share, of_rest;
};
LogShares log_shares(Builder& builder, const View& x) { return {logarithm(builder, x), log_complement(builder, x)}; }
LogShares log_shares_by_odds(Builder& builder, const View& log_odds) {
  return {builder.apply<Unary<LogSigmoid>>({log_odds}), builder.apply<Unary<Mirrored<LogSigmoid>>>({log_odds})};
}

/// Of p = alpha / (alpha + mu).
LogShares success_of_negative_binomial(Builder& builder, const Variable& v) {
  if (v.has("p")) return log_shares(builder, v["p"]);
  const View& alpha = v["alpha"];
  const std::optional<View> log_mu = v.has("log_mu") ? v["log_mu"] : builder.facts().known_logarithm(v["mu"]);
  if (log_mu) return log_shares_by_odds(builder, builder.apply<Subtract>({logarithm(builder, alpha), *log_mu}));
  const auto less = [&](const View& a, const View& b) {  // ln(a / (a + b))
    return negate(builder, builder.apply<Log1p>({builder.apply<Divide>({b, a})}));
  };
  return {less(alpha, v["mu"]), less(v["mu"], alpha)};
}

}  // namespace

View poisson_tail(Builder& builder, const Variable& v, Tail tail) {
  const View mu = v.has("mu") ? v["mu"] : exponential(builder, v["log_mu"]);
  return with_zeros(builder, v, tail,
                    log_probability<PoissonTail>(builder, tail, {v.value, mu, logarithm(builder, mu)}));
}

/// Up to k are I_p(alpha, k + 1).
View negative_binomial_tail(Builder& builder, const Variable& v, Tail tail) {
  const View& alpha = v.has("n") ? v["n"] : v["alpha"];
  const LogShares p = success_of_negative_binomial(builder, v);
  const View base =
      log_probability<IncompleteBetaTail>(builder, tail, {alpha, one_more(builder, v.value), p.of_share, p.of_rest});
  return with_zeros(builder, v, tail, base);
}

/// Up to k are I_(1-p)(n - k, k + 1).
View binomial_tail(Builder& builder, const Variable& v, Tail tail) {
  const View n = v.has("n") ? v["n"] : builder.constant(1.0);
  const LogShares p = v.has("logit_p") ? log_shares_by_odds(builder, v["logit_p"]) : log_shares(builder, v["p"]);
  const View left = builder.apply<Subtract>({n, v.value});
  const View base =
      log_probability<IncompleteBetaTail>(builder, tail, {left, one_more(builder, v.value), p.of_rest, p.of_share});
  return with_zeros(builder, v, tail, base);
}

View geometric_tail(Builder& builder, const Variable& v, Tail tail) {
  const LogShares p = log_shares(builder, v["p"]);
  return log_probability<GeometricTail>(builder, tail, {v.value, p.of_share, p.of_rest});
}

View discrete_uniform_tail(Builder& builder, const Variable& v, Tail tail) {
  const View after = one_more(builder, v["upper"]);
  return log_probability<UniformTail>(builder, tail, {one_more(builder, v.value), v["lower"], after});
}

CountRatio poisson_ratio(Builder& builder, const Variable& v) {
  return {v.has("mu") ? logarithm(builder, v["mu"]) : v["log_mu"], builder.constant(1.0)};
}

CountRatio negative_binomial_ratio(Builder& builder, const Variable& v) {
  return {success_of_negative_binomial(builder, v).of_rest, v.has("n") ? v["n"] : v["alpha"], 1};
}

CountRatio binomial_ratio(Builder& builder, const Variable& v) {
  const View odds = v.has("logit_p") ? v["logit_p"] : log_odds(builder, v["p"]);
  return {odds, v.has("n") ? v["n"] : builder.constant(1.0), -1};
}

CountRatio geometric_ratio(Builder& builder, const Variable& v) {
  return {log_complement(builder, v["p"]), builder.constant(1.0), 1, 1};
}

}  // namespace exmc::density
