#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "../functions/functions.hpp"
#include "../numbers/special.hpp"
#include "distribution.hpp"

/// What distributions of counts share. All are written as Loader (2000) does: Stirling errors in a normaliser, which is
/// data or depends on a parameter only, and deviances of what was counted from what was expected.
namespace exmc::density {

using Parameters = std::vector<Parameter>;

inline constexpr double kLogTwoPi = 1.837877066409345483560659472811;

/// The number of trials.
inline const Parameter kTrials{"n", &kCount, std::nullopt, true};

/// k or, in place of 0, 1: for what is not used where k = 0.
template <class T>
T at_least_one(T k) {
  return select(k > 0.0, k, T{} + 1.0);
}

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

// Distributions that exist with zeros added as well: their operands without psi, and their terms with it, if given.
[[nodiscard]] std::vector<View> poisson_operands(Builder& builder, const Variable& v);
/// mu and alpha; of n and p, the failures before the n-th success: mu = n (1 - p) / p.
[[nodiscard]] std::vector<View> negative_binomial_operands(Builder& builder, const Variable& v);
[[nodiscard]] std::vector<View> binomial_operands(Builder& builder, const Variable& v);
void lower_poisson(Builder& builder, const Variable& v);
void lower_negative_binomial(Builder& builder, const Variable& v);
void lower_binomial(Builder& builder, const Variable& v);
/// A poisson variable whose mean is gamma distributed, given mu and alpha.
[[nodiscard]] double draw_negative_binomial(const double* p, RandomStream& random);

}  // namespace exmc::density
