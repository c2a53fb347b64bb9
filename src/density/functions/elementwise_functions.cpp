#include <optional>
#include <vector>

#include "../kernels/elementary.hpp"
#include "../kernels/selection.hpp"
#include "../kernels/special_functions.hpp"
#include "functions.hpp"
#include "shares.hpp"

namespace exmc::density {
namespace {

template <class F>
View elementwise(Builder& builder, const Arguments& given) {
  const std::vector<View> operands = given.all();
  given.require_broadcast(operands);
  return builder.apply(function_kernels<F>(), operands);
}

/// To a power of so many halves. (Clang 14 has no template over a double.)
template <int halves>
View to_the(Builder& builder, const Arguments& given) {
  return power(builder, given[0], builder.constant(0.5 * halves));
}

/// ln(1 + x); of -x for a share x, what is left of it.
View log_of_one_more(Builder& builder, const Arguments& given) {
  const std::optional<View> share = builder.facts().known_negation(given[0]);
  return share && is_known_share(builder, *share) ? log_complement(builder, *share) : builder.apply<Log1p>({given[0]});
}

View clip(Builder& builder, const Arguments& given) {
  given.require_broadcast(given.all());
  return builder.apply<Minimum>({builder.apply<Maximum>({given[0], given[1]}), given[2]});
}

const std::vector<Function> kFunctions = {
    {"exp", {{"x"}}, [](Builder& builder, const Arguments& given) { return exponential(builder, given[0]); }},
    {"log", {{"x"}}, [](Builder& builder, const Arguments& given) { return logarithm(builder, given[0]); }},
    {"log2", {{"x"}}, elementwise<Unary<Log2>>},
    {"log10", {{"x"}}, elementwise<Unary<Log10>>},
    {"log1p", {{"x"}}, log_of_one_more},
    {"expm1", {{"x"}}, elementwise<Unary<Expm1>>},
    {"sqrt", {{"x"}}, to_the<1>},
    {"square", {{"x"}}, to_the<4>},
    {"abs", {{"x"}}, elementwise<Unary<Abs>>},
    {"sign", {{"x"}}, elementwise<Unary<Sign>>},
    {"floor", {{"x"}}, elementwise<Unary<Floor>>},
    {"ceil", {{"x"}}, elementwise<Unary<Ceil>>},
    {"round", {{"x"}}, elementwise<Unary<Round>>, "takes halves to even"},
    {"minimum",
     {{"x"}, {"y"}},
     elementwise<Minimum>,
     "the derivative is that of the argument taken, of the first where both are equal"},
    {"maximum",
     {{"x"}, {"y"}},
     elementwise<Maximum>,
     "the derivative is that of the argument taken, of the first where both are equal"},
    {"clip",
     {{"x"}, {"lower"}, {"upper"}},
     clip,
     "the derivative is that of the argument taken, of the first where both are equal"},
    {"where",
     {{"condition"}, {"x"}, {"y"}},
     elementwise<Where>,
     "`x` where the condition is not 0. The derivative is that of the branch taken; what the other would be, even NaN, "
     "has no influence (but for infinite factors of a matrix product)"},
    {"sin", {{"x"}}, elementwise<Unary<Sin>>},
    {"cos", {{"x"}}, elementwise<Unary<Cos>>},
    {"tan", {{"x"}}, elementwise<Unary<Tan>>},
    {"asin", {{"x"}}, elementwise<Unary<Asin>>},
    {"acos", {{"x"}}, elementwise<Unary<Acos>>},
    {"atan", {{"x"}}, elementwise<Unary<Atan>>},
    {"atan2", {{"y"}, {"x"}}, elementwise<Atan2>},
    {"sinh", {{"x"}}, elementwise<Unary<Sinh>>},
    {"cosh", {{"x"}}, elementwise<Unary<Cosh>>},
    {"tanh", {{"x"}}, [](Builder& builder, const Arguments& given) { return hyperbolic_tangent(builder, given[0]); }},
    {"sigmoid",
     {{"x"}},
     [](Builder& builder, const Arguments& given) { return sigmoid(builder, given[0]); },
     "1 / (1 + e^-x)"},
    {"logit",
     {{"x"}},
     [](Builder& builder, const Arguments& given) { return log_odds(builder, given[0]); },
     "the inverse of `sigmoid`"},
    {"softplus", {{"x"}}, elementwise<Unary<Softplus>>, "log(1 + e^x)"},
    {"erf", {{"x"}}, [](Builder& builder, const Arguments& given) { return error_function(builder, given[0]); }},
    {"erfc", {{"x"}}, elementwise<Unary<Erfc>>},
    {"Phi",
     {{"x"}},
     [](Builder& builder, const Arguments& given) { return normal_cdf(builder, given[0]); },
     "the standard normal distribution function"},
    {"lgamma", {{"x"}}, elementwise<Unary<LogGamma>>, "of positive numbers; NaN elsewhere"},
    {"digamma", {{"x"}}, elementwise<Unary<Digamma>>, "of positive numbers; NaN elsewhere"},
    {"lbeta", {{"x"}, {"y"}}, elementwise<LogBeta>, "of positive numbers; NaN elsewhere"},
};

}  // namespace

std::span<const Function> elementwise_functions() { return kFunctions; }

}  // namespace exmc::density
