#include <array>

#include "../distribution.hpp"
#include "../functions.hpp"

namespace exmc::density {
namespace {

/// ln lam - lam x over (x, lam, ln lam).
struct ExponentialTerm {
  static constexpr std::size_t kOperands = 3;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b000U, 0b001U, 0b111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = -p[1];
    d[1] = -p[0];
    d[2] = T{} + 1.0;
    return p[2] - p[1] * p[0];
  }
};

const std::array kFamily = {
    Distribution{.name = "exponential",
                 .parametrisations = {{{"lam", &kPositive}}},
                 .support = &kPositiveSupport,
                 .data = &kNonNegative,
                 .lower =
                     [](Builder& builder, const Variable& v) {
                       builder.add_term<ExponentialTerm>({v.value, v["lam"], logarithm(builder, v["lam"])});
                     }},
};

}  // namespace

std::span<const Distribution> positive_family() { return kFamily; }

}  // namespace exmc::density
