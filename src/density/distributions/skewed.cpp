#include <array>
#include <cmath>
#include <numbers>

#include "../functions/functions.hpp"
#include "../numbers/special.hpp"
#include "distribution.hpp"
#include "tails.hpp"
#include "terms.hpp"
#include "variates.hpp"

namespace exmc::density {
namespace {

constexpr double kHalfLogTwoPi = 0.918938533204672741780329736406;

/// -z^2 / 2 - ln sigma + ln Phi(alpha z), z = (x - mu) / sigma, over (x, mu, sigma, ln sigma, alpha).
struct SkewNormalTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = std::numbers::ln2 - kHalfLogTwoPi;
  static constexpr std::array kVariants = {0b00001U, 0b11111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T inverse = 1.0 / p[2], z = (p[0] - p[1]) * inverse, argument = p[4] * z;
    const NormalTail<T> tail = normal_tail(argument);
    const T slope = p[4] * tail.hazard - z;
    d[0] = slope * inverse;
    d[1] = -d[0];
    d[2] = z * d[1];
    d[3] = T{} - 1.0;
    d[4] = z * tail.hazard;
    return tail.log_cdf - 0.5 * z * z - p[3];
  }
};

/// -ln nu + r^2 / 2 - z r + ln Phi(z - r), z = (x - mu) / sigma and r = sigma / nu, over (x, mu, sigma, nu, ln nu). The
/// squares of r cancel where z < r: there r^2 / 2 - z r = ((z - r)^2 - z^2) / 2.
struct ExGaussianTerm {
  static constexpr std::size_t kOperands = 5;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b00001U, 0b11111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T inverse = 1.0 / p[2], rate = 1.0 / p[3], z = (p[0] - p[1]) * inverse, r = p[2] * rate;
    const NormalTail<T> tail = normal_tail(z - r);
    const auto left = z < r;
    d[0] = select(left, tail.excess - z, tail.hazard - r) * inverse;
    d[1] = -d[0];
    d[2] = select(left, -tail.excess * rate - z * d[0], r * rate - tail.hazard * (rate + z * inverse));
    d[3] = tail.excess * r * rate;
    d[4] = T{} - 1.0;
    return select(left, tail.scaled - 0.5 * z * z, tail.log_cdf + r * (0.5 * r - z)) - p[4];
  }
};

View skew_normal_scale(Builder& builder, const Variable& v) {
  return v.has("sigma") ? v["sigma"] : scale_of_precision(builder, v["tau"]);
}

/// Over (x, mu, sigma, nu), with z and r as in the term and G = e^(r^2 / 2 - z r) Phi(z - r), which is nu times the
/// density: the lower tail is Phi(z) - G, by multiples of e^(-z^2 / 2), the upper one Phi(-z) + G. What G is of a tail
/// follows from `gap`, the logarithm of Phi(-|z|) / G, without those exponents: far out they have no digits left.
struct ExGaussianTail {
  static constexpr std::size_t kOperands = 4;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const T rate = 1.0 / p[3], z = (p[0] - p[1]) / p[2], r = p[2] * rate;
    const NormalTail<T> shifted = normal_tail(z - r), own = normal_tail(-abs(z));
    const auto left = z < 0.0, near = z < r;
    const T log_g = select(near, shifted.scaled - 0.5 * z * z, shifted.log_cdf + r * (0.5 * r - z));
    const T gap = select(left, log_ratio(z, r, own, shifted),
                         own.scaled - select(near, shifted.scaled, shifted.log_cdf + 0.5 * (z - r) * (z - r)));
    const T lower = own.log_cdf + log1m_exp(-gap);
    const T softplus = select(gap > 0.0, gap, T{}) + log1p(exp(-abs(gap))), upper = log_g + softplus;
    const T known = select(left, lower, upper), other = log1m_exp(known);
    const T value = tail == Tail::lower ? select(left, known, other) : select(left, other, known);
    const auto is_known = tail == Tail::lower ? left : !left;
    const T share = select(is_known, select(left, 1.0 / expm1(gap), exp(-softplus)), exp(log_g - value));
    const T density = (tail == Tail::lower ? 1.0 : -1.0) * rate * share;
    const T excess = select(near, shifted.excess, shifted.hazard - r + z);
    d[0] = density;
    d[1] = -density;
    d[2] = density * (excess - z);
    d[3] = -density * r * excess;
    return value;
  }

 private:
  /// ln(M(z) / M(z - r)) for z < 0, where M is Phi by multiples of its density: where r is small by Simpson's rule for
  /// the integral of its logarithmic derivative, to 1e-12 (the difference of logarithms has fewer digits there).
  template <class T>
  static T log_ratio(T z, T r, const NormalTail<T>& own, const NormalTail<T>& shifted) {
    constexpr double small = 0.003;
    const T middle = normal_tail(z - 0.5 * r).excess;
    const T integral = r * (own.excess + 4.0 * middle + shifted.excess) / 6.0;
    return select(r < small * (1.0 + abs(z)), integral, own.scaled - shifted.scaled);
  }
};

View ex_gaussian_tail(Builder& builder, const Variable& v, Tail tail) {
  return log_probability<ExGaussianTail>(builder, tail, {v.value, v["mu"], v["sigma"], v["nu"]});
}

const std::array kFamily = {
    Distribution{
        .name = "skew_normal",
        .parametrisations = {{{"mu", &kReal}, {"sigma", &kPositive}, {"alpha", &kReal}},
                             {{"mu", &kReal}, {"tau", &kPositive}, {"alpha", &kReal}}},
        .generator = {[](Builder& builder, const Variable& v) {
                        return std::vector{v["mu"], skew_normal_scale(builder, v), v["alpha"]};
                      },
                      [](const double* p, RandomStream& random) {
                        const double length = std::hypot(1.0, p[2]), common = std::abs(random.normal());
                        return p[0] + p[1] * (p[2] / length * common + random.normal() / length);
                      }},
        .support = &kRealSupport,
        .data = &kReal,
        .lower =
            [](Builder& builder, const Variable& v) {
              const View sigma = skew_normal_scale(builder, v);
              builder.add_term<SkewNormalTerm>({v.value, v["mu"], sigma, logarithm(builder, sigma), v["alpha"]});
            }},
    Distribution{
        .name = "ex_gaussian",
        .about = "`nu` is the mean of the exponential part",
        .parametrisations = {{{"mu", &kReal}, {"sigma", &kPositive}, {"nu", &kPositive}}},
        .generator = {[](Builder&, const Variable& v) {
                        return std::vector{v["mu"], v["sigma"], v["nu"]};
                      },
                      [](const double* p, RandomStream& random) {
                        return p[0] + p[1] * random.normal() + p[2] * draw_exponential(random);
                      }},
        .support = &kRealSupport,
        .data = &kReal,
        .lower =
            [](Builder& builder, const Variable& v) {
              builder.add_term<ExGaussianTerm>({v.value, v["mu"], v["sigma"], v["nu"], logarithm(builder, v["nu"])});
            },
        .cdf = {{ex_gaussian_tail}}},
};

}  // namespace

std::span<const Distribution> skewed_family() { return kFamily; }

}  // namespace exmc::density
