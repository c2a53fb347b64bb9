#include "output_layout.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <ctime>
#include <memory>
#include <set>
#include <span>
#include <stdexcept>
#include <utility>
#include <variant>

#include "draw_row.hpp"
#include "exmc/density/whole_numbers.hpp"
#include "exmc/ir/model.hpp"
#include "nuts_task.hpp"
#include "quantities.hpp"
#include "saved_elements.hpp"
#include "selection.hpp"
#include "version.hpp"

namespace exmc::app {
namespace {

/// The version of the IR that this program reads.
constexpr const char* kIrVersion = "1";
/// The most that a chain has before its first draw.
std::uint64_t warmup_rows(const Job& job) {
  const config::Config& config = job.config;
  if (!config.output.save_warmup) return 0;
  const bool settles = config.warmup.mode == config::WarmupMode::coordinator && *config.chains > 1;
  const std::uint64_t warmup = longest_warmup(sampler_settings(job));
  return settles ? 2 * warmup + sampler::kSettlingRounds * config.warmup.settle : warmup;  // begun again, at worst
}

/// Data entries that stand in the file as what they are compared with, not as constants.
std::set<std::string> observed_entries(const ir::Model& model) {
  std::set<std::string> names;
  for (const ir::Node& node : model.nodes) {
    const auto* variable = std::get_if<ir::RandomVariable>(&node.kind);
    if (!variable || !variable->observed) continue;
    if (const auto* name = std::get_if<ir::Name>(&variable->observed->node)) names.insert(name->name);
  }
  return names;
}

std::vector<io::Column>& columns_of(io::FileLayout& layout, density::OutputGroup group) {
  switch (group) {
    case density::OutputGroup::posterior:
      return layout.variables;
    case density::OutputGroup::predictive:
      return layout.quantities[io::Quantities::posterior_predictive];
    case density::OutputGroup::log_likelihood:
      return layout.quantities[io::Quantities::log_likelihood];
    case density::OutputGroup::log_prior:
      return layout.quantities[io::Quantities::log_prior];
    default:
      throw std::logic_error("a group that no file has");
  }
}

/// Whether only those elements have a log likelihood that are there.
bool may_lack_elements(const ir::Node& node) {
  const auto* variable = std::get_if<ir::RandomVariable>(&node.kind);
  return variable != nullptr && variable->missing != ir::Missing::refused;
}

/// A log density has the batch axes of its variable only, the first ones.
io::Column column(const Job& job, const density::SavedVariable& variable) {
  const ir::Node& node = ir::node_of(job.model, variable.name);
  std::vector<std::string> dims = node.dims;
  if (!dims.empty()) dims.resize(variable.shape.size());
  if (variable.group == density::OutputGroup::log_likelihood && may_lack_elements(node)) dims.clear();
  const io::Storage real = job.config.output.float32 ? io::Storage::float32 : io::Storage::float64;
  return {ir::output_name(job.model, variable.name), variable.shape, variable.discrete ? io::Storage::int64 : real,
          std::move(dims),
          variable.discrete && density::may_be_negative(node) ? io::kMissingInteger : io::kMissingCount};
}

/// Of a variable of the posterior or the prior what is kept.
io::Column column(const Job& job, density::SavedVariable variable, const SavedElements& saved) {
  variable.shape = saved.shape;
  io::Column column = app::column(job, variable);
  column.dims = saved.dims;
  return column;
}

/// The same for any number of ranks, and for each resume: they depend on the seed alone.
io::PriorDraws prior_draws(const Job& job) {
  const auto density = std::make_shared<density::ModelDensity>(prior_program(job));
  io::PriorDraws prior;
  prior.draws = job.config.output.prior;
  const std::map<std::string, SavedElements> saved = saved_elements(job, density->saved_variables());
  std::vector<std::size_t> kept;  // of the numbers that a draw has
  for (const density::SavedVariable& variable : density->saved_variables()) {
    if (variable.group == density::OutputGroup::predictive) {
      prior.predictive.push_back(column(job, variable));
      for (std::size_t i = 0; i < element_count(variable.shape); ++i) kept.push_back(variable.offset + i);
    } else if (const auto found = saved.find(variable.name); found != saved.end()) {
      prior.prior.push_back(column(job, variable, found->second));
      for (const std::size_t element : found->second.elements) kept.push_back(variable.offset + element);
    }
  }
  prior.write = [density, kept = std::move(kept), key = StreamKey{*job.config.seed, ChainId{0}},
                 whole = std::vector<double>(density->saved_size())](std::uint64_t draw,
                                                                     std::span<double> row) mutable {
    density->write_saved({}, whole, {key, draw});
    std::ranges::transform(kept, row.begin(), [&](std::size_t number) { return whole[number]; });
  };
  return prior;
}

std::string hexadecimal(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016" PRIx64, value);
  return text;
}

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace

std::string data_hash_text(const Job& job) { return hexadecimal(ir::data_hash(job.model)); }

io::FileLayout output_layout(const Job& job, const Programs& programs, const std::string& ranks) {
  const density::ModelDensity density(programs.density);
  const config::Config& config = job.config;
  io::FileLayout layout;
  layout.chains = *config.chains;
  layout.draws = config::saved_draws(config);
  layout.thin = config.output.thin;
  layout.warmup = warmup_rows(job);
  layout.statistics = statistics_columns();
  const DrawRow row(job, programs);
  const std::map<std::string, SavedElements> saved = saved_elements(job, density.saved_variables());
  layout.coords = job.model.coords;
  for (const density::SavedVariable& variable : row.variables()) {
    const bool posterior = variable.group == density::OutputGroup::posterior;
    columns_of(layout, variable.group)
        .push_back(posterior ? column(job, variable, saved.at(variable.name)) : column(job, variable));
  }
  for (const auto& [name, elements] : saved) layout.coords.insert(elements.coords.begin(), elements.coords.end());
  if (config.output.prior > 0) layout.prior = prior_draws(job);
  for (const density::ObservedVariable& variable : density.observed()) {
    const ir::Node& node = ir::node_of(job.model, variable.name);
    layout.observed.push_back({node.output_name(), variable.value, node.dims});
  }
  const Axes axes = axes_of(layout.variables, layout.coords);
  static_cast<void>(parse_selection(config.output.summary, layout.variables, axes, config.source + ": output.summary"));
  const std::set<std::string> observed = observed_entries(job.model);
  const auto& dims = job.model.data_dims;
  for (const auto& [name, value] : job.model.data) {
    if (observed.contains(name)) continue;
    const auto named = dims.find(name);
    layout.constant.push_back({name, value, named == dims.end() ? std::vector<std::string>() : named->second});
  }
  const StateSizes sizes = state_sizes(density, sampler_settings(job));
  layout.state_bytes = sizes.state;
  layout.warmup_state_bytes = sizes.warmup_state;
  layout.tuning_bytes = sizes.tuning;
  layout.warmed_chains = *config.chains;  // each may have to: a start may fail, or settling
  layout.has_goal = config.stop.ess.has_value();
  layout.model = {{"ir", job.model.text},
                  {"ir_version", kIrVersion},
                  {"sampling", config::effective_text(config)},
                  {"seed", std::to_string(*config.seed)},
                  {"chains", std::to_string(*config.chains)},
                  {"data_hash", data_hash_text(job)}};
  layout.run = {{"config", config.text},
                {"config_file", config.source},
                {"datasets", config::output_text(settled_output(job, density))},
                {"versions", version_text()},
                {"build", build_id()},
                {"processor", processor()},
                {"created_at", now_utc()},
                {"ranks", ranks}};
  return layout;
}

}  // namespace exmc::app
