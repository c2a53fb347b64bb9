#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exmc/config/config.hpp"
#include "exmc/density/model_density.hpp"
#include "job.hpp"

namespace exmc::app {

/// The most that groups take in the file, in bytes, which are made without being asked for.
inline constexpr double kMostAutomaticBytes = 8e6;
/// Which part of a run's CPU they take at most.
inline constexpr double kMostAutomaticShare = 1.0 / 20;

/// Which quantities are computed of each draw beside posterior and log prior. Depends on nothing but the job, whose
/// density this is: the same on every rank and at every resume.
[[nodiscard]] density::OutputSelection selected_quantities(const Job& job, const density::ModelDensity& density);

/// What makes the draws from the prior that the config asks for. @throws InputError where the model has none.
[[nodiscard]] std::shared_ptr<const density::Program> prior_program(const Job& job);

/// @throws InputError where the config insists on predictive draws of a node that has no generator.
void require_quantities(const Job& job, const density::ModelDensity& density);

/// The config's output keys with "auto" replaced by what it came down to.
[[nodiscard]] config::Config::Output settled_output(const Job& job, const density::ModelDensity& density);

/// What "auto" leaves out and why, a line each.
[[nodiscard]] std::vector<std::string> left_out(const Job& job, const density::ModelDensity& density);

}  // namespace exmc::app
