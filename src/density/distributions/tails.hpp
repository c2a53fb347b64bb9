#pragma once

#include <array>
#include <cstddef>

#include "../functions/functions.hpp"
#include "../numbers/incomplete.hpp"
#include "../numbers/special.hpp"
#include "../program/builder.hpp"
#include "distribution.hpp"

/// Probabilities of tails. A formula has `kOperands`, and `evaluate<tail>(p, d)`, which returns the logarithm of the
/// probability that the variable is up to (lower) or above (upper) a point, and writes its partial derivatives. The
/// point may be any number: what it says where the probability is 0 or 1 is not used but for the value.
namespace exmc::density {

/// Whether a formula's derivatives are right where the probability is 1, too: those from inside.
template <class F>
inline constexpr bool holds_at_one = requires {
  requires F::kHoldsAtOne;
};

/// A formula as an elementwise function. Where the probability is 0, and else where it is 1, it has no derivatives.
template <class F, Tail tail>
struct LogProbability {
  static constexpr std::size_t kOperands = F::kOperands;
  static constexpr std::array kVariants = {(1U << kOperands) - 1};
  template <class T>
  static T value(const T* p) {
    T d[kOperands];
    return F::template evaluate<tail>(p, d);
  }
  template <class T>
  static void partials(const T* p, T value, T* d) {
    F::template evaluate<tail>(p, d);
    const auto possible = value > -detail::kInfinity;
    for (std::size_t k = 0; k < kOperands; ++k) {
      d[k] = select(holds_at_one<F> ? possible : possible & (value < 0.0), d[k], T{});
    }
  }
};

/// The logarithm of the probability of a tail, by a formula.
template <class F>
[[nodiscard]] View log_probability(Builder& builder, Tail tail, const std::array<View, F::kOperands>& operands) {
  return tail == Tail::lower ? builder.apply<LogProbability<F, Tail::lower>>(operands)
                             : builder.apply<LogProbability<F, Tail::upper>>(operands);
}

/// ln(1 - e^value), and from the partial derivatives of the value those of it.
template <std::size_t N, class T>
[[nodiscard]] T complement(T value, T (&partials)[N]) {
  const T ratio = exp(value) / expm1(value);
  for (T& partial : partials) partial *= ratio;
  return log1m_exp(value);
}

/// One tail by `F::evaluate(p, d)`, the other from it. Exact where the known tail is exact near probability 1, which
/// the logarithm of a survival function is.
template <class F, Tail known>
struct KnownTail {
  static constexpr std::size_t kOperands = F::kOperands;
  static constexpr bool kHoldsAtOne = holds_at_one<F>;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    T partials[kOperands];
    T value = F::evaluate(p, partials);
    if constexpr (tail != known) value = complement(value, partials);
    for (std::size_t k = 0; k < kOperands; ++k) d[k] = partials[k];
    return value;
  }
};

/// G((x - mu) / sigma) over (x, mu, sigma), where G::log_lower(z, slope) is the logarithm of the lower tail and writes
/// its derivative, and G::log_upper that of the upper one, unless the distribution is symmetric.
template <class G>
struct LocationScaleTail {
  static constexpr std::size_t kOperands = 3;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const T inverse = 1.0 / p[2], z = (p[0] - p[1]) * inverse;
    T slope;
    const T value = of_standard<tail>(z, slope);
    d[0] = slope * inverse;
    d[1] = -d[0];
    d[2] = z * d[1];
    return value;
  }

 private:
  template <Tail tail, class T>
  static T of_standard(T z, T& slope) {
    if constexpr (tail == Tail::lower) {
      return G::log_lower(z, slope);
    } else if constexpr (requires { G::log_upper(z, slope); }) {
      return G::log_upper(z, slope);
    } else {
      const T value = G::log_lower(-z, slope);
      slope = -slope;
      return value;
    }
  }
};

[[nodiscard]] constexpr Tail opposite(Tail tail) { return tail == Tail::lower ? Tail::upper : Tail::lower; }

