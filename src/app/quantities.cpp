#include "quantities.hpp"

#include <fmt/core.h>

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

/// Draws of all chains, at least one.
double draws_in_all(const Job& job) {
  return static_cast<double>(*job.config.chains) * static_cast<double>(config::saved_draws(job.config));
}

/// Numbers of the groups that "auto" decides about.
double automatic_numbers(const Job& job, const density::ModelDensity& density) {
  const config::Config::Output& output = job.config.output;
  double numbers = 0;
  if (output.predictive == Choice::automatic)
    numbers += static_cast<double>(density.group_size(OutputGroup::predictive));
  if (output.log_likelihood == Choice::automatic) {
    numbers += static_cast<double>(density.group_size(OutputGroup::log_likelihood));
  }
  return numbers;
}

double automatic_bytes(const Job& job, const density::ModelDensity& density) {
  return sizeof(double) * automatic_numbers(job, density) * draws_in_all(job);
}

/// What they take of the run's CPU, estimated from sizes alone, since no clock says the same twice: seconds of one
/// core, as docs/config.md has them.
double automatic_share(const Job& job, const density::ModelDensity& density) {
  constexpr double start = 0.05, of_draw = 1.5e-6, gradients = 10, of_step = 5e-8, of_parameter = 5e-9,
                   of_operation = 3e-10, of_groups = 3e-7, of_number = 3e-8;
  const double step = of_step + of_parameter * static_cast<double>(density.dimension()) + of_operation * density.cost();
  const double sampling = of_draw + gradients * step;
  const double groups = of_groups + of_number * automatic_numbers(job, density);
  return draws_in_all(job) * groups / (start + draws_in_all(job) * (sampling + groups));
}

bool keeps_automatic(const Job& job, const density::ModelDensity& density) {
  return automatic_bytes(job, density) <= kMostAutomaticBytes && automatic_share(job, density) <= kMostAutomaticShare;
}

std::size_t most_numbers(Choice choice) { return choice == Choice::no ? 0 : OutputSelection::kAny; }

}  // namespace

density::OutputSelection selected_quantities(const Job& job, const density::ModelDensity& density) {
  const config::Config::Output output = settled_output(job, density);
  return {.predictive = most_numbers(output.predictive), .log_likelihood = most_numbers(output.log_likelihood)};
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
  const Choice settled = keeps_automatic(job, density) ? Choice::possible : Choice::no;
  for (Choice* choice : {&output.predictive, &output.log_likelihood}) {
    if (*choice == Choice::automatic) *choice = settled;
  }
  return output;
}

std::vector<std::string> left_out(const Job& job, const density::ModelDensity& density) {
  const config::Config::Output& asked = job.config.output;
  const config::Config::Output settled = settled_output(job, density);
  std::vector<std::string> lines;
  std::string groups;
  const auto look = [&](Choice before, Choice after, OutputGroup group, const std::string& name) {
    if (before != Choice::automatic || after != Choice::no || density.group_size(group) == 0) return;
    groups += (groups.empty() ? "" : " and ") + name;
  };
  look(asked.log_likelihood, settled.log_likelihood, OutputGroup::log_likelihood, "/log_likelihood");
  look(asked.predictive, settled.predictive, OutputGroup::predictive, "/posterior_predictive");
  if (!groups.empty()) {
    constexpr double most = 1e18;  // that can be shown
    const auto bytes = static_cast<std::uint64_t>(std::min(automatic_bytes(job, density), most));
    lines.push_back(fmt::format(
        "there will be no {}, {} and {:.0f} % of the CPU (\"auto\": up to {} and {:.0f} %): "
        "exmc_mpi --predict {} adds what you want of it",
        groups, in_bytes(bytes), 100 * automatic_share(job, density),
        in_bytes(static_cast<std::uint64_t>(kMostAutomaticBytes)), 100 * kMostAutomaticShare, asked.file.string()));
  }
  if (settled.predictive != Choice::no) {
    for (const density::ObservedVariable& node : density.observed()) {
      if (node.never_drawn.empty()) continue;
      lines.push_back("/posterior_predictive will not have \"" + node.name + "\": " + node.never_drawn);
    }
  }
  return lines;
}

}  // namespace exmc::app
