#include "summary.hpp"

#include <algorithm>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <map>
#include <stdexcept>

#include "exit_codes.hpp"
#include "exmc/core/error.hpp"
#include "exmc/core/long_work.hpp"
#include "exmc/io/draw_reader.hpp"
#include "exmc/ir/load.hpp"
#include "exmc/sampler/settings.hpp"
#include "job.hpp"
#include "log.hpp"
#include "terminal.hpp"

namespace exmc::app {
namespace {

/// Sentences of what was learned, of which the same is true.
constexpr std::size_t kMostLearned = 12;

diagnostics::DrawsView view(const std::vector<double>& values, const io::DrawReader& file) {
  return {values, static_cast<std::size_t>(file.chains()), static_cast<std::size_t>(file.common_draws())};
}

std::uint64_t count_true(const std::vector<double>& flags) {
  return static_cast<std::uint64_t>(std::ranges::count_if(flags, [](double flag) { return flag > 0; }));
}

diagnostics::SummaryRow summarise(io::DrawReader& file, const io::Column& variable, std::size_t element, Axes& axes) {
  const std::vector<double> draws = file.variable(variable.name, element);
  const std::string name = diagnostics::element_name(variable.name, variable.shape, element);
  // A NaN of a real variable is a mistake in the model and spoils its row; a missing integer has its place.
  diagnostics::SummaryRow row = variable.storage == io::Storage::int64
                                    ? diagnostics::summarise_present(name, view(draws, file))
                                    : diagnostics::summarise(name, view(draws, file));
  std::string label = diagnostics::element_name(variable.name, variable.shape, element, axes[variable.name]);
  if (label != name) row.label = std::move(label);
  return row;
}

/// All that the selection chooses.
void summarise_all(io::DrawReader& file, Axes& axes, Summary& summary) {
  const std::vector<io::Column> variables = file.variables();
  WorkMeter meter{summary.facts.quantities};
  for (const SelectedElements& chosen : summary.selection.chosen) {
    const io::Column& variable = *std::ranges::find(variables, chosen.variable, &io::Column::name);
    for (const std::size_t element : chosen.elements) {
      summary.rows.push_back(summarise(file, variable, element, axes));
    }
  }
  if (!summary.selection.chosen.empty()) return;
  for (const io::Column& variable : variables) {
    summary.variables.push_back({variable.name, variable.shape});
    for (std::size_t element = 0; element < element_count(variable.shape); ++element) {
      summary.rows.push_back(summarise(file, variable, element, axes));
      meter.add(1);
    }
  }
}

std::vector<diagnostics::BlamedNode> blamed_nodes(io::DrawReader& file, const std::vector<double>& reasons) {
  const std::vector<std::string> names = ir::node_names(file.text("model/ir"));
  const std::vector<double> numbers = file.statistic("node");
  std::vector<diagnostics::BlamedNode> all(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) all[i].node = names[i];
  for (std::size_t draw = 0; draw < numbers.size(); ++draw) {
    if (!(numbers[draw] >= 0 && numbers[draw] < static_cast<double>(all.size()))) continue;
    diagnostics::BlamedNode& node = all[static_cast<std::size_t>(numbers[draw])];
    const auto reason = static_cast<sampler::Divergence>(reasons[draw]);
    node.outside += reason == sampler::Divergence::outside ? 1 : 0;
    node.unsolved += reason == sampler::Divergence::unsolved ? 1 : 0;
    node.densities += reason == sampler::Divergence::density ? 1 : 0;
    node.gradients += reason == sampler::Divergence::gradient ? 1 : 0;
  }
  std::erase_if(all, [](const diagnostics::BlamedNode& node) { return node.count() == 0; });
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.count() > b.count(); });
  return all;
}

std::optional<diagnostics::Goal> recorded_goal(const io::DrawReader& file) {
  try {
    return goal_of(config::recorded_config(file.text("model/sampling"), file.text("run/datasets")));
  } catch (const std::logic_error&) {
    throw IoError(file.path() + ": what it says of the run that made it is damaged");
  }
}

