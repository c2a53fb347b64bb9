#include "exmc/density/evaluator.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "../program/builder.hpp"
#include "../program/program.hpp"
#include "../supports/support.hpp"

namespace exmc::density {
namespace {

/// A model of one parameter without a density of its own, whose bounds are parameters as well: its log density is the
/// parameter's log-Jacobian.
ModelDensity jacobian_of(const ParameterTransform& transform, const Shape& shape, std::uint64_t memory_limit) {
  Builder builder(memory_limit);
  builder.locate("nodes." + transform.name);
  const View u = builder.position_block(transform.free, 0);
  Bounds bounds;
  if (transform.lower) bounds.lower = builder.position_block(shape, 1);
  if (transform.upper) bounds.upper = builder.position_block(shape, 2);
  if (bounds.any()) {
    (void)constrain_between(builder, u, bounds);
  } else {
    (void)transform.support->constrain(builder, u, shape);
  }
  return ModelDensity(std::make_shared<const Program>(builder.finish({})));
}

std::shared_ptr<const Program> compile_all(const ir::Model& model, std::uint64_t memory_limit) {
  OutputSelection everything;
  everything.log_likelihood = everything.log_prior = OutputSelection::kAny;
  everything.potentials = everything.bounds = true;
  return compile(model, memory_limit, everything);
}

bool is_bound(OutputGroup group) { return group == OutputGroup::lower || group == OutputGroup::upper; }

}  // namespace

Evaluator::Evaluator(const ir::Model& model, std::uint64_t memory_limit)
    : program_(compile_all(model, memory_limit)),
      density_(program_),
      transform_(program_),
      row_(density_.saved_size()) {
  for (const FreeParameter& parameter : program_->parameters) {
    const auto transform = std::ranges::find(program_->transforms, parameter.name, &ParameterTransform::name);
    jacobians_.push_back(jacobian_of(*transform, parameter.shape, memory_limit));
  }
}

std::span<const double> Evaluator::saved(const SavedVariable& variable) const {
  return std::span(row_).subspan(variable.offset, element_count(variable.shape));
}

double Evaluator::log_jacobian(std::size_t parameter, const Eigen::VectorXd& position) {
  const FreeParameter& at = program_->parameters[parameter];
  std::vector<double> from(position.data() + at.offset, position.data() + at.offset + at.size);
  for (const OutputGroup group : {OutputGroup::lower, OutputGroup::upper}) {
    for (const SavedVariable& variable : program_->saved) {
      if (variable.group != group || variable.name != at.name) continue;
      from.insert(from.end(), saved(variable).begin(), saved(variable).end());
    }
  }
  const Eigen::VectorXd point = Eigen::VectorXd::Map(from.data(), static_cast<Eigen::Index>(from.size()));
  Eigen::VectorXd unused(point.size());
  return jacobians_[parameter].log_density(point, unused);
}

Evaluation Evaluator::evaluate(const Eigen::VectorXd& position) {
  Evaluation found;
  found.log_density = density_.log_density(position, found.gradient);
  density_.write_saved(position, row_);
  for (const SavedVariable& variable : program_->saved) {
    const std::span<const double> values = saved(variable);
    if (is_bound(variable.group)) continue;
    if (variable.group == OutputGroup::posterior) {
      found.values[variable.name] = {variable.shape, {values.begin(), values.end()}};
    } else {
      found.terms[variable.name] = std::accumulate(values.begin(), values.end(), 0.0);
    }
  }
  for (std::size_t i = 0; i < jacobians_.size(); ++i) {
    const double value = log_jacobian(i, position);
    found.log_jacobians[program_->parameters[i].name] = value;
    found.log_jacobian += value;
  }
  for (const auto& [name, term] : found.terms) found.without_jacobian += term;
  return found;
}

}  // namespace exmc::density
