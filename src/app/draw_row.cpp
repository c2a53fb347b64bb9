#include "draw_row.hpp"

#include <algorithm>
#include <span>

namespace exmc::app {
namespace {

using density::OutputGroup;
using density::SavedVariable;

}  // namespace

DrawRow::DrawRow(const Programs& programs) {
  const density::ModelDensity density(programs.density);
  const auto add = [this](SavedVariable variable) {
    variable.offset = size();
    variables_.push_back(std::move(variable));
  };
  const auto add_group = [&](OutputGroup group, std::vector<Run>& runs) {
    for (const SavedVariable& variable : density.saved_variables()) {
      if (variable.group != group) continue;
      runs.push_back({variable.offset, element_count(variable.shape)});
      add(variable);
    }
  };
  add_group(OutputGroup::posterior, posterior_);
  if (programs.quantities) {
    quantities_.emplace(programs.quantities);
    for (const SavedVariable& variable : quantities_->saved_variables()) add(variable);
    for (const density::FreeParameter& parameter : quantities_->parameters()) {
      const auto& saved = density.saved_variables();
      const auto found = std::ranges::find(saved, parameter.name, &SavedVariable::name);
      parameters_.push_back({found->offset, element_count(found->shape)});
    }
    position_.resize(static_cast<Eigen::Index>(quantities_->dimension()));
  }
  add_group(OutputGroup::log_prior, log_prior_);
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
  const std::size_t begin = row.size();
  row.resize(begin + quantities_->saved_size());
  quantities_->write_saved(position_, std::span(row).subspan(begin), random);
}

}  // namespace exmc::app
