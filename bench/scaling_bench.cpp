// Question: how does the cost of a log density + gradient grow with the data and with the parameters, and how long does
// compiling a model take? Method: models of one kind in growing sizes, data drawn from a fixed seed. Best of batches of
// at least 2 ms (at least 10, at most 60, about half a second in all), at points that differ a little; compiling: the
// best of three. Time is the processor's: by the clock on the wall whatever takes longer than the scheduler lets a
// program run at a stretch, which the gradients of 10^6 data do, would hold other programs' turns on a shared machine.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/random.hpp"
#include "exmc/density/model_density.hpp"
#include "exmc/ir/load.hpp"

namespace {

using exmc::Array;
using exmc::density::ModelDensity;

double seconds_of(const std::function<void()>& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

exmc::ir::Model load(const exmc::ir::ModelSource& source) {
  return exmc::ir::load_model(source, [](const std::string&, const std::string&, std::uint64_t) -> Array {
    throw exmc::InputError("the benchmark reads no HDF5");
  });
}

/// Microseconds.
double best_evaluation(ModelDensity& density) {
  exmc::RandomStream random({1, exmc::ChainId{0}}, exmc::Purpose::start, 0);
  Eigen::VectorXd point(static_cast<Eigen::Index>(density.dimension())), gradient(point.size());
  for (double& x : point) x = 0.5 * random.normal();
  const double first = point[0];
  double kept = 0;
  const auto batch = [&](int calls) {
    return seconds_of([&] {
      for (int i = 0; i < calls; ++i) {
        point[0] = first + 1e-9 * i;
        kept += density.log_density(point, gradient) + gradient[0];
      }
    });
  };
  int calls = 1;
  double seconds = batch(calls);
  while ((seconds = batch(calls)) < 2e-3) calls *= 2;
  double best = seconds;
  for (int i = std::clamp(static_cast<int>(0.5 / seconds), 10, 60); i > 0; --i) best = std::min(best, batch(calls));
  if (std::isnan(kept)) std::printf("(not finite) ");
  return best / calls * 1e6;
}

/// A kind of model. `data(size)` makes what the names in `text` stand for.
struct Kind {
  const char *name, *axis, *text;
  std::size_t largest;
  std::function<std::map<std::string, Array>(std::size_t)> data;
};

Array numbers(exmc::Shape shape, const std::function<double(exmc::RandomStream&)>& one) {
  exmc::RandomStream random({2, exmc::ChainId{0}}, exmc::Purpose::start, 0);
  Array array{shape, std::vector<double>(exmc::element_count(shape))};
  for (double& value : array.values) value = one(random);
  return array;
}
Array count(std::size_t n) { return Array::scalar(static_cast<double>(n)); }
double normal(exmc::RandomStream& random) { return random.normal(); }
double coin(exmc::RandomStream& random) { return random.uniform() < 0.5 ? 0.0 : 1.0; }

const std::vector<Kind> kKinds = {
    {"student_t", "n",
     R"json({"exmc_ir": 1, "data": {"n": 0, "y": 0}, "nodes": {
       "mu": {"dist": "normal", "mu": 0, "sigma": 10}, "sigma": {"dist": "half_normal", "sigma": 5},
       "obs": {"dist": "student_t", "nu": 4, "mu": "mu", "sigma": "sigma", "shape": ["n"], "observed": "y"}}})json",
     1000000,
     [](std::size_t n) {
       return std::map<std::string, Array>{{"n", count(n)}, {"y", numbers({n}, normal)}};
     }},
    {"logistic, 10 columns", "n",
     R"json({"exmc_ir": 1, "data": {"X": [[0]], "y": 0}, "nodes": {
       "alpha": {"dist": "normal", "mu": 0, "sigma": 10}, "beta": {"dist": "normal", "mu": 0, "sigma": 10, "shape": [10]},
       "obs": {"dist": "bernoulli", "logit_p": "alpha + X @ beta", "observed": "y"}}})json",
     1000000,
     [](std::size_t n) {
       return std::map<std::string, Array>{{"X", numbers({n, 10}, normal)}, {"y", numbers({n}, coin)}};
     }},
    {"linear, 10 columns", "n",
     R"json({"exmc_ir": 1, "data": {"X": [[0]], "y": 0}, "nodes": {
       "alpha": {"dist": "normal", "mu": 0, "sigma": 10}, "beta": {"dist": "normal", "mu": 0, "sigma": 10, "shape": [10]},
       "sigma": {"dist": "half_normal", "sigma": 5},
       "obs": {"dist": "normal", "mu": "alpha + X @ beta", "sigma": "sigma", "observed": "y"}}})json",
     1000000,
     [](std::size_t n) {
       return std::map<std::string, Array>{{"X", numbers({n, 10}, normal)}, {"y", numbers({n}, normal)}};
     }},
    {"100 groups", "n",
     R"json({"exmc_ir": 1, "data": {"g": 0, "y": 0}, "nodes": {
       "a": {"dist": "normal", "mu": 0, "sigma": 10, "shape": [100]}, "sigma": {"dist": "half_normal", "sigma": 5},
       "obs": {"dist": "normal", "mu": "a[g]", "sigma": "sigma", "observed": "y"}}})json",
     1000000,
     [](std::size_t n) {
       const auto group = [](exmc::RandomStream& random) { return std::floor(100 * random.uniform()); };
       return std::map<std::string, Array>{{"g", numbers({n}, group)}, {"y", numbers({n}, normal)}};
     }},
    {"funnel", "d",
     R"json({"exmc_ir": 1, "data": {"D": 0}, "nodes": {
       "y": {"dist": "normal", "mu": 0, "sigma": 3},
       "x": {"dist": "normal", "mu": 0, "sigma": "exp(y/2)", "shape": ["D - 1"]}}})json",
     10000,
     [](std::size_t d) {
       return std::map<std::string, Array>{{"D", count(d)}};
     }},
    {"volatility", "d",
     R"json({"exmc_ir": 1, "data": {"T": 0, "r": 0}, "nodes": {
       "sigma": {"dist": "exponential", "lam": 50},
       "s": {"dist": "gaussian_random_walk", "init_sigma": "sigma", "sigma": "sigma", "shape": ["T"]},
       "obs": {"dist": "student_t", "nu": 10, "mu": 0, "sigma": "exp(s)", "observed": "r"}}})json",
     10000,
     [](std::size_t d) {
       return std::map<std::string, Array>{{"T", count(d - 1)}, {"r", numbers({d - 1}, normal)}};
     }},
    {"logistic, 100 rows", "d",
     R"json({"exmc_ir": 1, "data": {"K": 0, "X": [[0]], "y": 0}, "nodes": {
       "beta": {"dist": "normal", "mu": 0, "sigma": 1, "shape": ["K"]},
       "obs": {"dist": "bernoulli", "logit_p": "X @ beta", "observed": "y"}}})json",
     10000,
     [](std::size_t d) {
       return std::map<std::string, Array>{
           {"K", count(d)}, {"X", numbers({100, d}, normal)}, {"y", numbers({100}, coin)}};
     }},
};

