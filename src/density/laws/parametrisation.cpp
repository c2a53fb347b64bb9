#include "parametrisation.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "../distributions/known_elsewhere.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/nearest.hpp"
#include "exmc/core/text.hpp"

namespace exmc::density {
namespace {

using Parametrisation = std::vector<Parameter>;
using Given = std::map<std::string, ir::ExpressionPtr>;

bool has(const Parametrisation& parametrisation, std::string_view name) {
  return std::any_of(parametrisation.begin(), parametrisation.end(),
                     [&](const Parameter& p) { return p.name == name; });
}

std::vector<std::string> missing(const Parametrisation& parametrisation, const Given& given) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parametrisation) {
    if (!parameter.default_value && !given.contains(std::string(parameter.name))) names.emplace_back(parameter.name);
  }
  return names;
}

std::string join(const std::vector<std::string>& words, const std::string& separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

/// "mu, sigma" or "p, or logit_p"
std::string usage(const Distribution& distribution) {
  std::vector<std::string> sets;
  for (const Parametrisation& parametrisation : distribution.parametrisations) {
    std::vector<std::string> names;
    for (const Parameter& parameter : parametrisation) names.emplace_back(parameter.name);
    sets.push_back(join(names, ", "));
  }
  return join(sets, ", or ");
}

void require_known(const Distribution& distribution, const Given& given, const std::string& where) {
  std::vector<std::string> known{"dist", "shape", "observed", "lower", "upper", "support"};
  for (const Parametrisation& parametrisation : distribution.parametrisations) {
    for (const Parameter& parameter : parametrisation) known.emplace_back(parameter.name);
  }
  for (const auto& [name, expression] : given) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string here = parameter_known_elsewhere(name, known);
    const std::string advice = here.empty() ? did_you_mean(name, known) : " (here it is \"" + here + "\")";
    throw InputError(where + "." + name,
                     "unknown key" + advice + "; " + std::string(distribution.name) + " takes " + usage(distribution));
  }
}

}  // namespace

const Parametrisation& choose_parametrisation(const Distribution& distribution, const Given& given,
                                              const std::string& where) {
  require_known(distribution, given, where);
  std::vector<std::string> alternatives;
  for (const Parametrisation& candidate : distribution.parametrisations) {
    const bool all =
        std::all_of(given.begin(), given.end(), [&](const auto& entry) { return has(candidate, entry.first); });
    if (!all) continue;
    const std::vector<std::string> absent = missing(candidate, given);
    if (absent.empty()) return candidate;
    alternatives.push_back(join(absent, ", "));
  }
  const std::string name(distribution.name);
  if (!alternatives.empty()) {
    throw InputError(where, name + " lacks " + join(alternatives, ", or ") + "; it takes " + usage(distribution));
  }
  std::vector<std::string> names;
  for (const auto& [key, expression] : given) names.push_back(key);
  throw InputError(where, name + " does not take " + join(names, ", ") + " together; it takes " + usage(distribution));
}

namespace {

void require_events(const Domain& domain, const Array& array, std::size_t own, const std::string& where) {
  if (domain.violation == nullptr || array.shape.size() < own || array.values.empty()) return;
  if (own == 2 && array.shape.back() != array.shape[array.shape.size() - 2]) {
    throw InputError(where, "expected a square matrix, found shape " + to_string(array.shape));
  }
  const Shape batch(array.shape.begin(), array.shape.end() - static_cast<std::ptrdiff_t>(own));
  const std::size_t size = array.values.size() / element_count(batch);
  for (std::size_t i = 0; i < element_count(batch); ++i) {
    const std::string found = domain.violation(std::span(array.values).subspan(i * size, size), array.shape.back());
    if (found.empty()) continue;
    const std::string element = element_name(batch, i);
    throw InputError(where, found + (element.empty() ? "" : ", at " + element));
  }
}

}  // namespace

void require_domain(const Domain& domain, const Array& array, const std::string& where, std::size_t own) {
  const std::optional<std::size_t> index = first_outside(domain, array);
  if (!index) return require_events(domain, array, own, where);
  const std::string element = element_name(array.shape, *index);
  throw InputError(where, "expected " + std::string(domain.description) + ", found " + shortest(array.values[*index]) +
                              (element.empty() ? "" : " at " + element));
}

void require_end(const Builder& builder, const View& bound, bool is_upper, const std::string& where) {
  if (!bound.constant()) return;
  static const Domain lower_end{"a finite number or -inf", [](double x) { return x < detail::kInfinity; }};
  static const Domain upper_end{"a finite number or inf", [](double x) { return x > -detail::kInfinity; }};
  require_domain(is_upper ? upper_end : lower_end, builder.evaluate(bound), where);
}

void require_order(const Builder& builder, const Bounds& bounds, bool discrete, const std::string& where) {
  if (!bounds.lower || !bounds.upper || !bounds.lower->constant() || !bounds.upper->constant()) return;
  const Shape shape = *broadcast(bounds.lower->shape, bounds.upper->shape);
  const Array lower = builder.evaluate(broadcast_to(*bounds.lower, shape));
  const Array upper = builder.evaluate(broadcast_to(*bounds.upper, shape));
  for (std::size_t i = 0; i < lower.values.size(); ++i) {
    if (lower.values[i] < upper.values[i] || (discrete && lower.values[i] == upper.values[i])) continue;
    throw InputError(where, std::string("expected lower ") + (discrete ? "up to" : "below") + " upper, found " +
                                shortest(lower.values[i]) + " and " + shortest(upper.values[i]));
  }
}

void require_between(const Builder& builder, const Bounds& bounds, const Array& array, const std::string& where) {
  const auto require = [&](const std::optional<View>& bound, double sign, const std::string& relation) {
    if (!bound || !bound->constant()) return;
    const Array limits = builder.evaluate(broadcast_to(*bound, array.shape));
    for (std::size_t i = 0; i < limits.values.size(); ++i) {
      if (sign * (array.values[i] - limits.values[i]) >= 0) continue;
      const std::string element = element_name(array.shape, i);
      throw InputError(where, "expected a number " + relation + " " + shortest(limits.values[i]) + ", found " +
                                  shortest(array.values[i]) + (element.empty() ? "" : " at " + element));
    }
  };
  require(bounds.lower, 1, "from");
  require(bounds.upper, -1, "up to");
}

std::size_t axis_length(const Builder& builder, const View& view, const std::string& where) {
  if (!view.constant()) throw InputError(where, "a shape must not depend on parameters");
  if (view.rank() != 0)
    throw InputError(where, "expected a whole number, found an array of shape " + to_string(view.shape));
  const double value = builder.evaluate(view).values.front();
  if (!(value >= 0 && value == std::floor(value) && value <= 0x1p53)) {
    throw InputError(where, "expected a whole number from 0 on, found " + shortest(value));
  }
  return static_cast<std::size_t>(value);
}

}  // namespace exmc::density
