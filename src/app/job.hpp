#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command_line.hpp"
#include "exmc/config/config.hpp"
#include "exmc/density/model_density.hpp"
#include "exmc/diagnostics/goal.hpp"
#include "exmc/ir/model.hpp"
#include "exmc/runtime/coordinator.hpp"
#include "exmc/sampler/settings.hpp"

namespace exmc::app {

/// All that a rank needs to sample: no file is opened to rebuild it. Seed and number of chains are set.
struct Job {
  config::Config config;
  ir::Model model;
  std::string tuning;              ///< encoded coordinates of an earlier run that take the place of a warm-up; or empty
  bool seed_drawn = false;         ///< by load_job, not given
  std::vector<std::string> notes;  ///< what load_job has for the log; not encoded
};

/// Reads config, model and data. A seed that is not given is drawn from the operating system. With --resume, where the
/// output is there already, its keys are the defaults, and it keeps the datasets that it has.
/// @throws InputError, IoError
[[nodiscard]] Job load_job(const Options& options, std::uint32_t default_chains);

/// What a job's model was compiled to.
struct Programs {
  std::shared_ptr<const density::Program> density;     ///< the log density; posterior and log prior of a draw
  std::shared_ptr<const density::Program> quantities;  ///< what else is made of a draw; null: nothing
};

/// Compiles the model of a process that runs `chains` chains at once. @throws InputError as density::compile(), also
/// where that many chains need more memory than the job may use.
[[nodiscard]] Programs compile(const Job& job, std::uint32_t chains);

[[nodiscard]] std::string encode(const Job& job);
[[nodiscard]] Job decode_job(const std::string& bytes);

/// Over the model's text and data, and the keys that sampling depends on: equal on ranks that would draw the same.
[[nodiscard]] std::uint64_t job_hash(const Job& job);

[[nodiscard]] sampler::Settings sampler_settings(const Job& job);
/// Nothing where all draws are to be made.
[[nodiscard]] std::optional<diagnostics::Goal> goal_of(const config::Config& config);
[[nodiscard]] runtime::RunPlan run_plan(const Job& job);

/// Of a resume whose output is there: reads the config again, with that output's keys as defaults (recorded_run.cpp).
void adopt_recorded_keys(const Options& options, Job& job);

}  // namespace exmc::app