diagnostics::RunFacts facts(io::DrawReader& file) {
  diagnostics::RunFacts facts;
  facts.chains = file.chains();
  facts.draws = file.common_draws();
  facts.divergences = count_true(file.statistic("diverging"));
  const std::vector<io::Column> statistics = file.statistics();
  if (std::ranges::find(statistics, "reason", &io::Column::name) != statistics.end()) {
    const std::vector<double> reasons = file.statistic("reason");
    const auto count = [&](sampler::Divergence reason) {
      return static_cast<std::uint64_t>(std::ranges::count(reasons, static_cast<double>(reason)));
    };
    facts.bad_gradients = count(sampler::Divergence::gradient);
    facts.outside = count(sampler::Divergence::outside);
    facts.unsolved = count(sampler::Divergence::unsolved);
    facts.not_finite = facts.bad_gradients + facts.outside + facts.unsolved + count(sampler::Divergence::density);
    if (std::ranges::find(statistics, "node", &io::Column::name) != statistics.end() && facts.not_finite > 0) {
      facts.blamed = blamed_nodes(file, reasons);
    }
  }
  facts.saturated = count_true(file.statistic("reached_max_treedepth"));
  if (facts.saturated > 0) {
    const std::vector<double> depths = file.statistic("tree_depth");
    facts.max_tree_depth = static_cast<int>(*std::ranges::max_element(depths));
  }
  const std::vector<double> energy = file.statistic("energy");
  facts.bfmi = diagnostics::bfmi(view(energy, file));
  const std::vector<double> log_density = file.statistic("lp");
  facts.levels = diagnostics::levels_of(view(log_density, file));
  if (file.has_goal() && file.common_draws() == file.draws()) facts.goal = recorded_goal(file);
  facts.unsettled = file.unsettled_chains();
  facts.numbers = file.chain_numbers();
  for (const io::FailedChain& failed : file.failed_chains()) facts.failed.push_back(failed.chain);
  if (!facts.failed.empty()) facts.failure = file.failed_chains().front().reason;
  for (const io::MissingIntegers& missing : file.missing_integers()) {
    facts.missing.push_back({missing.variable + " of /" + missing.group, missing.count, missing.total});
  }
  facts.quantities = 0;
  for (const io::Column& variable : file.variables()) facts.quantities += element_count(variable.shape);
  return facts;
}

std::string in_red(const std::string& number) { return coloured(number, Colour::red, stdout); }

void print_text(const Summary& summary) {
  const diagnostics::Table table = summary.selection.folded
                                       ? diagnostics::folded_table(summary.rows, summary.variables, summary.facts)
                                       : diagnostics::whole_table(summary.rows);
  if (summary.selection.table) std::fputs(diagnostics::render(table, summary.facts, in_red).c_str(), stdout);
  for (std::size_t i = 0; i < std::min(summary.learned.size(), kMostLearned); ++i) {
    std::printf("%s%s\n", i == 0 ? "learned: " : "         ", summary.learned[i].c_str());
  }
  if (summary.facts.draws < summary.planned_draws) {
    std::printf("%" PRIu64 " of %" PRIu64 " draws: the run is not complete\n", summary.facts.draws,
                summary.planned_draws);
  }
  if (!summary.goal.empty()) std::printf("the goal was reached: %s\n", summary.goal.c_str());
  if (!summary.waiting.empty()) {
    std::printf("%zu of %zu chains have no draw yet and are left out\n", summary.waiting.size(),
                summary.waiting.size() + static_cast<std::size_t>(summary.facts.chains));
  }
  for (const diagnostics::Warning& warning : summary.warnings) {
    std::printf("%s %s\n", coloured("warning:", Colour::yellow, stdout).c_str(), warning.text.c_str());
  }
}

}  // namespace

Summary read_summary(const std::filesystem::path& path, const SummaryWish& wish) {
  io::DrawReader file(path);
  if (file.chains() == 0) {
    throw IoError(path.string() + ": every chain failed: " + file.failed_chains().front().reason);
  }
  if (file.common_draws() == 0) throw IoError(path.string() + ": no chain has a draw yet");
  Axes axes = file.axes();
  Summary summary;
  summary.selection = parse_selection(wish.vars, file.variables(), axes, wish.where);
  summary.file = path.string();
  summary.planned_draws = file.draws();
  summary.waiting = file.waiting_chains();
  summary.facts = facts(file);
  summarise_all(file, axes, summary);
  summary.goal = file.goal();
  summary.warnings = diagnostics::warnings(summary.rows, summary.facts);
  summary.learned = file.learned();
  return summary;
}

bool is_unusable(const Summary& summary) {
  return std::ranges::any_of(summary.warnings, &diagnostics::Warning::unusable);
}

void require_usable(const Summary& summary) {
  if (is_unusable(summary)) throw Error(kNotToBeUsed, "a warning says that these draws are not to be used (--strict)");
}

void print_summary(const Summary& summary, const SummaryWish& wish) {
  if (wish.quiet) {
    for (const diagnostics::Warning& warning : summary.warnings) log_warning(warning.text);
    return;
  }
  switch (wish.format) {
    case TableFormat::text:
      print_text(summary);
      break;
    case TableFormat::json:
      std::fputs(summary_json(summary).c_str(), stdout);
      break;
    case TableFormat::csv:
      std::fputs(diagnostics::render_csv(summary.rows).c_str(), stdout);
      break;
  }
  std::fflush(stdout);
}

}  // namespace exmc::app
