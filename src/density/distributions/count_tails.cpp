#include "count_tails.hpp"

#include "../functions/functions.hpp"
#include "../kernels/elementary.hpp"
#include "../kernels/special_functions.hpp"
#include "../numbers/special.hpp"
#include "tails.hpp"

namespace exmc::density {
namespace {

View one_minus(Builder& builder, const View& x) { return builder.apply<Subtract>({builder.constant(1.0), x}); }
View one_more(Builder& builder, const View& x) { return builder.apply<Add>({builder.constant(1.0), x}); }

/// k ln(1 - p), the logarithm of the upper tail, over (k, p).
struct GeometricSurvival {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T failures = select(p[0] > 0.0, p[0], T{});
    d[0] = T{};
    d[1] = -failures / (1.0 - p[1]);
    return select(failures > 0.0, failures * log1p(-p[1]), T{});
  }
};

/// psi times what is above or, at k >= 0, 1 - psi more of what is not, over (k, psi, the logarithm without psi).
struct ZeroInflatedTail {
  static constexpr std::size_t kOperands = 3;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const auto counts = p[0] >= 0.0;
    d[0] = T{};
    if constexpr (tail == Tail::upper) {
      d[1] = 1.0 / p[1];
      d[2] = T{} + 1.0;
      return select(counts, log(p[1]) + p[2], T{});
    } else {
      const T less = expm1(p[2]), inverse = 1.0 / (1.0 + p[1] * less);
      d[1] = less * inverse;
      d[2] = p[1] * exp(p[2]) * inverse;
      return select(counts, log1p(p[1] * less), T{} - detail::kInfinity);
    }
  }
};

View with_zeros(Builder& builder, const Variable& v, Tail tail, const View& without) {
  if (!v.has("psi")) return without;
  return log_probability<ZeroInflatedTail>(builder, tail, {v.value, v["psi"], without});
}

}  // namespace

/// Above k are P(k + 1, mu).
View poisson_tail(Builder& builder, const Variable& v, Tail tail) {
  const View mu = v.has("mu") ? v["mu"] : exponential(builder, v["log_mu"]);
  const std::array<View, 3> operands{mu, one_more(builder, v.value), builder.constant(1.0)};
  return with_zeros(builder, v, tail, log_probability<IncompleteGammaTail>(builder, opposite(tail), operands));
}

/// Up to k are I_p(alpha, k + 1) with p = alpha / (alpha + mu).
View negative_binomial_tail(Builder& builder, const Variable& v, Tail tail) {
  const bool by_mean = v.has("mu");
  const View& alpha = by_mean ? v["alpha"] : v["n"];
  const View total = by_mean ? builder.apply<Add>({alpha, v["mu"]}) : View{};
  const View p = by_mean ? builder.apply<Divide>({alpha, total}) : v["p"];
  const View q = by_mean ? builder.apply<Divide>({v["mu"], total}) : one_minus(builder, p);
  const View base = log_probability<IncompleteBetaTail>(builder, tail, {alpha, one_more(builder, v.value), p, q});
  return with_zeros(builder, v, tail, base);
}

/// Up to k are I_(1-p)(n - k, k + 1).
View binomial_tail(Builder& builder, const Variable& v, Tail tail) {
  const View n = v.has("n") ? v["n"] : builder.constant(1.0);
  const bool by_logit = v.has("logit_p");
  const View p = by_logit ? builder.apply<Unary<Sigmoid>>({v["logit_p"]}) : v["p"];
  const View q =
      by_logit ? builder.apply<Unary<Sigmoid>>({builder.apply<Negate>({v["logit_p"]})}) : one_minus(builder, p);
  const View left = builder.apply<Subtract>({n, v.value});
  const View base = log_probability<IncompleteBetaTail>(builder, tail, {left, one_more(builder, v.value), q, p});
  return with_zeros(builder, v, tail, base);
}

View geometric_tail(Builder& builder, const Variable& v, Tail tail) {
  return log_probability<KnownTail<GeometricSurvival, Tail::upper>>(builder, tail, {v.value, v["p"]});
}

View discrete_uniform_tail(Builder& builder, const Variable& v, Tail tail) {
  const View after = one_more(builder, v["upper"]);
  return log_probability<UniformTail>(builder, tail, {one_more(builder, v.value), v["lower"], after});
}

}  // namespace exmc::density
