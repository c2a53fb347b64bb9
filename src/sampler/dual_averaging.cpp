#include "exmc/sampler/dual_averaging.hpp"

#include <algorithm>
#include <cmath>

namespace exmc::sampler {

DualAveraging DualAveraging::start(double step_size, double attractor) {
  return {
      .log_step = std::log(step_size), .log_averaged_step = std::log(step_size), .log_attractor = std::log(attractor)};
}

void DualAveraging::update(double acceptance, double target) {
  constexpr double gamma = 0.05, t0 = 10, kappa = 0.75;
  ++count;
  const auto t = static_cast<double>(count);
  const double weight = 1 / (t + t0);
  mean_shortfall = (1 - weight) * mean_shortfall + weight * (target - std::min(1.0, acceptance));
  log_step = log_attractor - mean_shortfall * std::sqrt(t) / gamma;
  const double averaging = std::pow(t, -kappa);  // 1 at first: the starting step is forgotten
  log_averaged_step = (1 - averaging) * log_averaged_step + averaging * log_step;
}

double DualAveraging::step_size() const { return std::exp(log_step); }
double DualAveraging::averaged_step_size() const { return std::exp(log_averaged_step); }

}  // namespace exmc::sampler
