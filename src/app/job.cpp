#include "job.hpp"

#include <algorithm>
#include <random>

#include "earlier_warmup.hpp"
#include "exmc/core/hash.hpp"
#include "exmc/core/memory.hpp"
#include "exmc/core/text.hpp"
#include "exmc/density/draw_quantities.hpp"
#include "exmc/io/read_dataset.hpp"
#include "exmc/ir/load.hpp"
#include "exmc/runtime/wire.hpp"
#include "memory.hpp"
#include "predicted_job.hpp"
#include "quantities.hpp"
#include "saved_elements.hpp"
#include "starts.hpp"
#include "time_limit.hpp"

namespace exmc::app {
namespace {

std::uint64_t drawn_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) | device();
}

sampler::MetricKind metric_kind(const std::string& name) {
  if (name == "dense") return sampler::MetricKind::dense;
  if (name == "unit") return sampler::MetricKind::unit;
  if (name == "diag") return sampler::MetricKind::diag;
  if (name == "low_rank") return sampler::MetricKind::low_rank;
  return sampler::MetricKind::automatic;
}

density::CoordinatesChoice coordinates_choice(const Job& job) {
  return job.config.sampler.coordinates == "model" ? density::CoordinatesChoice::model
                                                   : density::CoordinatesChoice::automatic;
}

}  // namespace

Job load_job(const Options& options, std::uint32_t default_chains) {
  if (options.command == Command::predict) return predicted_job(options);
  Job job;
  job.config = config::load_config(options.path, options.set);
  if (options.resume) adopt_recorded_keys(options, job);
  config::Config& config = job.config;
  require_time_limit(config);
  job.seed_drawn = !config.seed;
  if (job.seed_drawn) config.seed = drawn_seed();
  if (!config.chains) config.chains = default_chains;
  ir::ModelSource source;
  source.file = config.model_file;
  source.text = config.model_text;
  source.folder = config.folder;
  source.label = config.source + ": model";
  source.data_text = config.data_text;
  source.data_label = config.source;
  source.memory_limit = memory_limit(config);
  job.model = ir::load_model(source, io::read_dataset);
  read_init_files(job);
  read_earlier_warmup(job);
  static_cast<void>(Starts(job));  // says what is wrong with them
  return job;
}

Programs compile(const Job& job, std::uint32_t chains) {
  const std::uint64_t limit = memory_limit(job.config);
  density::OutputSelection beside;
  beside.log_prior = job.config.output.log_prior ? density::OutputSelection::kAny : 0;
  Programs programs{density::compile(job.model, limit, beside, coordinates_choice(job)), nullptr};
  const density::ModelDensity density(programs.density);
  require_quantities(job, density);
  static_cast<void>(saved_elements(job, density.saved_variables()));  // says what is wrong with output.save
  require_fitting_tuning(job, density);
  std::uint64_t needed = density.buffer_bytes() + sampler::memory_needed(sampler_settings(job), density.dimension());
  const density::OutputSelection selected = selected_quantities(job, density);
  if (selected.predictive > 0 || selected.log_likelihood > 0) {
    programs.quantities = density::compile_quantities(
        job.model, limit - std::min(limit, density::constant_bytes(*programs.density)), selected);
    needed += density::ModelDensity(programs.quantities).buffer_bytes();
  }
  if (needed > limit / chains) {
    throw InputError(job.model.source, "a chain over " + std::to_string(density.dimension()) + " parameters needs " +
                                           in_bytes(needed) + ", but " + within_memory_limit(limit / chains));
  }
  return programs;
}

std::string encode(const Job& job) {
  return runtime::Encoder().put(config::encode(job.config)).put(ir::encode(job.model)).put(job.tuning).take();
}

Job decode_job(const std::string& bytes) {
  runtime::Decoder in(bytes);
  Job job;
  job.config = config::decode(in.get_text());
  job.model = ir::decode(in.get_text());
  job.tuning = in.get_text();
  return job;
}

std::uint64_t job_hash(const Job& job) {
  return fnv1a(runtime::Encoder()
                   .put(ir::text_hash(job.model))
                   .put(ir::data_hash(job.model))
                   .put(config::effective_text(job.config))
                   .put(*job.config.seed)
                   .put(*job.config.chains)
                   .take());
}

sampler::Settings sampler_settings(const Job& job) {
  const config::Config& config = job.config;
  sampler::Settings settings;
  settings.warmup_iterations = config.warmup.iterations;
  settings.settle_iterations = config.warmup.settle;
  settings.draws = config.sampler.draws;
  settings.target_accept = config.sampler.target_accept;
  settings.max_tree_depth = config.sampler.max_tree_depth;
  settings.metric = metric_kind(config.sampler.metric);
  return settings;
}

std::optional<diagnostics::Goal> goal_of(const config::Config& config) {
  if (!config.stop.ess) return std::nullopt;
  return diagnostics::Goal{*config.stop.ess, config.stop.rhat.value_or(config::kStopRhat)};
}

runtime::RunPlan run_plan(const Job& job) {
  runtime::RunPlan plan;
  plan.chains = *job.config.chains;
  plan.share_tuning = job.config.warmup.mode == config::WarmupMode::coordinator;
  plan.flush_seconds = job.config.output.flush_seconds;
  plan.heartbeat_seconds = job.config.runtime.heartbeat_seconds;
  if (job.config.stop.ess) plan.looks_below = config::saved_draws(job.config);
  return plan;
}

}  // namespace exmc::app
