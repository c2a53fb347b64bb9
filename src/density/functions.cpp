#include "functions.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "exmc/core/nearest.hpp"

namespace exmc::density {
namespace {

template <class F>
View elementwise(Builder& builder, std::span<const View> arguments) {
  return builder.apply(function_kernels<F>(), arguments);
}

constexpr std::array kFunctions = {
    Function{"exp", 1, [](Builder& builder, std::span<const View> x) { return exponential(builder, x[0]); }},
    Function{"log", 1, [](Builder& builder, std::span<const View> x) { return logarithm(builder, x[0]); }},
    Function{"log1p", 1, elementwise<Log1p>},
    Function{"sqrt", 1, elementwise<Sqrt>},
    Function{"square", 1, elementwise<Square>},
};

/// Names of the language that have no function yet, so that using one is not called a typing mistake.
constexpr std::array<std::string_view, 55> kPlanned = {
    "log2",    "log10",   "expm1",     "abs",     "sign",   "floor",    "ceil",        "round",    "minimum",
    "maximum", "clip",    "sin",       "cos",     "tan",    "asin",     "acos",        "atan",     "atan2",
    "sinh",    "cosh",    "tanh",      "sigmoid", "logit",  "softplus", "erf",         "erfc",     "Phi",
    "lgamma",  "digamma", "lbeta",     "sum",     "mean",   "var",      "std",         "sd",       "prod",
    "min",     "max",     "logsumexp", "cumsum",  "matmul", "dot",      "transpose",   "outer",    "diag",
    "concat",  "stack",   "reshape",   "repeat",  "where",  "softmax",  "log_softmax", "cholesky", "solve_triangular",
    "logdet"};

}  // namespace

const Function* find_function(std::string_view name) {
  const auto found =
      std::find_if(kFunctions.begin(), kFunctions.end(), [&](const Function& f) { return f.name == name; });
  return found == kFunctions.end() ? nullptr : &*found;
}

std::string advise_function(std::string_view name) {
  if (std::find(kPlanned.begin(), kPlanned.end(), name) != kPlanned.end()) {
    return "function \"" + std::string(name) + "\" is not available yet";
  }
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
