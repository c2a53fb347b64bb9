#include <algorithm>
#include <array>
#include <cstddef>

#include "../functions/functions.hpp"
#include "distribution.hpp"
#include "normal.hpp"

namespace exmc::density {
namespace {

/// x_t ~ normal(constant + sum of rho_i x_{t-1-i}, sigma) along the last axis; as many first elements as there are rho
/// are normal(init_mu, init_sigma).
void lower_autoregression(Builder& builder, const Variable& v) {
  const View &x = v.value, &rho = v["rho"];
  const std::size_t time = x.rank() - 1, length = x.shape[time], order = rho.shape.back();
  const auto along_time = [](const View& parameter) { return with_new_axis(parameter, parameter.rank()); };
  const auto part = [&](std::size_t start, std::size_t count) {
    return sliced(x, time, {static_cast<std::ptrdiff_t>(start), 1, count});
  };
  const View early = part(0, std::min(order, length));
  add_normal(builder, early, along_time(v["init_mu"]), along_time(v["init_sigma"]));
  if (length <= order) return;
  View mean = along_time(v["constant"]);
  for (std::size_t lag = 1; lag <= order; ++lag) {
    const View weight = along_time(at(rho, rho.rank() - 1, lag - 1));
    mean = builder.apply<Add>({mean, builder.apply<Multiply>({weight, part(order - lag, length - order)})});
  }
  add_normal(builder, part(order, length - order), mean, along_time(v["sigma"]));
}

/// Given rho, how many there are, sigma, constant, init_mu and init_sigma.
void draw_series(const EventOperand* operands, const std::size_t* lengths, double* x, RandomStream& random) {
  const auto order = static_cast<std::size_t>(*operands[1]);
  for (std::size_t t = 0; t < lengths[0]; ++t) {
    if (t < order) {
      x[t] = *operands[4] + *operands[5] * random.normal();
      continue;
    }
    double mean = *operands[3];
    for (std::size_t lag = 1; lag <= order; ++lag) mean += operands[0](lag - 1) * x[t - lag];
    x[t] = mean + *operands[2] * random.normal();
  }
}

View draw_autoregression(Builder& builder, const Variable& v, const Shape& shape) {
  const View order = builder.constant(static_cast<double>(v["rho"].shape.back()));
  const std::array<Builder::EventView, 6> operands{
      {{v["rho"], 1}, {order}, {v["sigma"]}, {v["constant"]}, {v["init_mu"]}, {v["init_sigma"]}}};
  return builder.draw_events(draw_series, operands, shape, 1);
}

const std::array kFamily = {
    Distribution{
        .name = "ar",
        .about = "`rho` has the coefficient of lag 1 first; `init_mu` and `init_sigma` are those of as many "
                 "first elements as there are coefficients",
        .points = "real; `shape` is required, its last entry is the length",
        .parametrisations = {{{.name = "rho", .domain = &kReal, .axes = "p"},
                              {"sigma", &kPositive},
                              {"constant", &kReal, 0.0},
                              {"init_mu", &kReal, 0.0},
                              {"init_sigma", &kPositive, 100.0}}},
        .generator = {.array = draw_autoregression},
        .support = &kRealSupport,
        .data = &kReal,
        .axes = "t",
        .lower = lower_autoregression,
        .location_scale = LocationScale{.location = "init_mu", .scale = "sigma", .normal = true, .walk = true}},
};

}  // namespace

std::span<const Distribution> autoregression_family() { return kFamily; }

}  // namespace exmc::density
