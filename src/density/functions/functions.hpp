#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../numbers/simd.hpp"
#include "../program/builder.hpp"
#include "arguments.hpp"

namespace exmc::density {

/// One function that expressions may call. An entry in one of the families is the only place that names it.
struct Function {
  std::string_view name;
  std::vector<Argument> arguments;
  View (*lower)(Builder& builder, const Arguments& given);  ///< null for functions of distributions
  std::string_view about{};  ///< for the reference (docs/ir.md), what the name does not say
};

/// The families, each in a file of its own.
[[nodiscard]] std::span<const Function> elementwise_functions();
[[nodiscard]] std::span<const Function> reduction_functions();
[[nodiscard]] std::span<const Function> array_functions();
[[nodiscard]] std::span<const Function> linear_algebra_functions();
[[nodiscard]] std::span<const Function> distribution_functions();

/// All functions, family by family.
[[nodiscard]] const std::vector<const Function*>& all_functions();
/// "mean(x, axis)": how to call it; what may be absent stands between brackets.
[[nodiscard]] std::string signature(const Function& function);
/// Null when there is none of that name.
[[nodiscard]] const Function* find_function(std::string_view name);
/// What a message about the name of a function that does not exist says: the nearest known one, or that it is to come.
[[nodiscard]] std::string advise_function(std::string_view name);

/// Elementwise functions, as elementwise.hpp wants them.
struct Negate {
  static constexpr std::size_t kOperands = 1;
  static constexpr bool kFinitePartials = true;
  template <class T>
  static T value(const T* p) {
    return -p[0];
  }
  template <class T>
  static void partials(const T*, T, T* d) {
    d[0] = T{} - 1.0;
  }
  static Interval range(const Interval* p) { return -p[0]; }
};

struct Add {
  static constexpr std::size_t kOperands = 2;
  static constexpr bool kFinitePartials = true;
  template <class T>
  static T value(const T* p) {
    return p[0] + p[1];
  }
  template <class T>
  static void partials(const T*, T, T* d) {
    d[0] = d[1] = T{} + 1.0;
  }
  static Interval range(const Interval* p) { return p[0] + p[1]; }
};

struct Subtract {
  static constexpr std::size_t kOperands = 2;
  static constexpr bool kFinitePartials = true;
  template <class T>
  static T value(const T* p) {
    return p[0] - p[1];
  }
  template <class T>
  static void partials(const T*, T, T* d) {
    d[0] = T{} + 1.0;
    d[1] = T{} - 1.0;
  }
  static Interval range(const Interval* p) { return p[0] - p[1]; }
};

struct Multiply {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    return p[0] * p[1];
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = p[1];
    d[1] = p[0];
  }
  static Interval range(const Interval* p) { return p[0] * p[1]; }
};

struct Divide {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    return p[0] / p[1];
  }
  template <class T>
  static void partials(const T* p, T quotient, T* d) {
    d[0] = 1.0 / p[1];
    d[1] = -quotient * d[0];
  }
  static Interval range(const Interval* p) { return p[0] / p[1]; }
};

/// x^y. The derivative in y is x^y ln x, 0 at x = 0 where y > 0.
struct Power {
  static constexpr std::size_t kOperands = 2;
  template <class T>
  static T value(const T* p) {
    return pow(p[0], p[1]);
  }
  template <class T>
  static void partials(const T* p, T power, T* d) {
    d[0] = select(p[1] == 0.0, T{}, p[1] * pow(p[0], p[1] - 1.0));
    d[1] = select((p[0] == 0.0) & (p[1] > 0.0), T{}, power * density::log(p[0]));
  }
  static Interval range(const Interval* p) {
    if (kPositiveNumbers.includes(p[0])) return kPositiveNumbers;
    return kNonNegativeNumbers.includes(p[0]) ? kNonNegativeNumbers : Interval{};
  }
};

struct Square {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* p) {
    return p[0] * p[0];
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = 2.0 * p[0];
  }
  static Interval range(const Interval* p) {
    return kPositiveNumbers.includes(p[0]) ? kPositiveNumbers : kNonNegativeNumbers;
  }
};

struct Sqrt {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* p) {
    return density::sqrt(p[0]);
  }
  template <class T>
  static void partials(const T*, T root, T* d) {
    d[0] = 0.5 / root;
  }
  static Interval range(const Interval* p) {
    return kPositiveNumbers.includes(p[0]) ? kPositiveNumbers : kNonNegativeNumbers;
  }
};

struct Exp {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* p) {
    return density::exp(p[0]);
  }
  template <class T>
  static void partials(const T*, T exponential, T* d) {
    d[0] = exponential;
  }
  static Interval range(const Interval*) { return kPositiveNumbers; }
};

struct Log {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* p) {
    return density::log(p[0]);
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = 1.0 / p[0];
  }
};

struct Log1p {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* p) {
    return density::log1p(p[0]);
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = 1.0 / (1.0 + p[0]);
  }
  static Interval range(const Interval* p) {
    if (kPositiveNumbers.includes(p[0])) return kPositiveNumbers;
    return kNonNegativeNumbers.includes(p[0]) ? kNonNegativeNumbers : Interval{};
  }
};

/// a + b: a distance, where -a is a known end of b; of a linear predictor and what broadcasts to it another one.
[[nodiscard]] View add(Builder& builder, const View& a, const View& b);
/// e^x; remembered, so that its logarithm costs nothing.
[[nodiscard]] View exponential(Builder& builder, const View& x);
/// ln x; where x is known to be an exponential, a view of its argument; where it is known to lie above 0 on a curve, by
/// that.
[[nodiscard]] View logarithm(Builder& builder, const View& x);
/// a - b; where one of the two is known to end at the other, the distance itself.
[[nodiscard]] View subtract(Builder& builder, const View& a, const View& b);
/// -x; remembered, so that -(-x) is x.
[[nodiscard]] View negate(Builder& builder, const View& x);
/// x ** y: small integer powers and square roots of y constant by their own instructions.
[[nodiscard]] View power(Builder& builder, const View& x, const View& y);

}  // namespace exmc::density
