#include "model_compiler.hpp"

/// What is computed of a model at a point that somebody asks about, beside what is saved with draws.
namespace exmc::density {

void ModelCompiler::add_terms(const OutputSelection& selection, Outputs& outputs) {
  if (selection.potentials) add_potentials(outputs);
  if (selection.bounds) add_bounds(outputs);
}

void ModelCompiler::add_potentials(Outputs& outputs) {
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    if (!std::holds_alternative<ir::Potential>(model_.nodes[i].kind)) continue;
    outputs.add({model_.nodes[i].name, {}, 0, OutputGroup::potential}, values_[i]);
  }
}

void ModelCompiler::note_transform(std::size_t index, const Shape& free, const Support& support, const Bounds& bounds) {
  const std::string& parameter = model_.nodes[index].name;
  const auto fixed = [](const std::optional<View>& bound) { return !bound || bound->constant(); };
  transforms_.push_back({parameter, free, bounds.any() ? nullptr : &support, bounds.lower.has_value(),
                         bounds.upper.has_value(), fixed(bounds.lower) && fixed(bounds.upper)});
  if (bounds.any()) bounds_[parameter] = bounds;
}

void ModelCompiler::add_bounds(Outputs& outputs) {
  for (const auto& [name, bounds] : bounds_) {
    const Shape& shape = values_[nodes_.at(name)].shape;
    if (bounds.lower) outputs.add({name, {}, 0, OutputGroup::lower}, broadcast_to(*bounds.lower, shape));
    if (bounds.upper) outputs.add({name, {}, 0, OutputGroup::upper}, broadcast_to(*bounds.upper, shape));
  }
}

}  // namespace exmc::density
