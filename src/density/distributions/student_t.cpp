#include <array>
#include <cmath>
#include <numbers>

#include "../distribution.hpp"
#include "../functions.hpp"
#include "../special.hpp"
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
};

View scale(Builder& builder, const Variable& v) {
  return v.has("sigma") ? v["sigma"] : scale_of_precision(builder, v["lam"]);
}

void add_student_t(Builder& builder, const Variable& v, const View& mu) {
  const View sigma = scale(builder, v);
  builder.add_term<StudentTerm>(
      {v.value, mu, sigma, logarithm(builder, sigma), v["nu"], builder.apply<StudentNormaliser>({v["nu"]})});
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
        .lower = [](Builder& builder, const Variable& v) { add_student_t(builder, v, v["mu"]); }},
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
            }},
};

}  // namespace

std::span<const Distribution> student_t_family() { return kFamily; }

}  // namespace exmc::density
