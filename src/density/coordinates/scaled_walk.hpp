#pragma once

#include "../program/builder.hpp"

/// Walks that the model's author has scaled: x = shift + scale w of a walk w, which is the model's variable, while x is
/// sampled as any walk is. Shift and scale are one number each.
namespace exmc::density {

/// What the model's variable is.
enum class ModelsWalk { walk, innovations };

/// The drift of the walk x, on whose compilation the map from the model's position hangs: there w (or its
/// innovations, where w begins at 0 and x = shift + scale cumsum(innovations)) stands in the place of eta, and becomes
/// x before the walk's own inverse takes it. To be used in place of `drift`.
[[nodiscard]] View drift_of_scaled(Builder& builder, const View& drift, const View& eta, const View& shift,
                                   const View& scale, ModelsWalk models);

}  // namespace exmc::density
