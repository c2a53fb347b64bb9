#include "../distributions/terms.hpp"
#include "../functions/functions.hpp"
#include "kernels.hpp"
#include "scaled_walk.hpp"
#include "variable_compiler.hpp"
#include "walk.hpp"

/// Variables that are walks.
namespace exmc::density {

/// location + scale x
View VariableCompiler::located(const View& location, const View& scale, const View& x) {
  return builder_.apply<Add>({location, builder_.apply<Multiply>({scale, x})});
}

/// The walk's own parameters, or those of what its author made of it.
Walk VariableCompiler::walk_of(std::size_t node, const Law& law, const View& eta) {
  const Prepared& known = prepare(node);
  const View zero = builder_.constant(0.0), one = builder_.constant(1.0);
  const Message message = known.message.value_or(Message{zero, zero});
  const std::optional<Standardised>& scaled = plan_.variables.at(node).standardised;
  const View shift = scaled ? location_of(node, law) : zero, outer = scaled ? outer_scale(node) : one;
  Walk walk{eta, message.h, message.k, known.scale, known.scale, shift, zero, one};
  if (scaled && scaled->cumulated) {
    walk.drift = drift_of_scaled(builder_, zero, eta, shift, outer, ModelsWalk::innovations);
    return walk;
  }
  const Variable& v = law.variable;
  const bool regresses = v.has("rho");
  if (regresses) walk.coefficient = at(v["rho"], v["rho"].rank() - 1, 0);
  walk.first_scale = v["init_sigma"];
  walk.first_location = v["init_mu"];
  walk.drift = v[regresses ? "constant" : "mu"];
  if (!scaled) return walk;
  walk.first_scale = builder_.apply<Multiply>({outer, walk.first_scale});
  walk.first_location = located(shift, outer, walk.first_location);
  const View rest = builder_.apply<Subtract>({one, walk.coefficient});
  const View drift = located(builder_.apply<Multiply>({shift, rest}), outer, walk.drift);
  walk.drift = drift_of_scaled(builder_, drift, eta, shift, outer, ModelsWalk::walk);
  return walk;
}

View VariableCompiler::introduce_walk(std::size_t node, const Law& law) {
  const Prepared& known = prepare(node);
  const View eta = builder_.position_block(law.shape, node);
  const Walk given = walk_of(node, law, eta);
  const WalkViews walk = emit_walk(builder_, given);
  builder_.add_constant(StandardNormalTerm::kConstant, law.shape);
  const auto along = [](const View& view) { return with_new_axis(view, view.rank()); };
  LearnedVariable& learned = record(node, eta, walk.x, along(known.scale), walk.z, along(walk.c));
  learned.precision = look_at(broadcast_to(along(walk.precision), law.shape));
  learned.first_scale = look_at(broadcast_to(given.first_scale, walk.first_c.shape));
  learned.first_c = look_at(walk.first_c);
  const std::optional<Standardised>& scaled = plan_.variables.at(node).standardised;
  if (!scaled) return walk.x;
  derived_[scaled->derived] = walk.x;
  learned.standardised = scaled->cumulated;
  if (scaled->cumulated) return walk.z;
  const View shift = location_of(node, law), outer = outer_scale(node);
  const View models = builder_.apply<Divide>({builder_.apply<Subtract>({walk.x, shift}), outer});
  learned.models = look_at(models);
  learned.outer = look_at(outer);
  return models;
}

}  // namespace exmc::density
