#include "state_space.hpp"

#include <array>
#include <vector>

#include "../operations/batched.hpp"
#include "../operations/state_space.hpp"
#include "../supports/covariance.hpp"

/// Series whose hidden states move linearly, with normal noise.
namespace exmc::density {
namespace {

View matrices_of(Builder& builder, const Variable& v) {
  return packed(builder, {v["transition"], v["transition_cov"], v["observation"], v["observation_cov"],
                          v["initial_mean"], v["initial_cov"]});
}

void lower_state_space(Builder& builder, const Variable& v) {
  const std::size_t states = v["initial_mean"].shape.back();
  const Shape steps_and_outputs(v.value.shape.end() - 2, v.value.shape.end());
  const View present = v.has("present") ? v["present"] : broadcast_to(builder.constant(1.0), steps_and_outputs);
  const View log_density = state_space_log_density(builder, matrices_of(builder, v), states, v.value, present);
  builder.add_values(broadcast_to(log_density, batch_of(v.value.shape, 2)));
}

View draw(Builder& builder, const Variable& v, const Shape& shape) {
  return draw_state_space(builder, matrices_of(builder, v), v["initial_mean"].shape.back(), shape);
}

Parameter matrix(std::string_view name, const Domain& domain, std::string_view axes) {
  return {.name = name, .domain = &domain, .axes = axes};
}

std::vector<Parameter> parameters(bool missing) {
  std::vector<Parameter> all{matrix("transition", kReal, "ss"),  matrix("transition_cov", kCovariance, "ss"),
                             matrix("observation", kReal, "ms"), matrix("observation_cov", kCovariance, "mm"),
                             matrix("initial_mean", kReal, "s"), matrix("initial_cov", kCovariance, "ss")};
  if (missing) all.push_back({.name = "present", .domain = &kBinary, .data = true, .axes = "tm"});
  return all;
}

const std::array kFamily = {
    Distribution{
        .name = "gaussian_state_space",
        .about =
            "the Kalman filter: x_1 ~ N(initial_mean, initial_cov), x_t = transition x_{t-1} + N(0, transition_cov), "
            "y_t = observation x_t + N(0, observation_cov); what is not `present`, 0 or 1 for each of the "
            "variable's elements, is missing and left out",
        .points = "steps (rows) of outputs; `shape` is required where nothing is observed",
        .parametrisations = {parameters(false), parameters(true)},
        .generator = {.array = draw},
        .support = &kRealSupport,
        .data = &kReal,
        .axes = "tm",
        .lower = lower_state_space},
};

}  // namespace

std::span<const Distribution> state_space_family() { return kFamily; }

}  // namespace exmc::density
