#pragma once

#include <string>
#include <vector>

#include "density/distributions/distribution.hpp"

/// Values inside and outside the domains that the registry knows, as JSON.
namespace exmc::density::testing {

/// A parameter of a distribution that may depend on parameters of a model.
struct ParameterCase {
  const Distribution* distribution;
  const std::vector<Parameter>* set;
  const Parameter* parameter;

  [[nodiscard]] std::string name() const;  ///< "beta(mu, sigma).sigma"
};
/// All there are in the registry.
[[nodiscard]] std::vector<ParameterCase> parameter_cases();

/// A way out of a domain: `value` is an expression of `t` over data `base` and `direction` (null where it needs none),
/// inside at t = `inside`.
struct WayOut {
  std::string value, base, direction;
  double inside;
  std::vector<double> outside;
};
/// @throws std::logic_error for a domain that has none here.
[[nodiscard]] std::vector<WayOut> ways_out(const Parameter& parameter);

/// A value inside, for parameters that go together.
[[nodiscard]] std::string inside(const Parameter& parameter);
/// The shape of one draw, as a member of a node, where it has axes of its own; longer than those of parameters where it
/// may be.
[[nodiscard]] std::string shape_of(const Distribution& distribution);
/// What can be observed, given parameters that are inside.
[[nodiscard]] std::string possible_data(const Distribution& distribution);
/// Bounds around what is possible, as members of a node.
[[nodiscard]] std::string bounds_around(const Distribution& distribution);

}  // namespace exmc::density::testing
