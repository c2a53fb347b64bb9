#include "quantities.hpp"

#include <algorithm>
#include <cstdint>

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "memory.hpp"

namespace exmc::app {
namespace {

using config::Choice;
using density::OutputGroup;
using density::OutputSelection;

/// A group that takes more bytes in the file is not made unless asked for.
constexpr std::uint64_t kLargestAutomatic = 256'000'000;

/// Draws of all chains, at least one.
std::uint64_t draws_in_all(const Job& job) { return *job.config.chains * job.config.sampler.draws; }

std::size_t most_numbers(const Job& job, Choice choice) {
  if (choice == Choice::no) return 0;
  if (choice != Choice::automatic) return OutputSelection::kAny;
  return kLargestAutomatic / sizeof(double) / draws_in_all(job);
}

bool too_large(const Job& job, Choice choice, std::size_t size) {
  return choice == Choice::automatic && size > most_numbers(job, choice);
}

std::string too_large_line(const Job& job, const std::string& key, const std::string& group, std::size_t size) {
  constexpr double most = 1e18;  // that can be shown
  const double bytes = static_cast<double>(sizeof(double) * size) * static_cast<double>(draws_in_all(job));
  return "output." + key + ": there will be no " + group + ", which would take " +
         in_bytes(static_cast<std::uint64_t>(std::min(bytes, most))) + " and is made by itself up to " +
         in_bytes(kLargestAutomatic) + " only; true makes it anyway";
}

}  // namespace

density::OutputSelection selected_quantities(const Job& job) {
  const config::Config::Output& output = job.config.output;
  return {.predictive = most_numbers(job, output.predictive),
          .log_likelihood = most_numbers(job, output.log_likelihood),
          .log_prior = output.log_prior ? OutputSelection::kAny : 0};
}

std::shared_ptr<const density::Program> prior_program(const Job& job) {
  try {
    return density::compile_prior(job.model, memory_limit(job.config));
  } catch (const InputError& error) {
    throw InputError(job.config.source, std::string("output.prior: ") + error.what());
  }
}

void require_quantities(const Job& job, const density::ModelDensity& density) {
  if (job.config.output.predictive != Choice::yes) return;
  for (const density::ObservedVariable& node : density.observed()) {
    if (node.never_drawn.empty()) continue;
    throw InputError(job.config.source, "output.predictive: nothing can be drawn from the distribution of \"" +
                                            node.name + "\": " + node.never_drawn + "; \"auto\" leaves such nodes out");
  }
}

config::Config::Output settled_output(const Job& job, const density::ModelDensity& density) {
  config::Config::Output output = job.config.output;
  const auto settle = [&](Choice& choice, OutputGroup group) {
    if (choice != Choice::automatic) return;
    choice = too_large(job, choice, density.group_size(group)) ? Choice::no : Choice::possible;
  };
  settle(output.predictive, OutputGroup::predictive);
  settle(output.log_likelihood, OutputGroup::log_likelihood);
  return output;
}

std::vector<std::string> left_out(const Job& job, const density::ModelDensity& density) {
  const config::Config::Output& output = job.config.output;
  std::vector<std::string> lines;
  const std::size_t predictive = density.group_size(OutputGroup::predictive);
  const std::size_t log_likelihood = density.group_size(OutputGroup::log_likelihood);
  if (too_large(job, output.predictive, predictive)) {
    lines.push_back(too_large_line(job, "predictive", "/posterior_predictive", predictive));
  } else if (output.predictive != Choice::no) {
    for (const density::ObservedVariable& node : density.observed()) {
      if (node.never_drawn.empty()) continue;
      lines.push_back("/posterior_predictive will not have \"" + node.name + "\": " + node.never_drawn);
    }
  }
  if (too_large(job, output.log_likelihood, log_likelihood)) {
    lines.push_back(too_large_line(job, "log_likelihood", "/log_likelihood", log_likelihood));
  }
  return lines;
}

}  // namespace exmc::app
