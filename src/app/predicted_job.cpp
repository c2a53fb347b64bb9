#include "predicted_job.hpp"

#include <algorithm>
#include <variant>

#include "exmc/core/error.hpp"
#include "exmc/core/text.hpp"
#include "exmc/density/draw_quantities.hpp"
#include "output_layout.hpp"
#include "recorded_run.hpp"

namespace exmc::app {
namespace {

using config::Choice;
using io::Quantities;

/// The name of the data entry that an observed node is compared with; "" where it is an expression.
std::string entry_of(const ir::Model& model, const std::string& called) {
  const auto& kind = std::ranges::find(model.nodes, called, &ir::Node::output_name)->kind;
  const ir::ExpressionPtr& observed = std::get<ir::RandomVariable>(kind).observed;
  const auto* const name = observed ? std::get_if<ir::Name>(&observed->node) : nullptr;
  return name == nullptr ? std::string() : name->name;
}

/// The model with the data that the file keeps of it.
ir::Model stored_model(const RecordedRun& recorded, const io::FileLayout& layout) {
  ir::Model stored;
  stored.source = recorded.file;
  stored.name = "model";
  stored.text = recorded.ir;
  for (const io::NamedArray& constant : layout.constant) stored.data[constant.name] = constant.value;
  try {
    const ir::Model nodes = ir::decode(ir::encode(stored));
    for (const io::NamedArray& observed : layout.observed) {
      const std::string entry = entry_of(nodes, observed.name);
      if (!entry.empty()) stored.data[entry] = observed.value;
    }
    return ir::decode(ir::encode(stored));
  } catch (const std::logic_error&) {
    throw IoError(recorded.file + ": its model cannot be read by this version of the program");
  }
}

void require_predictable(const std::string& path, const io::PredictedDraws& file, const io::FileLayout& layout) {
  if (file.text("model/chains") != std::to_string(layout.chains)) {
    throw InputError(path, "was trimmed to " + std::to_string(layout.chains) + " of " + file.text("model/chains") +
                               " chains, and random numbers go by the number of the chain: --predict takes the file "
                               "that it was made from");
  }
  if (!file.is_complete()) {
    throw InputError(path, "not all draws are there: --resume goes on with the run, --trim makes a complete file");
  }
}

/// Which groups are to be made: those that are asked for, both where none is, without those that are there.
void choose_groups(const Options& options, const io::FileLayout& layout, const std::string& begun, Job& job) {
  config::Config::Output& output = job.config.output;
  const bool any = options.predict.log_likelihood || options.predict.predictive || options.predict.prior > 0;
  const auto choose = [&](Choice& choice, bool asked, Quantities group) {
    const std::string name = "/" + io::group_name(group);
    const bool unfinished = begun.find(name) != std::string::npos;
    choice = Choice::no;
    if (!begun.empty()) {
      if (unfinished) choice = Choice::possible;
      if (asked && !unfinished) job.notes.push_back(begun + " is finished first: ask for " + name + " again then");
    } else if (asked || !any) {
      const bool there = layout.quantities.contains(group);
      if (there) job.notes.push_back(job.config.source + " has " + name + " already");
      choice = there ? Choice::no : Choice::possible;
    }
  };
  choose(output.log_likelihood, options.predict.log_likelihood, Quantities::log_likelihood);
  choose(output.predictive, options.predict.predictive, Quantities::posterior_predictive);
  output.prior = options.predict.prior;
  output.log_prior = false;  // not made afterwards
  output.summary = "none";
}

void require_saved(const Job& job, const density::ModelDensity& quantities, const io::FileLayout& layout) {
  std::string missing;
  for (const std::string& name : density::variables_behind_data(job.model)) {
    const std::string called = ir::output_name(job.model, name);
    const auto column = std::ranges::find(layout.variables, called, &io::Column::name);
    const auto needed = std::ranges::find(quantities.parameters(), name, &density::FreeParameter::name);
    if (column != layout.variables.end() && column->shape == needed->shape) continue;
    missing += (missing.empty() ? "" : ", ") + called;
  }
  if (missing.empty()) return;
  throw InputError(job.config.source, "has not all draws of " + missing +
                                          ", which are needed for that (output.save, or \"save\" of the model)");
}

}  // namespace

Job predicted_job(const Options& options) {
  const io::PredictedDraws file(options.path);
  const io::FileLayout layout = file.layout();
  require_predictable(options.path, file, layout);
  const RecordedRun recorded = read_recorded_run(options.path);
  Job job;
  job.config = recorded.keys;
  job.config.source = options.path;
  job.config.output.file = options.path;
  job.model = stored_model(recorded, layout);
  if (data_hash_text(job) != recorded.data_hash) {
    throw IoError(recorded.file + ": its data are not those that its draws were made with");
  }
  if (const auto difference = difference_of_build(recorded)) job.notes.push_back(*difference);
  choose_groups(options, layout, file.predicting(), job);
  return job;
}

std::string predicted_groups(const Job& job) {
  std::string groups;
  const auto add = [&](Choice choice, Quantities group) {
    if (choice != Choice::no) groups += (groups.empty() ? "/" : " and /") + io::group_name(group);
  };
  add(job.config.output.log_likelihood, Quantities::log_likelihood);
  add(job.config.output.predictive, Quantities::posterior_predictive);
  return groups;
}

std::vector<std::string> columns_of_parameters(const Job& job, const Programs& programs) {
  std::vector<std::string> columns;
  if (!programs.quantities) return columns;
  for (const density::FreeParameter& parameter : density::ModelDensity(programs.quantities).parameters()) {
    columns.push_back(ir::output_name(job.model, parameter.name));
  }
  return columns;
}

io::FileLayout predicted_layout(const Job& job, const Programs& programs, const io::PredictedDraws& file) {
  io::FileLayout layout = file.layout();
  Job whole = job;  // with the groups that are there
  whole.config.output = read_recorded_run(job.config.source).keys.output;
  if (programs.quantities) {
    require_saved(job, density::ModelDensity(programs.quantities), layout);
    const io::FileLayout made = output_layout(job, programs, {});
    for (const auto& [group, columns] : made.quantities) layout.quantities[group] = columns;
    layout.coords.insert(made.coords.begin(), made.coords.end());
  }
  if (job.config.output.log_likelihood != Choice::no) whole.config.output.log_likelihood = Choice::possible;
  if (job.config.output.predictive != Choice::no) whole.config.output.predictive = Choice::possible;
  if (job.config.output.prior > 0) {
    whole.config.output.prior = job.config.output.prior;
    layout.prior = output_layout(job, {programs.density, nullptr}, {}).prior;
  }
  for (auto& [name, text] : layout.run) {
    if (name == "datasets") text = config::output_text(whole.config.output);
  }
  return layout;
}

}  // namespace exmc::app
