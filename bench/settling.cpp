// Question: after how many settling iterations does a chain that was handed a tuning draw from the posterior?
// Method: for each of 20 warm-ups, 40 chains settle from their dispersed starts. Their first draws are compared with
// long runs: in which of 20 bins of equal probability do they fall (chi-squared of 19 degrees of freedom, the worst
// over the saved quantities and the log density; 50.8 is p = 1e-4), and how far is their mean off (in posterior sds;
// 800 draws leave 0.035 of noise in each quantity). Four chains of each warm-up go on for 200 draws: the median of
// their largest R-hat. Use: settling FOLDER MODEL..., the models being FOLDER/MODEL.json.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "exmc/density/model_density.hpp"
#include "exmc/diagnostics/convergence.hpp"
#include "exmc/ir/load.hpp"
#include "exmc/sampler/chain.hpp"

namespace {

using exmc::density::ModelDensity;
using exmc::sampler::Chain;
using exmc::sampler::Coordinates;
using exmc::sampler::Settings;
using exmc::sampler::Stage;

constexpr std::uint32_t kWarmups = 20, kChainsEach = 40, kChainsOfRhat = 4;
constexpr std::size_t kBins = 20, kDrawsOfRhat = 200, kSteps = 2'000'000;
constexpr std::uint64_t kForever = std::numeric_limits<std::uint64_t>::max();

using Quantities = std::vector<std::vector<double>>;  ///< of each quantity its draws

struct Reference {
  std::vector<std::vector<double>> edges;  ///< of each quantity the 19 edges between bins
  std::vector<double> mean, sd;
};

struct Outcome {
  double chi_squared = 0, bias = 0, rhat = 0;
  int repeated = 0, unsettled = 0;
  double steps = 0;  ///< leapfrog steps of a settling
};

ModelDensity load(const std::string& folder, const std::string& model) {
  exmc::ir::ModelSource source;
  source.file = folder + "/" + model + ".json";
  return ModelDensity(exmc::density::compile(
      exmc::ir::load_model(source, [](const std::string&, const std::string&, std::uint64_t) -> exmc::Array {
        throw std::logic_error("no HDF5 here");
      })));
}

/// Adds the saved quantities and the log density.
void record(ModelDensity& density, const Eigen::VectorXd& position, double lp, Quantities& draws) {
  std::vector<double> row(density.saved_size());
  density.write_saved(position, row);
  row.push_back(lp);
  draws.resize(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) draws[i].push_back(row[i]);
}

Reference long_runs(ModelDensity density) {
  Quantities draws;
  const auto steps_of_a_run = static_cast<std::int64_t>(density.dimension() > 10 ? kSteps / 10 : kSteps);
  for (std::uint32_t number = 0; number < 4; ++number) {
    Chain chain(density, Settings{.draws = kForever, .target_accept = 0.95}, {77, {number}});
    while (chain.stage() == Stage::warmup) chain.advance();
    for (std::int64_t steps = 0; steps < steps_of_a_run;) {
      const auto stats = chain.advance();
      steps += stats.n_steps;
      record(density, chain.position(), stats.lp, draws);
    }
  }
  Reference reference;
  for (const std::vector<double>& quantity : draws) {
    const exmc::diagnostics::DrawsView view{quantity, 1, quantity.size()};
    std::vector<double> levels;
    for (std::size_t bin = 1; bin < kBins; ++bin) levels.push_back(static_cast<double>(bin) / kBins);
    reference.edges.push_back(exmc::diagnostics::quantiles(view, levels));
    reference.mean.push_back(exmc::diagnostics::mean(view));
    reference.sd.push_back(exmc::diagnostics::sd(view));
  }
  return reference;
}

void compare(const Quantities& first, const Reference& reference, Outcome& outcome) {
  for (std::size_t i = 0; i < first.size(); ++i) {
    const auto count = static_cast<double>(first[i].size()), expected = count / kBins;
    std::vector<double> bins(kBins);
    double sum = 0, chi_squared = 0;
    for (const double value : first[i]) {
      const auto& edges = reference.edges[i];
      ++bins[static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), value) - edges.begin())];
      sum += value;
    }
    for (const double bin : bins) chi_squared += (bin - expected) * (bin - expected) / expected;
    outcome.chi_squared = std::max(outcome.chi_squared, chi_squared);
    outcome.bias = std::max(outcome.bias, std::abs(sum / count - reference.mean[i]) / reference.sd[i]);
  }
}

double largest_rhat(const Quantities& draws) {
  double largest = 0;
  for (const std::vector<double>& quantity : draws) {
    largest = std::max(largest, exmc::diagnostics::rhat({quantity, kChainsOfRhat, kDrawsOfRhat}));
  }
  return largest;
}

Outcome settle(ModelDensity density, const std::vector<Coordinates>& tunings, std::uint64_t length,
               const Reference& reference) {
  Outcome outcome;
  Quantities first;
  std::vector<double> rhats;
  const Settings settings{.settle_iterations = length, .draws = kDrawsOfRhat};
  for (std::uint32_t warmup = 0; warmup < tunings.size(); ++warmup) {
    Quantities draws;
    for (std::uint32_t number = 0; number < kChainsEach; ++number) {
      Chain chain(density, settings, {warmup, {number + 1}}, tunings[warmup]);
      while (chain.stage() == Stage::settling) outcome.steps += static_cast<double>(chain.advance().n_steps);
      outcome.repeated += chain.round() > 0 ? 1 : 0;
      outcome.unsettled += chain.settled() ? 0 : 1;
      double lp = chain.advance().lp;
      record(density, chain.position(), lp, first);
      if (number >= kChainsOfRhat) continue;
      record(density, chain.position(), lp, draws);
      while (chain.stage() == Stage::sampling) {
        lp = chain.advance().lp;
        record(density, chain.position(), lp, draws);
      }
    }
    rhats.push_back(largest_rhat(draws));
  }
  std::nth_element(rhats.begin(), rhats.begin() + rhats.size() / 2, rhats.end());
  outcome.rhat = rhats[rhats.size() / 2];
  outcome.steps /= static_cast<double>(tunings.size() * kChainsEach);
  compare(first, reference, outcome);
  return outcome;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::puts("usage: settling FOLDER MODEL...");
    return 2;
  }
  std::puts("model          settle  chi-squared    bias  R-hat  repeated  unsettled  steps");
  for (int argument = 2; argument < argc; ++argument) {
    const ModelDensity density = load(argv[1], argv[argument]);
    const Reference reference = long_runs(density);
    std::vector<Coordinates> tunings;
    for (std::uint32_t seed = 0; seed < kWarmups; ++seed) {
      Chain chain(density, Settings{.draws = 0}, {seed, {0}});
      while (chain.stage() == Stage::warmup) chain.advance();
      tunings.push_back(chain.coordinates());
    }
    for (const std::uint64_t length : {0, 10, 25, 50, 100, 200}) {
      const Outcome outcome = settle(density, tunings, length, reference);
      std::printf("%-13s  %6d  %11.1f  %6.3f  %5.3f  %8d  %9d  %5.0f\n", argv[argument], static_cast<int>(length),
                  outcome.chi_squared, outcome.bias, outcome.rhat, outcome.repeated, outcome.unsettled, outcome.steps);
      std::fflush(stdout);
    }
  }
}
