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

/// ln Gamma((nu + 1) / 2) - ln Gamma(nu / 2) - ln(nu / 2) / 2.
struct StudentNormaliser {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* nu) {
    return half_step_log_gamma(0.5 * nu[0]).value;
  }
  template <class T>
  static void partials(const T* nu, T, T* d) {
    d[0] = 0.5 * half_step_log_gamma(0.5 * nu[0]).slope;
  }
};

/// The log density over (x, mu, sigma, ln sigma, nu, normaliser): normaliser - ln sigma - (nu + 1) / 2 log1p(z^2 / nu).
struct StudentTerm {
  static constexpr std::size_t kOperands = 6;
  static constexpr unsigned kWeightOperands = 0b010000;
  static constexpr double kConstant = -0.918938533204672741780329736406;  // -ln(2 pi) / 2
  static constexpr std::array kVariants = {0b000001U, 0b000011U, 0b001101U, 0b001111U, 0b111111U};
  template <class T>
  static T evaluate(const T* p, T* d, T& w) {
    const T inverse = 1.0 / p[2], inverse_nu = 1.0 / p[4], z = (p[0] - p[1]) * inverse;
    w = z * z * inverse_nu;
    const T common = (p[4] + 1.0) * inverse_nu / (1.0 + w);  // (nu + 1) / (nu + z^2)
    const T slope = common * z * inverse;
    d[0] = -slope;
    d[1] = slope;
    d[2] = z * slope;
    d[3] = T{} - 1.0;
    d[4] = 0.5 * common * w;
    d[5] = T{} + 1.0;
    const auto far = abs(z) > kFarOut;
    if (any(far)) [[unlikely]]
      return far_out(p, d, w, z, far);
    return p[5] - p[3];
  }
  template <class T>
  static T weight(const T* p) {
    return -0.5 * (p[4] + 1.0);
  }
  template <class T>
  static void weight_partials(T* d) {
    d[4] = T{} - 0.5;
  }

 private:
  /// Where z^2 may overflow: z^2 / nu is left at 1 and its logarithm written out.
  template <class T, class Where>
  static T far_out(const T* p, T* d, T& w, T z, Where far) {
    const T more = select(far, 2.0 * log(abs(z)) - log(p[4]) - std::numbers::ln2, T{});
    const T slope = (p[4] + 1.0) / (z * p[2]);
    d[0] = select(far, -slope, d[0]);
    d[1] = select(far, slope, d[1]);
    d[2] = select(far, z * slope, d[2]);
    d[4] = select(far, 0.5 * (p[4] + 1.0) / p[4] - 0.5 * more, d[4]);
    w = select(far, T{} + 1.0, w);
    return p[5] - p[3] + weight(p) * more;
  }
};

/// Over (x, mu, sigma, nu); nu is data. With t = (x - mu) / sigma, P(|T| > |t|) = I_s(nu / 2, 1 / 2) where
/// s = nu / (nu + t^2).
template <bool half>
struct StudentTail {
  static constexpr std::size_t kOperands = 4;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const T inverse = 1.0 / p[2], t = (p[0] - p[1]) * inverse, half_nu = 0.5 * p[3];
    const T ratio = abs(t) / sqrt(p[3]), log_s = -log1p_square(ratio);  // ln(nu / (nu + t^2))
    const LogTails<T> of_size = incomplete_beta(half_nu, T{} + 0.5, log_s, -log1p_square(1.0 / ratio));
    const T value = tail_at<tail>(t, of_size);
    const T log_density = half_step_log_gamma(half_nu).value + (half_nu + 0.5) * log_s;
    constexpr double log_factor = StudentTerm::kConstant + (half ? std::numbers::ln2 : 0);
    const T slope = (tail == Tail::lower ? 1.0 : -1.0) * exp(log_density + log_factor - value);
    d[0] = slope * inverse;
    d[1] = -d[0];
    d[2] = t * d[1];
    d[3] = T{};
    return value;
  }

 private:
  template <Tail tail, class T>
  static T tail_at(T t, const LogTails<T>& of_size) {
    if constexpr (half) {
      constexpr double certain[] = {-detail::kInfinity, 0.0};
      return tail == Tail::lower ? select(t > 0.0, of_size.upper, T{} + certain[0])
                                 : select(t > 0.0, of_size.lower, T{} + certain[1]);
    } else {
      const T towards = tail == Tail::lower ? t : -t, beyond = of_size.lower - std::numbers::ln2;
      return select(towards < 0.0, beyond, log1p(-exp(beyond)));
    }
  }
};

View scale(Builder& builder, const Variable& v) {
  return v.has("sigma") ? v["sigma"] : scale_of_precision(builder, v["lam"]);
}

void add_student_t(Builder& builder, const Variable& v, const View& mu) {
  const View sigma = scale(builder, v);
  builder.add_term<StudentTerm>(
      {v.value, mu, sigma, logarithm(builder, sigma), v["nu"], builder.apply<StudentNormaliser>({v["nu"]})});
}

template <bool half>
View student_tail(Builder& builder, const Variable& v, Tail tail) {
  const View mu = half ? builder.constant(0.0) : v["mu"];
  return log_probability<StudentTail<half>>(builder, tail, {v.value, mu, scale(builder, v), v["nu"]});
}

const std::array kFamily = {
    Distribution{
        .name = "student_t",
        .parametrisations = {{{"nu", &kPositive}, {"mu", &kReal}, {"sigma", &kPositive}},
                             {{"nu", &kPositive}, {"mu", &kReal}, {"lam", &kPositive}}},
        .generator = {[](Builder& builder, const Variable& v) {
                        return std::vector{v["nu"], v["mu"], scale(builder, v)};
                      },
                      [](const double* p, RandomStream& random) { return p[1] + p[2] * draw_student_t(p[0], random); }},
        .support = &kRealSupport,
        .data = &kReal,
        .lower = [](Builder& builder, const Variable& v) { add_student_t(builder, v, v["mu"]); },
        .cdf = {{student_tail<false>, {"nu"}}},
        .location_scale = LocationScale{.location = "mu", .scale = "sigma", .precision = "lam"}},
    Distribution{
        .name = "half_student_t",
        .parametrisations = {{{"nu", &kPositive}, {"sigma", &kPositive}}, {{"nu", &kPositive}, {"lam", &kPositive}}},
        .generator = {
            [](Builder& builder, const Variable& v) {
              return std::vector{v["nu"], scale(builder, v)};
            },
            [](const double* p, RandomStream& random) { return p[1] * std::abs(draw_student_t(p[0], random)); }},
        .support = &kPositiveSupport,
        .data = &kNonNegative,
        .lower =
            [](Builder& builder, const Variable& v) {
              add_student_t(builder, v, builder.constant(0.0));
              builder.add_constant(std::numbers::ln2, v.value.shape);
            },
        .cdf = {{student_tail<true>, {"nu"}}}},
};

}  // namespace

std::span<const Distribution> student_t_family() { return kFamily; }

}  // namespace exmc::density
