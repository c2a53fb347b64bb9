#include "written_law.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../distributions/distribution.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"

namespace exmc::density {
namespace {

/// Which names the arguments without one have.
std::vector<std::string> names_in_order(const ir::Call& call, const std::string& where) {
  if (call.function == "mixture") return {"w", "components"};
  if (call.function == "censored") return {"base", "lower", "upper"};
  const Distribution* const distribution = find_distribution(call.function);
  if (distribution == nullptr) throw InputError(where, advise_distribution(call.function));
  std::vector<std::string> names;
  for (const Parameter& parameter : distribution->parametrisations.front()) names.emplace_back(parameter.name);
  return names;
}

using Given = std::vector<std::pair<std::string, ir::ExpressionPtr>>;

/// All arguments of a call by name.
Given by_name(const ir::Call& call, const std::string& where) {
  const std::vector<std::string> names = names_in_order(call, where);
  if (call.arguments.size() > names.size()) {
    throw InputError(where, call.function + " takes " + std::to_string(names.size()) +
                                " arguments without a name, found " + std::to_string(call.arguments.size()));
  }
  Given given;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) given.emplace_back(names[i], call.arguments[i]);
  for (const auto& [name, value] : call.keywords) {
    const bool twice = std::ranges::any_of(given, [&name = name](const auto& other) { return other.first == name; });
    if (twice) throw InputError(where, call.function + " is given " + in_quotes(name) + " twice");
    given.emplace_back(name, value);
  }
  return given;
}

ir::RandomVariable component(const ir::ExpressionPtr& expression, const std::string& key, const std::string& where) {
  ir::RandomVariable variable = written_law(*expression, where);
  variable.key = key;
  return variable;
}

std::vector<ir::RandomVariable> components(const ir::ExpressionPtr& expression, const std::string& where) {
  const auto* const list = std::get_if<ir::List>(&expression->node);
  if (list == nullptr) return {component(expression, "components", where)};
  std::vector<ir::RandomVariable> all;
  for (const ir::ExpressionPtr& item : list->items) {
    all.push_back(component(item, "components[" + std::to_string(all.size()) + "]", where));
  }
  return all;
}

}  // namespace

ir::RandomVariable written_law(const ir::Expression& expression, const std::string& where) {
  const auto* const call = std::get_if<ir::Call>(&expression.node);
  if (call == nullptr) throw InputError(where, "expected a distribution with its parameters, as in normal(mu, sigma)");
  ir::RandomVariable variable;
  variable.distribution = call->function;
  for (const auto& [name, value] : by_name(*call, where)) {
    if (name == "lower") {
      variable.lower = value;
    } else if (name == "upper") {
      variable.upper = value;
    } else if (call->function == "mixture" && name == "components") {
      variable.components = components(value, where);
    } else if (call->function == "censored" && name == "base") {
      variable.components = {component(value, "base", where)};
    } else {
      variable.parameters.emplace(name, value);
    }
  }
  return variable;
}

}  // namespace exmc::density
