#pragma once

#include "exmc/sampler/metric_choice.hpp"

namespace exmc::sampler {

/// Refuses what has run off along a coordinate, or along the direction that it reaches farthest in, where nothing holds
/// it: of a proper density -E[(x - E x) g], g the gradient of its logarithm, is 1 (Stein 1981), and 0 where it is flat
/// as far as the draws have come. Not looked at below 1e10 and below 20 draws: where a chain is slow that looks flat.
/// @throws SamplingError that says how far they came.
void require_proper(const ScoredDraws& draws);

}  // namespace exmc::sampler
