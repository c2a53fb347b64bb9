// Question: what does the sampler itself cost per leapfrog step, beside the density?
// Method: transitions on a standard normal, whose gradient is one pass; the density's own time, measured in the same
// run, is taken off. Beside it: one pass over the vectors that a step and its share of the tree concern (position,
// momentum, gradient, scale, the momenta at the seam and the two sums of a join), each loaded once, those that change
// stored once. Minimum over batches.
#include <Eigen/Core>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <vector>

#include "exmc/sampler/chain.hpp"

namespace {

using exmc::sampler::Chain;
using exmc::sampler::MetricKind;
using exmc::sampler::Settings;
using exmc::sampler::Stage;

struct StandardNormal {
  std::size_t n;

  [[nodiscard]] std::size_t dimension() const { return n; }
  double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    gradient = -x;
    return -0.5 * x.squaredNorm();
  }
};

/// Nanoseconds per unit of work: `batch` does some work and returns how many units; the best of many batches.
template <class Batch>
double best_nanoseconds(const Batch& batch) {
  double best = std::numeric_limits<double>::infinity();
  for (int repeat = 0; repeat < 60; ++repeat) {
    const auto begin = std::chrono::steady_clock::now();
    const double units = batch();
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
    best = std::min(best, time.count() / units);
  }
  return best;
}

constexpr double kBatchElements = 2e5;  ///< a few hundred microseconds

int batch_size(Eigen::Index n) { return std::max(100, static_cast<int>(kBatchElements / static_cast<double>(n + 20))); }

double density_cost(Eigen::Index n) {
  StandardNormal density{static_cast<std::size_t>(n)};
  Eigen::VectorXd x = Eigen::VectorXd::Random(n), gradient(n);
  double sum = 0;
  const double cost = best_nanoseconds([&] {
    const int times = batch_size(n);
    for (int i = 0; i < times; ++i) {
      x[0] += 1e-9;
      sum += density.log_density(x, gradient);
    }
    return times;
  });
  if (sum > 0) std::puts("");  // keeps the sum alive
  return cost;
}

double touch_cost(Eigen::Index n) {
  std::vector<Eigen::VectorXd> v(10, Eigen::VectorXd::Random(n));
  return best_nanoseconds([&] {
    const int times = batch_size(n);
    for (int i = 0; i < times; ++i) {
      v[0].array() = 0.5 * (v[0].array() + v[3].array());  // position, scale
      v[1].array() = 0.5 * (v[1].array() + v[2].array());  // momentum, gradient
      v[9].array() = 0.25 * (v[4].array() + v[5].array()) + 0.125 * (v[6].array() + v[7].array() + v[8].array());
    }
    return times;
  });
}

struct StepCost {
  double nanoseconds;
  double steps_per_draw;
};

StepCost step_cost(Eigen::Index n, MetricKind metric) {
  const Settings settings{
      .warmup_iterations = 1000, .draws = std::numeric_limits<std::uint64_t>::max(), .metric = metric};
  Chain chain(StandardNormal{static_cast<std::size_t>(n)}, settings, {1, {0}});
  while (chain.stage() == Stage::warmup) chain.advance();
  double steps = 0, draws = 0;
  const double cost = best_nanoseconds([&] {
    const int least = batch_size(n);
    std::int64_t done = 0;
    for (; done < least; ++draws) done += chain.advance().n_steps;
    steps += static_cast<double>(done);
    return done;
  });
  return {cost, steps / draws};
}

}  // namespace

int main() {
  std::puts("    d  metric  steps/draw  ns/step  density  sampler  one pass  ratio");
  for (const Eigen::Index n : {2, 10, 100, 1000, 10000}) {
    const double density = density_cost(n), touch = touch_cost(n);
    for (const auto& [metric, name] :
         {std::pair{MetricKind::diag, "diag"}, {MetricKind::unit, "unit"}, {MetricKind::dense, "dense"}}) {
      if (metric == MetricKind::dense && n > 100) continue;
      const StepCost step = step_cost(n, metric);
      const double own = step.nanoseconds - density;
      std::printf("%5d  %-6s  %10.1f  %7.0f  %7.0f  %7.0f  %8.0f  %5.2f\n", static_cast<int>(n), name,
                  step.steps_per_draw, step.nanoseconds, density, own, touch, own / touch);
    }
  }
}