void print(const char* name, const char* axis, std::size_t size, double microseconds, double compile_seconds) {
  std::printf("%-22s %-2s %8zu %12.4f %12.3f\n", name, axis, size, microseconds, 1e3 * compile_seconds);
  std::fflush(stdout);
}

double best_compilation(const exmc::ir::Model& model) {
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 3; ++i) best = std::min(best, seconds_of([&] { (void)exmc::density::compile(model); }));
  return best;
}

void run(const Kind& kind) {
  const bool by_data = *kind.axis == 'n';
  for (std::size_t size = by_data ? 100 : 2; size <= kind.largest; size *= size == 2 ? 5 : 10) {
    exmc::ir::ModelSource source;
    source.text = kind.text;
    source.label = kind.name;
    exmc::ir::Model model = load(source);
    for (auto& [name, array] : kind.data(size)) model.data[name] = std::move(array);
    ModelDensity density(exmc::density::compile(model));
    print(kind.name, kind.axis, size, best_evaluation(density), best_compilation(model));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::printf("usage: scaling_bench FOLDER-OF-MODELS\n");
    return 2;
  }
  std::printf("%-22s %-2s %8s %12s %12s\n", "model", "", "size", "us", "compile ms");
  for (const char* name : {"simple", "medium", "stress", "eight_schools", "funnel", "logistic", "sv"}) {
    exmc::ir::ModelSource source;
    source.file = std::string(argv[1]) + "/" + name + ".json";
    const exmc::ir::Model model = load(source);
    ModelDensity density(exmc::density::compile(model));
    print(name, "-", density.dimension(), best_evaluation(density), best_compilation(model));
  }
  for (const Kind& kind : kKinds) run(kind);
}