/// Standard distributions for LocationScaleTail.
struct StandardNormal {
  template <class T>
  static T log_lower(T z, T& slope) {
    const NormalTail<T> tail = normal_tail(z);
    slope = tail.hazard;
    return tail.log_cdf;
  }
};

/// e^-e^-z.
struct StandardGumbel {
  template <class T>
  static T log_lower(T z, T& slope) {
    slope = exp(-z);
    return -slope;
  }
  template <class T>
  static T log_upper(T z, T& slope) {
    constexpr double far = 40;  // 1 - e^-t is t to within rounding
    const auto is_far = z > far;
    const T t = exp(-select(is_far, T{}, z));
    slope = select(is_far, T{} - 1.0, -t / expm1(t));
    return select(is_far, -z, log1m_exp(-t));
  }
};

/// ln x for distributions of positive numbers, whose tails may be asked for anywhere: -inf up to 0.
struct LogOfPositive {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* x) {
    return select(x[0] > 0.0, log(x[0]), T{} - detail::kInfinity);
  }
  template <class T>
  static void partials(const T* x, T, T* d) {
    d[0] = select(x[0] > 0.0, 1.0 / x[0], T{});
  }
};
[[nodiscard]] inline View log_of_positive(Builder& builder, const View& x) {
  return builder.facts().known_logarithm(x) ? logarithm(builder, x) : builder.apply<LogOfPositive>({x});
}

/// P(a, b x) over (x, a, b); a is data.
struct IncompleteGammaTail {
  static constexpr std::size_t kOperands = 3;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const T scaled = p[2] * p[0];
    const LogTails<T> tails = incomplete_gamma(p[1], select(scaled > 0.0, log(scaled), T{} - detail::kInfinity));
    const T slope = tail == Tail::lower ? tails.lower_slope : tails.upper_slope;
    d[0] = slope / p[0];
    d[1] = T{};
    d[2] = slope / p[2];
    return tail == Tail::lower ? tails.lower : tails.upper;
  }
};

/// I_x(a, b) over (a, b, ln x, ln(1 - x)); a and b are data. With b = 1 it is x^a, with a = 1 the other tail is
/// (1 - x)^b: with these derivatives also where x is 0 or 1.
struct IncompleteBetaTail {
  static constexpr std::size_t kOperands = 4;
  static constexpr bool kHoldsAtOne = true;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    const LogTails<T> tails = incomplete_beta(p[0], p[1], p[2], p[3]);
    const T slope = tail == Tail::lower ? tails.lower_slope : tails.upper_slope;
    const auto inside = (p[0] > 0.0) & (p[1] > 0.0);
    const auto power = inside & (tail == Tail::lower ? p[1] == 1.0 : p[0] == 1.0);
    d[0] = d[1] = T{};
    d[2] = select(power, tail == Tail::lower ? p[0] : T{}, slope);
    d[3] = select(power, tail == Tail::lower ? T{} : p[1], -slope);
    const T value = tail == Tail::lower ? tails.lower : tails.upper;
    const T by_power = tail == Tail::lower ? p[0] * p[2] : p[1] * p[3];
    return select(power & (value > -detail::kInfinity), by_power, value);
  }
};

/// (x - lower) / (upper - lower), from 0 to 1, over (x, lower, upper).
struct UniformTail {
  static constexpr std::size_t kOperands = 3;
  template <Tail tail, class T>
  static T evaluate(const T* p, T* d) {
    constexpr std::size_t end = tail == Tail::lower ? 1 : 2, other = 3 - end;
    const T of_x = 1.0 / (p[0] - p[end]), of_width = 1.0 / (p[other] - p[end]);
    const T share = (p[0] - p[end]) * of_width;
    d[0] = of_x;
    d[end] = of_width - of_x;
    d[other] = -of_width;
    return select(share > 0.0, select(share < 1.0, log(share), T{}), T{} - detail::kInfinity);
  }
};

}  // namespace exmc::density
