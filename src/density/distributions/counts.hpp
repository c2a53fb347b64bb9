#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "../functions/functions.hpp"
#include "../functions/shares.hpp"
#include "../numbers/special.hpp"
#include "distribution.hpp"
#include "log_mix.hpp"

/// What distributions of counts share. All are written as Loader (2000) does: Stirling errors in a normaliser, which is
/// data or depends on a parameter only, and deviances of what was counted from what was expected.
namespace exmc::density {

using Parameters = std::vector<Parameter>;

inline constexpr double kLogTwoPi = 1.837877066409345483560659472811;

/// a / b where there is any of a; 0 where there is none, whatever b is: so what was not counted has no derivative.
template <class T>
T share_of(T a, T b) {
  return select(a == 0.0, T{}, a / b);
}

/// The number of trials.
inline const Parameter kTrials{"n", &kCount, std::nullopt, true};

/// k or, in place of 0, 1: for what is not used where k = 0.
template <class T>
T at_least_one(T k) {
  return select(k > 0.0, k, T{} + 1.0);
}

/// The log density of what is always 0, over k.
struct AlwaysZero {
  static constexpr std::size_t kOperands = 1;
  static constexpr bool kFlat = true;
  template <class T>
  static T value(const T* k) {
    return select(k[0] == 0.0, T{}, T{} - detail::kInfinity);
  }
};

/// Adds a term or, where there is a psi, the term with zeros added.
template <class Term>
void add_count(Builder& builder, const Variable& v, const std::array<View, Term::kOperands>& operands) {
  if (!v.has("psi")) return builder.add_term<Term>(operands);
  const View counted = builder.apply(term_kernels<Term>().value, operands);
  const View added = builder.apply<AlwaysZero>({v.value}), &psi = v["psi"];
  builder.add_term<LogMixTerm<2>>({added, counted, complement(builder, psi), psi});
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
