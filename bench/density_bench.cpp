// Microseconds per log density + gradient for the seven models and one of 10,000 group effects, beside hand-written
// code for three of them, and in learned coordinates.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "density_by_hand.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/random.hpp"
#include "exmc/density/model_density.hpp"
#include "exmc/ir/load.hpp"

namespace {

using exmc::density::ModelDensity;
using Evaluation = std::function<double(const Eigen::VectorXd&, Eigen::VectorXd&)>;

/// Poisson counts of 10,000 groups, each with an effect of its own.
std::string effects() {
  std::string counts;
  for (int i = 0; i < 10000; ++i) counts += (i == 0 ? "" : ",") + std::to_string(i * 7919 % 13 % 5);
  return R"({"exmc_ir": 1, "data": {"y": [)" + counts + R"(]}, "nodes": {
    "mu": {"dist": "normal", "mu": 0, "sigma": 2}, "tau": {"dist": "half_normal", "sigma": 1},
    "a": {"dist": "normal", "mu": "mu", "sigma": "tau", "shape": [10000]},
    "lik": {"dist": "poisson", "log_mu": "a", "observed": "y"}}})";
}

exmc::ir::Model load(const std::string& models, const std::string& name) {
  exmc::ir::ModelSource source;
  if (name == "effects") {
    source.text = effects();
    source.label = name;
  } else {
    source.file = models + "/" + name + ".json";
  }
  return exmc::ir::load_model(source, [](const std::string&, const std::string&, std::uint64_t) -> exmc::Array {
    throw exmc::InputError("the benchmark reads no HDF5");
  });
}

struct Timing {
  double best, median;
};

/// Microseconds per call, from 60 batches of at least a millisecond each, at points that differ a little.
Timing time_calls(const Evaluation& evaluate, const Eigen::VectorXd& position) {
  Eigen::VectorXd point = position, gradient(position.size());
  double kept = 0;
  const auto batch = [&](int calls) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) {
      point[0] = position[0] + 1e-9 * i;
      kept += evaluate(point, gradient) + gradient[0];
    }
    const std::chrono::duration<double, std::micro> elapsed = std::chrono::steady_clock::now() - start;
    return elapsed.count();
  };
  int calls = 64;
  while (batch(calls) < 1000) calls *= 2;
  std::vector<double> times(60);
  for (double& time : times) time = batch(calls) / calls;
  std::sort(times.begin(), times.end());
  if (std::isnan(kept)) std::printf("(not finite) ");
  return {times.front(), times[times.size() / 2]};
}

/// Exits when two programs for one model differ by more than a constant in the value, or in the gradient.
void require_agreement(const std::string& name, const Evaluation& a, const Evaluation& b,
                       const Eigen::VectorXd& point) {
  Eigen::VectorXd moved = point.array() + 0.125, of_a(point.size()), of_b(point.size());
  const double step_of_a = a(moved, of_a) - a(point, of_a), step_of_b = b(moved, of_b) - b(point, of_b);
  const double scale = of_a.cwiseAbs().maxCoeff();
  if (std::abs(step_of_a - step_of_b) < 1e-10 * std::abs(step_of_a) &&
      (of_a - of_b).cwiseAbs().maxCoeff() < 1e-10 * scale) {
    return;
  }
  std::printf("%s: the hand-written density differs: %.15g and %.15g\n", name.c_str(), step_of_a, step_of_b);
  std::exit(1);
}

std::vector<std::pair<std::string, Evaluation>> by_hand(const std::string& name, const exmc::ir::Model& model) {
  using namespace exmc::bench;
  if (name == "simple") {
    return {{"loop", SimpleLoop(model.data.at("y").values)},
            {"sufficient statistics", SimpleSums(model.data.at("y").values)}};
  }
  if (name == "logistic") return {{"fused", LogisticFused(model.data.at("X"), model.data.at("y").values)}};
  if (name == "sv") return {{"fused", VolatilityFused(model.data.at("returns").values)}};
  return {};
}

/// A point of the unconstrained space, near the starts of chains.
Eigen::VectorXd some_point(std::size_t dimension, std::uint64_t number) {
  exmc::RandomStream random({1, exmc::ChainId{0}}, exmc::Purpose::start, number);
  Eigen::VectorXd point(static_cast<Eigen::Index>(dimension));
  for (double& x : point) x = 0.5 * random.normal();
  return point;
}

/// With messages and scales fitted to some points, as the cost does not depend on what they are.
ModelDensity in_learned_coordinates(const exmc::ir::Model& model) {
  using namespace exmc::density;
  ModelDensity density(compile(model, kDefaultMemory, {}, CoordinatesChoice::automatic));
  std::vector<Eigen::VectorXd> window;
  for (std::uint64_t i = 0; i < 50; ++i) window.push_back(some_point(density.dimension(), i + 1));
  density.learn(window);
  return density;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::printf("usage: density_bench FOLDER-OF-MODELS [MODEL ...]\n");
    return 2;
  }
  std::vector<std::string> names(argv + 2, argv + argc);
  if (names.empty()) names = {"simple", "medium", "stress", "eight_schools", "funnel", "logistic", "sv", "effects"};
  std::printf("%-14s %4s  %-22s %9s %9s %7s\n", "model", "d", "program", "best us", "median", "ratio");
  for (const std::string& name : names) {
    const exmc::ir::Model model = load(argv[1], name);
    ModelDensity density(exmc::density::compile(model));
    const Evaluation compiled = [&](const Eigen::VectorXd& position, Eigen::VectorXd& gradient) {
      return density.log_density(position, gradient);
    };
    const Eigen::VectorXd point = some_point(density.dimension(), 0);
    const Timing timing = time_calls(compiled, point);
    std::printf("%-14s %4zu  %-22s %9.4f %9.4f\n", name.c_str(), density.dimension(), "compiled IR", timing.best,
                timing.median);
    for (const auto& [label, evaluate] : by_hand(name, model)) {
      require_agreement(name, compiled, evaluate, point);
      const Timing hand = time_calls(evaluate, point);
      std::printf("%-14s %4s  %-22s %9.4f %9.4f %7.2f\n", "", "", label.c_str(), hand.best, hand.median,
                  timing.best / hand.best);
    }
    ModelDensity learned = in_learned_coordinates(model);
    if (!learned.learns()) continue;
    const Timing in_coordinates =
        time_calls([&](const Eigen::VectorXd& position,
                       Eigen::VectorXd& gradient) { return learned.log_density(position, gradient); },
                   point);
    std::printf("%-14s %4s  %-22s %9.4f %9.4f %7.2f\n", "", "", "learned coordinates", in_coordinates.best,
                in_coordinates.median, in_coordinates.best / timing.best);
  }
}
