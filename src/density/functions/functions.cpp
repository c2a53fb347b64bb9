#include "functions.hpp"

#include <algorithm>
#include <optional>

#include "../distributions/distribution.hpp"
#include "exmc/core/nearest.hpp"
#include "families.hpp"
#include "known_elsewhere.hpp"
#include "shares.hpp"

namespace exmc::density {
const std::vector<const Function*>& all_functions() {
  static const std::vector<const Function*> functions = [] {
    std::vector<const Function*> all;
    for (const auto family : {elementwise_functions(), reduction_functions(), array_functions(),
                              constructor_functions(), linear_algebra_functions(), covariance_functions(),
                              basis_functions(), hidden_markov_functions(), distribution_functions()}) {
      for (const Function& function : family) all.push_back(&function);
    }
    return all;
  }();
  return functions;
}

const Function* find_function(std::string_view name) {
  const auto& all = all_functions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Function* f) { return f->name == name; });
  return found == all.end() ? nullptr : *found;
}

std::string signature(const Function& function) {
  std::string text(function.name);
  text += '(';
  for (const Argument& argument : function.arguments) {
    const std::string separator = text.back() == '(' ? "" : ", ";
    text += argument.kind == Argument::Kind::optional ? "[" + separator + std::string(argument.name) + "]"
                                                      : separator + std::string(argument.name);
  }
  return text + ")";
}

std::string advise_function(std::string_view name) {
  if (const std::size_t point = name.rfind('.'); point != std::string_view::npos) {  // np.exp
    const std::string_view alone = name.substr(point + 1);
    if (find_function(alone) == nullptr) return advise_function(alone);
    return "unknown function \"" + std::string(name) + "\" (here it is " + std::string(alone) + ", by its name alone)";
  }
  if (find_distribution(name) != nullptr) {
    const std::string distribution(name);
    return distribution + " is a distribution: the first argument of log_density, log_cdf and log_ccdf, or a node";
  }
  const std::string_view here = function_known_elsewhere(name);
  if (!here.empty()) return "unknown function \"" + std::string(name) + "\" (here it is " + std::string(here) + ")";
  std::vector<std::string> names;
  for (const Function* function : all_functions()) names.emplace_back(function->name);
  return "unknown function \"" + std::string(name) + "\"" + did_you_mean(name, names);
}

View add(Builder& builder, const View& a, const View& b) {
  if (const std::optional<View> known = known_distance_from_negative(builder, a, b)) return *known;
  if (const std::optional<View> known = known_distance_from_negative(builder, b, a)) return *known;
  const View value = builder.apply<Add>({a, b});
  const auto remember = [&](const View& part, const View& other) {
    const LinearPredictor* const known = builder.facts().known_predictor(part);
    if (known == nullptr || part.shape != value.shape) return false;
    const LinearPredictor parts = *known;
    const View offset = parts.offset == builder.constant(0.0) ? other : add(builder, parts.offset, other);
    builder.facts().remember_predictor(value, {parts.design, parts.vector, offset});
    return true;
  };
  if (!remember(a, b)) remember(b, a);
  return value;
}

View exponential(Builder& builder, const View& x) {
  const View value = builder.apply<Exp>({x});
  builder.facts().remember_exponential(value, x);
  return value;
}

View logarithm(Builder& builder, const View& x) {
  if (const std::optional<View> known = builder.facts().known_logarithm(x)) return *known;
  const std::optional<View> known = known_log_of_share(builder, x);
  return known ? *known : builder.apply<Log>({x});
}

View subtract(Builder& builder, const View& a, const View& b) {
  const std::optional<View> known = known_distance(builder, a, b);
  const View value = known ? *known : builder.apply<Subtract>({a, b});
  remember_mirrored(builder, value, a, b);
  return value;
}

View negate(Builder& builder, const View& x) {
  if (const std::optional<View> known = builder.facts().known_negation(x)) return *known;
  const View value = builder.apply<Negate>({x});
  builder.facts().remember_negation(value, x);
  return value;
}

View power(Builder& builder, const View& x, const View& y) {
  if (!y.constant() || y.rank() > 0) return builder.apply<Power>({x, y});
  const double exponent = builder.evaluate(y).values.front();
  if (exponent == 1) return x;
  if (exponent == -1) return builder.apply<Divide>({builder.constant(1.0), x});
  const View value = exponent == 2     ? builder.apply<Square>({x})
                     : exponent == 0.5 ? builder.apply<Sqrt>({x})
                                       : builder.apply<Power>({x, y});
  remember_power(builder, value, x, exponent);
  return value;
}

}  // namespace exmc::density
