#include "draw_row.hpp"

#include <algorithm>
#include <span>

#include "saved_elements.hpp"

namespace exmc::app {
namespace {

using density::OutputGroup;
using density::SavedVariable;

}  // namespace

DrawRow::DrawRow(const Programs& programs)
    : DrawRow(programs, [](SavedVariable& variable) {
        return std::vector<Run>{{variable.offset, element_count(variable.shape)}};
      }) {}

DrawRow::DrawRow(const Job& job, const Programs& programs)
    : DrawRow(programs, [saved = saved_elements(job, density::ModelDensity(programs.density).saved_variables())](
                            SavedVariable& variable) {
        std::vector<Run> runs;
        const auto found = saved.find(variable.name);
        if (found == saved.end()) return runs;
        variable.shape = found->second.shape;
        for (const std::size_t element : found->second.elements) {
          const std::size_t at = variable.offset + element;
          if (runs.empty() || at != runs.back().begin + runs.back().count) runs.push_back({at, 0});
          ++runs.back().count;
        }
        if (runs.empty()) runs.push_back({variable.offset, 0});  // it has no elements
        return runs;
      }) {
  rounded_ = job.config.output.float32;
}

DrawRow::DrawRow(const Programs& programs, const Saved& saved) {
  const density::ModelDensity density(programs.density);
  const auto add = [this](SavedVariable variable) {
    variable.offset = size();
    variables_.push_back(std::move(variable));
  };
  for (SavedVariable variable : density.saved_variables()) {
    if (variable.group != OutputGroup::posterior) continue;
    const std::vector<Run> runs = saved(variable);
    posterior_.insert(posterior_.end(), runs.begin(), runs.end());
    if (!runs.empty()) add(variable);
  }
  if (programs.quantities) {
    quantities_.emplace(programs.quantities);
    for (const SavedVariable& variable : quantities_->saved_variables()) add(variable);
    for (const density::FreeParameter& parameter : quantities_->parameters()) {
      const auto& all = density.saved_variables();
      const auto found = std::ranges::find(all, parameter.name, &SavedVariable::name);
      parameters_.push_back({found->offset, element_count(found->shape)});
    }
    position_.resize(static_cast<Eigen::Index>(quantities_->dimension()));
  }
  for (const SavedVariable& variable : density.saved_variables()) {
    if (variable.group != OutputGroup::log_prior) continue;
    log_prior_.push_back({variable.offset, element_count(variable.shape)});
    add(variable);
  }
  whole_.resize(density.saved_size());
}

std::size_t DrawRow::size() const {
  return variables_.empty() ? 0 : variables_.back().offset + element_count(variables_.back().shape);
}

void DrawRow::append(density::ModelDensity& density, const Eigen::VectorXd& position, const RandomSource& random,
                     bool warmup, std::vector<double>& row) {
  density.write_saved(position, std::span(whole_).first(warmup ? density.posterior_size() : whole_.size()), random);
  const auto append = [&](const std::vector<Run>& runs) {
    for (const Run& run : runs) row.insert(row.end(), whole_.data() + run.begin, whole_.data() + run.begin + run.count);
  };
  append(posterior_);
  if (warmup) return;
  if (quantities_) append_quantities(random, row);
  append(log_prior_);
}

void DrawRow::append_quantities(const RandomSource& random, std::vector<double>& row) {
  double* to = position_.data();
  for (const Run& run : parameters_) to = std::copy_n(whole_.data() + run.begin, run.count, to);
  if (rounded_) position_ = position_.cast<float>().cast<double>();
  const std::size_t begin = row.size();
  row.resize(begin + quantities_->saved_size());
  quantities_->write_saved(position_, std::span(row).subspan(begin), random);
}

}  // namespace exmc::app
