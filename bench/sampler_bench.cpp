// Question: what does the sampler itself cost per leapfrog step, beside the density?
// Method: transitions on a standard normal, whose gradient is one pass; the density's own time, measured in the same
// run, is taken off. Transitions with the tuned step size and with an eighth of it: what each further leapfrog step
// costs is the slope between the two (`sampler`), what is left of a transition, its d random momenta above all, is
// apart (`per draw`). Minimum over batches.
// Beside it `one pass`: the vectors that a step and its share of the tree concern, each touched once. A step concerns
// position, momentum, gradient and scale, the new position, momentum and gradient; the join that is its share, unless
// of two points, two or three more momenta and as many sums: ten vectors. The pass reads nine of ten and writes three.
#include <Eigen/Core>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <vector>

#include "exmc/sampler/chain.hpp"

namespace {

using exmc::sampler::Chain;
using exmc::sampler::Coordinates;
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

struct DrawCost {
  double nanoseconds, steps;
};

/// Of one transition with a step size, measured in batches that take turns with those of other chains.
class Draws {
 public:
  Draws(Eigen::Index n, MetricKind metric, double step_size)
      : least_steps_(batch_size(n)), chain_(make(n, metric, step_size)) {}

  void batch() {
    std::int64_t steps = 0, draws = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (; steps < least_steps_; ++draws) steps += chain_.advance().n_steps;
    const std::chrono::duration<double, std::nano> time = std::chrono::steady_clock::now() - begin;
    best_ = std::min(best_, time.count() / static_cast<double>(steps));
    steps_ += steps;
    draws_ += draws;
  }
  [[nodiscard]] DrawCost cost() const {
    const double steps = static_cast<double>(steps_) / static_cast<double>(draws_);
    return {best_ * steps, steps};
  }

 private:
  static Chain<StandardNormal> make(Eigen::Index n, MetricKind metric, double step_size) {
    const Settings settings{
        .settle_iterations = 0, .draws = std::numeric_limits<std::uint64_t>::max(), .metric = metric};
    Coordinates tuning = Coordinates::initial(metric, n);
    tuning.step_size = step_size;
    return {StandardNormal{static_cast<std::size_t>(n)}, settings, {1, {0}}, tuning};
  }

  std::int64_t least_steps_, steps_ = 0, draws_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
  Chain<StandardNormal> chain_;
};

double tuned_step_size(Eigen::Index n) {
  Chain chain(StandardNormal{static_cast<std::size_t>(n)}, Settings{.metric = MetricKind::unit}, {1, {0}});
  while (chain.stage() == Stage::warmup) chain.advance();
  return chain.coordinates().step_size;
}

struct Costs {
  double steps_per_draw, step, draw;
};

Costs costs(Eigen::Index n, MetricKind metric) {
  const double step_size = tuned_step_size(n);
  Draws tuned(n, metric, step_size), fine(n, metric, step_size / 8);
  for (int repeat = 0; repeat < 60; ++repeat) {
    tuned.batch();
    fine.batch();
  }
  const DrawCost few = tuned.cost(), many = fine.cost();
  const double step = (many.nanoseconds - few.nanoseconds) / (many.steps - few.steps);
  return {few.steps, step, few.nanoseconds - step * few.steps};
}

}  // namespace

int main() {
  std::puts("    d  metric  steps/draw  per draw  per step  density  sampler  one pass  ratio");
  for (const Eigen::Index n : {2, 10, 100, 1000, 10000}) {
    const double density = density_cost(n), touch = touch_cost(n);
    for (const auto& [metric, name] :
         {std::pair{MetricKind::diag, "diag"}, {MetricKind::unit, "unit"}, {MetricKind::dense, "dense"}}) {
      if (metric == MetricKind::dense && n > 100) continue;
      const Costs cost = costs(n, metric);
      const double own = cost.step - density;
      std::printf("%5d  %-6s  %10.1f  %8.0f  %8.0f  %7.0f  %7.0f  %8.0f  %5.2f\n", static_cast<int>(n), name,
                  cost.steps_per_draw, cost.draw, cost.step, density, own, touch, own / touch);
    }
  }
}
