#include <array>
#include <optional>

#include "../functions/functions.hpp"
#include "../functions/shares.hpp"
#include "count_tails.hpp"
#include "distribution.hpp"

namespace exmc::density {
namespace {

/// ln sigmoid(x) = min(x, 0) - log1p(e^-|x|) with x = s logit over (s, logit); s is 1 for a success, -1 for a failure.
struct BernoulliLogitTerm {
  static constexpr std::size_t kOperands = 2;
  static constexpr std::size_t kPredictor = 1;
  static constexpr unsigned kWeightOperands = 0;
  static constexpr double kConstant = 0;
  template <class T>
  static T evaluate(const T* p, T* d, T& w) {
    const T x = p[0] * p[1];
    w = exp(-abs(x));
    const T inverse = 1.0 / (1.0 + w);
    d[0] = T{};
    d[1] = p[0] * select(x >= 0.0, w * inverse, inverse);
    return select(x > 0.0, T{}, x);
  }
  template <class T>
  static T weight(const T*) {
    return T{} - 1.0;
  }
  template <class T>
  static void weight_partials(T*) {}
};

/// ln p or ln(1 - p) over (s, p); NaN for p outside [0, 1].
struct BernoulliTerm {
  static constexpr std::size_t kOperands = 2;
  static constexpr double kConstant = 0;
  template <class T>
  static T evaluate(const T* p, T* d) {
    const auto success = p[0] > 0.0;
    const T other = 1.0 - p[1], q = select(success, p[1], other);
    const T lost = select(success, T{}, (-p[1] - (other - 1.0)) / other);  // 1 - p rounds
    d[0] = T{};
    d[1] = p[0] / q;
    const T value = log(q) + select(q > 0.0, lost, T{});
    return select((p[1] >= 0.0) & (p[1] <= 1.0), value, T{} + detail::kNaN);
  }
};

/// ln p or ln(1 - p) over (s, ln p, ln(1 - p)).
struct BernoulliLogTerm {
  static constexpr std::size_t kOperands = 3;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const auto success = p[0] > 0.0;
    d[0] = T{};
    d[1] = select(success, T{} + 1.0, T{});
    d[2] = 1.0 - d[1];
    return select(success, p[1], p[2]);
  }
};

/// 2 y - 1.
View signs(Builder& builder, const View& y) {
  const View twice = builder.apply<Multiply>({builder.constant(2.0), y});
  return builder.apply<Subtract>({twice, builder.constant(1.0)});
}

void lower_bernoulli(Builder& builder, const Variable& v) {
  const View s = signs(builder, v.value);
  const std::optional<View> logit = v.has("p") ? known_log_odds(builder, v["p"]) : v["logit_p"];
  if (logit) return builder.add_term<BernoulliLogitTerm>({s, *logit});
  const View& p = v["p"];
  if (!is_known_share(builder, p)) return builder.add_term<BernoulliTerm>({s, p});
  builder.add_term<BernoulliLogTerm>({s, logarithm(builder, p), log_complement(builder, p)});
}

const std::array kFamily = {
    Distribution{
        .name = "bernoulli",
        .points = "0 or 1",
        .parametrisations = {{{"p", &kUnitInterval}}, {{"logit_p", &kExtendedReal}}},
        .generator = {[](Builder& builder, const Variable& v) {
                        return std::vector{v.has("p") ? v["p"] : sigmoid(builder, v["logit_p"])};
                      },
                      [](const double* p, RandomStream& random) { return random.uniform() < p[0] ? 1.0 : 0.0; }},
        .support = nullptr,
        .data = &kBinary,
        .discrete = true,
        .lower = lower_bernoulli,
        .cdf = {{binomial_tail, {}, binomial_ratio}}},
};

}  // namespace

std::span<const Distribution> bernoulli_family() { return kFamily; }

}  // namespace exmc::density
