#include "functions.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "elementary.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/ir/load.hpp"

namespace exmc::density {
namespace {

template <class F>
View elementwise(Builder& builder, std::span<const View> arguments) {
  return builder.apply(function_kernels<F>(), arguments);
}

constexpr std::array kFunctions = {
    Function{"exp", 1, [](Builder& builder, std::span<const View> x) { return exponential(builder, x[0]); }},
    Function{"log", 1, [](Builder& builder, std::span<const View> x) { return logarithm(builder, x[0]); }},
    Function{"log2", 1, elementwise<Unary<Log2>>},
    Function{"log10", 1, elementwise<Unary<Log10>>},
    Function{"log1p", 1, elementwise<Log1p>},
    Function{"expm1", 1, elementwise<Unary<Expm1>>},
    Function{"sqrt", 1, elementwise<Sqrt>},
    Function{"square", 1, elementwise<Square>},
    Function{"abs", 1, elementwise<Unary<Abs>>},
    Function{"sign", 1, elementwise<Unary<Sign>>},
    Function{"floor", 1, elementwise<Unary<Floor>>},
    Function{"ceil", 1, elementwise<Unary<Ceil>>},
    Function{"round", 1, elementwise<Unary<Round>>},
    Function{"minimum", 2, elementwise<Minimum>},
    Function{"maximum", 2, elementwise<Maximum>},
    Function{"sin", 1, elementwise<Unary<Sin>>},
    Function{"cos", 1, elementwise<Unary<Cos>>},
    Function{"tan", 1, elementwise<Unary<Tan>>},
    Function{"tanh", 1, elementwise<Unary<Tanh>>},
    Function{"sigmoid", 1, elementwise<Unary<Sigmoid>>},
    Function{"logit", 1, elementwise<Unary<Logit>>},
    Function{"softplus", 1, elementwise<Unary<Softplus>>},
    Function{"erf", 1, elementwise<Unary<Erf>>},
    Function{"erfc", 1, elementwise<Unary<Erfc>>},
    Function{"Phi", 1, elementwise<Unary<Phi>>},
    Function{"lgamma", 1, elementwise<Unary<LogGamma>>},
};

/// Whether the language has the function, so that using one which is not here yet is not called a typing mistake.
bool is_planned(std::string_view name) {
  const std::vector<std::string>& names = ir::reserved_function_names();
  return name == "sd" || std::binary_search(names.begin(), names.end(), name);
}

}  // namespace

const Function* find_function(std::string_view name) {
  const auto found =
      std::find_if(kFunctions.begin(), kFunctions.end(), [&](const Function& f) { return f.name == name; });
  return found == kFunctions.end() ? nullptr : &*found;
}

std::string advise_function(std::string_view name) {
  if (is_planned(name)) return "function \"" + std::string(name) + "\" is not available yet";
  std::vector<std::string> names;
  for (const Function& function : kFunctions) names.emplace_back(function.name);
  return "unknown function \"" + std::string(name) + "\"" + did_you_mean(name, names);
}

View exponential(Builder& builder, const View& x) {
  const View value = builder.apply<Exp>({x});
  builder.remember_exponential(value, x);
  return value;
}

View logarithm(Builder& builder, const View& x) {
  const std::optional<View> known = builder.known_logarithm(x);
  return known ? *known : builder.apply<Log>({x});
}

View power(Builder& builder, const View& x, const View& y) {
  if (y.constant() && y.rank() == 0) {
    const double exponent = builder.evaluate(y).values.front();
    if (exponent == 1) return x;
    if (exponent == 2) return builder.apply<Square>({x});
    if (exponent == 0.5) return builder.apply<Sqrt>({x});
    if (exponent == -1) return builder.apply<Divide>({builder.constant(1.0), x});
  }
  return builder.apply<Power>({x, y});
}

}  // namespace exmc::density
