#include <array>

#include "../functions/functions.hpp"
#include "distribution.hpp"
#include "normal.hpp"

namespace exmc::density {
namespace {

/// x_0 ~ normal(init_mu, init_sigma), x_t ~ normal(x_{t-1} + mu, sigma) along the last axis; parameters have the shape
/// of the other axes.
void lower_random_walk(Builder& builder, const Variable& v) {
  const std::size_t time = v.value.rank() - 1, length = v.value.shape[time];
  if (length == 0) return;
  add_normal(builder, at(v.value, time, 0), v["init_mu"], v["init_sigma"]);
  if (length == 1) return;
  const auto along_time = [](const View& parameter) { return with_new_axis(parameter, parameter.rank()); };
  const View next = sliced(v.value, time, {1, 1, length - 1});
  View mean = sliced(v.value, time, {0, 1, length - 1});
  const View& drift = v["mu"];
  const bool drifts = !(drift.constant() && drift.rank() == 0 && builder.evaluate(drift).values.front() == 0);
  if (drifts) mean = builder.apply<Add>({mean, along_time(drift)});
  add_normal(builder, next, mean, along_time(v["sigma"]));
}

/// Given init_mu, init_sigma, mu and sigma.
void draw_walk(const EventOperand* operands, const std::size_t* lengths, double* walk, RandomStream& random) {
  walk[0] = *operands[0] + *operands[1] * random.normal();
  for (std::size_t t = 1; t < lengths[0]; ++t) walk[t] = walk[t - 1] + *operands[2] + *operands[3] * random.normal();
}

View draw_random_walk(Builder& builder, const Variable& v, const Shape& shape) {
  const std::array<Builder::EventView, 4> operands{{{v["init_mu"]}, {v["init_sigma"]}, {v["mu"]}, {v["sigma"]}}};
  return builder.draw_events(draw_walk, operands, shape, 1);
}

const std::array kFamily = {
    Distribution{
        .name = "gaussian_random_walk",
        .about = "`mu` is the drift",
        .points = "real; `shape` is required, its last entry is the length",
        .parametrisations =
            {{{"mu", &kReal, 0.0}, {"sigma", &kPositive}, {"init_mu", &kReal, 0.0}, {"init_sigma", &kPositive}}},
        .generator = {.array = draw_random_walk},
        .support = &kRealSupport,
        .data = &kReal,
        .axes = "t",
        .lower = lower_random_walk,
        .location_scale = LocationScale{.location = "init_mu", .scale = "sigma", .normal = true, .walk = true}},
};

}  // namespace

std::span<const Distribution> random_walk_family() { return kFamily; }

}  // namespace exmc::density
