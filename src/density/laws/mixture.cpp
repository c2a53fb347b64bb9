#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "../distributions/categories.hpp"
#include "../distributions/log_mix.hpp"
#include "../functions/functions.hpp"
#include "../operations/join.hpp"
#include "components.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "law.hpp"
#include "parametrisation.hpp"

namespace exmc::density {
namespace {

template <std::size_t K>
View log_mix(Builder& builder, const std::vector<View>& log_densities, const std::vector<View>& weights) {
  std::array<View, 2 * K> operands;
  std::copy_n(log_densities.begin(), K, operands.begin());
  std::copy_n(weights.begin(), K, operands.begin() + K);
  return builder.apply<LogMix<K>>(operands);
}

/// Of any number of components: the first three, then two more at a time.
View log_mix(Builder& builder, std::vector<View> log_densities, std::vector<View> weights) {
  while (log_densities.size() > 3) {
    log_densities.insert(log_densities.begin() + 3, log_mix<3>(builder, log_densities, weights));
    weights.insert(weights.begin() + 3, builder.constant(1.0));
    log_densities.erase(log_densities.begin(), log_densities.begin() + 3);
    weights.erase(weights.begin(), weights.begin() + 3);
  }
  if (weights.size() == 3) return log_mix<3>(builder, log_densities, weights);
  if (weights.size() == 2) return log_mix<2>(builder, log_densities, weights);
  return log_mix<1>(builder, log_densities, weights);
}

/// Weights that are data: each from 0 on, the sum 1.
void require_simplex(const Array& weights, const std::string& where) {
  constexpr double tolerance = 1e-8;
  require_domain(kNonNegative, weights, where);
  const std::size_t count = weights.shape.back();
  for (std::size_t start = 0; start < weights.values.size(); start += count) {
    double sum = 0;
    for (std::size_t k = 0; k < count; ++k) sum += weights.values[start + k];
    if (std::abs(sum - 1) <= tolerance) continue;
    throw InputError(where, "expected weights whose sum is 1, found the sum " + shortest(sum));
  }
}

void require_keys(const ir::RandomVariable& variable, const std::string& where) {
  if (variable.lower || variable.upper) {
    throw InputError(where + (variable.lower ? ".lower" : ".upper"),
                     "a mixture cannot be truncated; its components can");
  }
  if (variable.support) throw InputError(where + ".support", "the support of a mixture is that of its components");
  if (variable.components.empty()) throw InputError(where, "mixture lacks components; it takes w, components");
}

}  // namespace

std::vector<View> LawCompiler::compile_weights(const ir::RandomVariable& variable, const std::string& where,
                                               Conditions& conditions) {
  const auto entry = variable.parameters.find("w");
  if (entry == variable.parameters.end()) throw InputError(where, "mixture lacks w; it takes w, components");
  const std::string place = where + ".w";
  const View weights = operand(entry->second, place);
  if (weights.rank() == 0) throw InputError(place, "expected a weight for each component, found a single number");
  const std::size_t last = weights.rank() - 1, count = weights.shape[last];
  if (is_list(variable) && count != variable.components.size()) {
    throw InputError(place, "found " + std::to_string(count) + " weights for " +
                                std::to_string(variable.components.size()) + " components");
  }
  if (weights.constant()) require_simplex(builder_.evaluate(weights), place);
  require_parameter(builder_, kSimplex, weights, 1, false, place, conditions);
  std::vector<View> each;
  for (std::size_t k = 0; k < count; ++k) each.push_back(at(weights, last, k));
  return each;
}

Law LawCompiler::compile_mixture(const ir::RandomVariable& variable, const ShapeRequest& request,
                                 const std::string& where) {
  require_keys(variable, where);
  Law mixture;
  const std::vector<View> weights = compile_weights(variable, where, mixture.conditions);
  std::vector<Law> components =
      compile_components(variable, {weights.size(), "components"}, {request.given, {}}, where);
  take_from_components(mixture, components, where + ".components");
  if (request.given) {
    mixture.shape = *request.given;
  } else {
    Shape batch = weights.front().shape;
    for (const Law& component : components) {
      const std::optional<Shape> both = broadcast(batch, component.batch());
      if (!both) {
        throw InputError(where, "components and weights of shapes " + to_string(batch) + " and " +
                                    to_string(component.batch()) + " do not broadcast");
      }
      batch = *both;
    }
    if (batch.empty() && request.otherwise()) {
      batch = *request.otherwise();
      batch.resize(batch.size() - std::min(mixture.event_rank, batch.size()));
    }
    mixture.shape = batch;
    const Shape& of_first = components.front().shape;
    mixture.shape.insert(mixture.shape.end(), of_first.end() - static_cast<std::ptrdiff_t>(mixture.event_rank),
                         of_first.end());
    components = compile_components(variable, {weights.size(), "components"}, {mixture.shape, {}}, where);
  }
  if (!broadcasts_to(weights.front().shape, mixture.batch())) {
    throw InputError(where + ".w", "weights of shape " + to_string(weights.front().shape) +
                                       " and a last axis of components do not broadcast to " +
                                       to_string(mixture.batch()));
  }
  require_observed_shape(request, mixture.shape, where);
  for (const Law& component : components) {
    mixture.conditions.insert(mixture.conditions.end(), component.conditions.begin(), component.conditions.end());
  }
  // Shared, since mixtures within mixtures would else be copied again at every level.
  const auto parts = std::make_shared<const std::vector<Law>>(std::move(components));
  mixture.possible = [parts](const Array& data) { return possible_for_any(*parts, data); };
  mixture.require_possible = [parts](const Array& data, const std::string& place) {
    require_possible_for_any(*parts, data, place, "component of the mixture");
  };
  if (mixture.never_drawn.empty()) {
    mixture.draw = [this, parts, weights, batch = mixture.batch(), rank = mixture.event_rank] {
      const View chosen = draw_category(builder_, stacked(builder_, weights, weights.front().rank()), batch);
      return draw_chosen(builder_, *parts, chosen, rank);
    };
  }
  if (mixture.event_rank == 0) {
    mixture.log_probability = [this, parts, weights](const View& point, Tail tail, const std::string& place) {
      std::vector<View> probabilities;
      for (const Law& component : *parts) probabilities.push_back(component.log_probability(point, tail, place));
      return log_mix(builder_, probabilities, weights);
    };
  }
  mixture.lower = [this, parts, weights, batch = mixture.batch()](const View& value) {
    std::vector<View> log_densities;
    for (const Law& component : *parts) {
      log_densities.push_back(log_density(builder_, component, value, ""));
    }
    builder_.add_values(broadcast_to(log_mix(builder_, log_densities, weights), batch));
  };
  return mixture;
}

}  // namespace exmc::density
