#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "exmc/density/model_density.hpp"

namespace exmc::app {

/// What a warm-up learned, in words: a sentence on step size and metric, then one for each variable that is sampled in
/// other coordinates than the model's.
/// @param tuning  sampler::encode() of what it learned
[[nodiscard]] std::vector<std::string> describe_learned(const std::shared_ptr<const density::Program>& program,
                                                        const std::string& tuning);

}  // namespace exmc::app
