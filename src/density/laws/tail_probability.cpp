#include "tail_probability.hpp"

#include <algorithm>
#include <cmath>

#include "../kernels/selection.hpp"
#include "../supports/partial_bounds.hpp"
#include "exmc/core/error.hpp"
#include "parametrisation.hpp"

namespace exmc::density {

View tail_probability(Builder& builder, const Distribution& distribution, const Variable& variable, const View& point,
                      Tail tail) {
  if (!is_partial(builder, point)) {
    return distribution.cdf->log_probability(builder, {point, variable.parameters}, tail);
  }
  const double possible = distribution.data->contains(0.5) ? 0.5 : 1;  // where the distribution function is computed
  const FiniteBound finite = finite_bound(builder, point, possible);
  Array log_probability = builder.evaluate(point);
  for (double& x : log_probability.values) x = (x > 0) == (tail == Tail::lower) ? 0 : -detail::kInfinity;
  const View of_finite = distribution.cdf->log_probability(builder, {finite.value, variable.parameters}, tail);
  return builder.apply<Where>({finite.is_finite, of_finite, builder.constant(log_probability)});
}

void require_tail_probability(const Distribution& distribution, const Variable& variable, const std::string& use,
                              const std::string& place, const std::string& where) {
  const std::string name(distribution.name);
  if (!distribution.cdf) {
    throw InputError(place, name + " cannot be " + use + ": its distribution function is not available");
  }
  for (const std::string_view parameter : distribution.cdf->data) {
    if (!variable.has(parameter) || variable[parameter].constant()) continue;
    throw InputError(where + "." + std::string(parameter), "must be data where a " + name + " is " + use +
                                                               ": its distribution function has no derivative in it "
                                                               "here");
  }
}

void require_whole_bounds(const Builder& builder, const Bounds& bounds, const std::string& where) {
  const auto require = [&](const std::optional<View>& bound, const std::string& key) {
    if (!bound) return;
    const std::string place = where + "." + key;
    if (!bound->constant()) throw InputError(place, "bounds of counts must be data, not depend on parameters");
    static const Domain whole{kInteger.description, [](double x) { return std::isinf(x) || kInteger.contains(x); }};
    require_domain(whole, builder.evaluate(*bound), place);
  };
  require(bounds.lower, "lower");
  require(bounds.upper, "upper");
}

std::vector<bool> possible_numbers(const Builder& builder, const Domain& domain, const Bounds& bounds,
                                   const Array& data) {
  std::vector<bool> possible(data.values.size());
  std::transform(data.values.begin(), data.values.end(), possible.begin(), domain.contains);
  const auto exclude = [&](const std::optional<View>& bound, double sign) {
    if (!bound || !bound->constant()) return;
    const Array limits = builder.evaluate(broadcast_to(*bound, data.shape));
    for (std::size_t i = 0; i < limits.values.size(); ++i) {
      possible[i] = possible[i] && sign * (data.values[i] - limits.values[i]) >= 0;
    }
  };
  exclude(bounds.lower, 1);
  exclude(bounds.upper, -1);
  return possible;
}

}  // namespace exmc::density
