#include "normal.hpp"

#include <array>
#include <numbers>

#include "../distribution.hpp"
#include "../functions.hpp"
#include "terms.hpp"

namespace exmc::density {
namespace {

constexpr double kHalfLogTwoPi = 0.918938533204672741780329736406;

/// -((x - mu) / sigma)^2 / 2 - ln sigma over (x, mu, sigma, ln sigma). The logarithm is an operand of its own: it may
/// be known already, be constant, or be shared with other terms.
struct NormalTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = -kHalfLogTwoPi;
  static constexpr std::array kVariants = {0b0000U, 0b0001U, 0b0010U, 0b0011U, 0b1101U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T inverse = 1.0 / p[2];
    const T z = (p[0] - p[1]) * inverse, slope = z * inverse;
    d[0] = -slope;
    d[1] = slope;
    d[2] = z * slope;
    d[3] = T{} - 1.0;
    return -0.5 * z * z - p[3];
  }
};

View scale(Builder& builder, const Variable& v) {
  return v.has("sigma") ? v["sigma"] : scale_of_precision(builder, v["tau"]);
}

const std::array kFamily = {
    Distribution{
        .name = "normal",
        .parametrisations = {{{"mu", &kReal}, {"sigma", &kPositive}}, {{"mu", &kReal}, {"tau", &kPositive}}},
        .support = &kRealSupport,
        .data = &kReal,
        .lower = [](Builder& builder, const Variable& v) { add_normal(builder, v.value, v["mu"], scale(builder, v)); }},
    Distribution{.name = "half_normal",
                 .parametrisations = {{{"sigma", &kPositive}}, {{"tau", &kPositive}}},
                 .support = &kPositiveSupport,
                 .data = &kNonNegative,
                 .lower =
                     [](Builder& builder, const Variable& v) {
                       add_normal(builder, v.value, builder.constant(0.0), scale(builder, v));
                       builder.add_constant(std::numbers::ln2, v.value.shape);
                     }},
};

}  // namespace

void add_normal(Builder& builder, const View& x, const View& mu, const View& sigma) {
  builder.add_term<NormalTerm>({x, mu, sigma, logarithm(builder, sigma)});
}

std::span<const Distribution> normal_family() { return kFamily; }

}  // namespace exmc::density
