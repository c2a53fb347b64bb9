#include "summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "exmc/core/error.hpp"
#include "exmc/diagnostics/summary.hpp"
#include "exmc/io/draw_reader.hpp"

namespace exmc::app {
namespace {

/// A table longer than this says nothing at a glance; the file has the rest.
constexpr std::size_t kMaxRows = 200;

diagnostics::DrawsView view(const std::vector<double>& values, const io::DrawReader& file) {
  return {values, static_cast<std::size_t>(file.chains()), static_cast<std::size_t>(file.common_draws())};
}

std::uint64_t count_true(const std::vector<double>& flags) {
  return static_cast<std::uint64_t>(std::ranges::count_if(flags, [](double flag) { return flag > 0; }));
}

std::vector<diagnostics::SummaryRow> summarise_all(io::DrawReader& file) {
  std::vector<diagnostics::SummaryRow> rows;
  for (const io::Column& variable : file.variables()) {
    for (std::size_t element = 0; element < element_count(variable.shape); ++element) {
      const std::vector<double> draws = file.variable(variable.name, element);
      rows.push_back(
          diagnostics::summarise(diagnostics::element_name(variable.name, variable.shape, element), view(draws, file)));
    }
  }
  return rows;
}

diagnostics::RunFacts facts(io::DrawReader& file) {
  diagnostics::RunFacts facts;
  facts.chains = file.chains();
  facts.draws = file.common_draws();
  facts.divergences = count_true(file.statistic("diverging"));
  facts.saturated = count_true(file.statistic("reached_max_treedepth"));
  if (facts.saturated > 0) {
    const std::vector<double> depths = file.statistic("tree_depth");
    facts.max_tree_depth = static_cast<int>(*std::ranges::max_element(depths));
  }
  const std::vector<double> energy = file.statistic("energy");
  facts.bfmi = diagnostics::bfmi(view(energy, file));
  facts.unsettled = file.unsettled_chains();
  return facts;
}

}  // namespace

void print_summary(const std::filesystem::path& path) {
  io::DrawReader file(path);
  if (file.common_draws() == 0) throw IoError(path.string() + ": not every chain has a draw yet");
  const std::vector<diagnostics::SummaryRow> rows = summarise_all(file);
  std::fputs(diagnostics::render_table(rows, kMaxRows).c_str(), stdout);
  for (const std::string& warning : diagnostics::warnings(rows, facts(file))) {
    std::printf("warning: %s\n", warning.c_str());
  }
  std::fflush(stdout);
}

}  // namespace exmc::app
