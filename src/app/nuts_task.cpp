#include "nuts_task.hpp"

#include <algorithm>
#include <utility>

#include "exmc/core/fault_point.hpp"
#include "exmc/runtime/wire.hpp"
#include "exmc/sampler/chain.hpp"

namespace exmc::app {
namespace {

using sampler::Stage;

/// A model's density that beats with every gradient. Learns coordinates where the model does.
class BeatingDensity : public density::ModelDensity {
 public:
  BeatingDensity(density::ModelDensity density, runtime::Pulse& pulse)
      : density::ModelDensity(std::move(density)), pulse_(&pulse) {}
  double log_density(const Eigen::VectorXd& position, Eigen::VectorXd& gradient) {
    const double lp = density::ModelDensity::log_density(position, gradient);
    pulse_->beat();
    return lp;
  }

 private:
  runtime::Pulse* pulse_;
};

using Chain = sampler::Chain<BeatingDensity>;

/// A task's state: where in its whole life the chain stands, and the sampler's own state. A chain that failed has a
/// reason in place of that; one that is to begin anew has neither.
struct TaskState {
  std::uint64_t iterations = 0;
  std::uint64_t failures = 0;  ///< of the chain so far, each of which ended a run of it
  bool begun = true;
  std::string reason{};
  sampler::ChainState chain{};
};

/// What a state keeps of a reason.
constexpr std::size_t kLongestReason = 200;

std::string encode(const TaskState& state) {
  runtime::Encoder out;
  out.put(state.iterations).put(state.failures).put(state.begun).put(state.reason);
  return out.put(state.begun ? sampler::encode(state.chain) : std::string()).take();
}

/// The state of a chain that cannot go on.
std::string failed_state(std::uint64_t iterations, std::uint64_t failures_before, const std::string& reason) {
  return encode(TaskState{iterations, failures_before + 1, false, reason.substr(0, kLongestReason), {}});
}

TaskState decode_task_state(const std::string& bytes) {
  runtime::Decoder in(bytes);
  TaskState state;
  state.iterations = in.get<std::uint64_t>();
  state.failures = in.get<std::uint64_t>();
  state.begun = in.get<bool>();
  state.reason = in.get_text();
  const std::string chain = in.get_text();
  if (state.begun) state.chain = sampler::decode_state(chain);
  return state;
}

runtime::ChainProgress progress_of(Stage stage, const sampler::Settings& settings) {
  switch (stage) {
    case Stage::warmup:
      return {"warmup", 0, longest_warmup(settings), 0, 0, 0};
    case Stage::settling:
      return {"settling", 0, settings.settle_iterations, 0, 0, 0};
    case Stage::sampling:
      return {"sampling", 0, settings.draws, 0, 0, 0};
    case Stage::complete:
      break;
  }
  return {"complete", 0, settings.draws, 0, 0, 0};
}

bool before_sampling(Stage stage) { return stage == Stage::warmup || stage == Stage::settling; }

FaultPhase fault_phase(Stage stage) {
  if (stage == Stage::warmup) return FaultPhase::warmup;
  return stage == Stage::settling ? FaultPhase::settling : FaultPhase::sampling;
}

class NutsTask final : public runtime::ChainTask {
 public:
  NutsTask(const NutsPlan& plan, ChainId id, Chain chain, const TaskState& from)
      : id_(id),
        key_{plan.seed, id},
        save_warmup_(plan.save_warmup),
        thin_(plan.thin),
        settings_(plan.settings),
        nodes_(plan.nodes),
        row_(plan.row),
        chain_(std::move(chain)),
        iterations_(from.iterations),
        failures_(from.failures) {}

  bool advance(runtime::Block& block, const std::function<bool(std::size_t)>& enough) override {
    const bool warmup = before_sampling(chain_.stage());
    block.chain = id_;
    block.begin = iterations_;
    block.warmup = warmup;
    // A chain's life begins with what comes before sampling.
    block.first = warmup ? iterations_ : (chain_.iteration() + thin_ - 1) / thin_;
    while (chain_.stage() != Stage::complete && before_sampling(chain_.stage()) == warmup) {
      fault_point(fault_phase(chain_.stage()), chain_.iteration());
      const std::uint64_t row = warmup ? kWarmupRows + iterations_ : chain_.iteration();
      const bool warms_itself_up = chain_.stage() == Stage::warmup;
      if (chain_.stage() != cost_.stage) cost_ = {chain_.stage(), 0, 0};
      sampler::TransitionStats stats = advance_chain();
      cost_.gradients += stats.n_steps;
      ++cost_.iterations;
      const std::int64_t node = blame(stats);
      ++iterations_;
      if (warms_itself_up && !before_sampling(chain_.stage())) block.tuning = sampler::encode(chain_.coordinates());
      if (warmup ? save_warmup_ : row % thin_ == 0) append_row(stats, node, row, block);
      if (enough(block.values.size() * sizeof(double))) break;
    }
    block.end = iterations_;
    block.state = encode(TaskState{iterations_, failures_, true, {}, chain_.state()});
    return chain_.stage() != Stage::complete;
  }

  [[nodiscard]] runtime::ChainProgress progress() const override {
    runtime::ChainProgress progress = progress_of(chain_.stage(), settings_);
    progress.iteration = chain_.iteration();
    progress.divergences = chain_.divergences();
    progress.step_size = chain_.coordinates().step_size;
    progress.gradients =
        cost_.iterations > 0 ? static_cast<double>(cost_.gradients) / static_cast<double>(cost_.iterations) : 0;
    return progress;
  }

 private:
  /// Random numbers of rows before the first draw are counted from here on.
  static constexpr std::uint64_t kWarmupRows = std::uint64_t{1} << 63;

  /// Gradients of the iterations of a stage that were run here.
  struct Cost {
    Stage stage;
    std::int64_t gradients, iterations;
  };

  sampler::TransitionStats advance_chain() {
    try {
      return chain_.advance();
    } catch (const SamplingError& error) {
      throw runtime::ChainFailed(error.what(), failed_state(iterations_, failures_, error.what()));
    }
  }

  /// Which node's density or gradient is not finite where the iteration ended, by its number; -1 where there is none. A
  /// parameter outside of its domain and an equation without a solution have reasons of their own.
  std::int64_t blame(sampler::TransitionStats& stats) {
    using sampler::Divergence;
    if (stats.reason != Divergence::density && stats.reason != Divergence::gradient) return -1;
    const auto fault = chain_.density().find_fault(chain_.given_up_at());
    if (!fault) return -1;
    if (fault->kind == density::DensityFault::Kind::outside) stats.reason = Divergence::outside;
    if (fault->kind == density::DensityFault::Kind::unsolved) stats.reason = Divergence::unsolved;
    const std::string node = fault->place.substr(0, fault->place.find('.'));
    const auto found = std::ranges::find(nodes_, node);
    return found == nodes_.end() ? -1 : found - nodes_.begin();
  }

  void append_row(const sampler::TransitionStats& stats, std::int64_t node, std::uint64_t row, runtime::Block& block) {
    const double statistics[] = {stats.lp,
                                 stats.acceptance_rate,
                                 stats.step_size,
                                 stats.energy,
                                 stats.energy_error,
                                 stats.max_energy_error,
                                 static_cast<double>(stats.tree_depth),
                                 static_cast<double>(stats.n_steps),
                                 stats.diverging ? 1.0 : 0.0,
                                 static_cast<double>(stats.reason),
                                 static_cast<double>(node),
                                 stats.reached_max_treedepth ? 1.0 : 0.0};
    std::vector<double>& values = block.values;
    values.insert(values.end(), std::begin(statistics), std::end(statistics));
    row_.append(chain_.density(), chain_.position(), {key_, row}, block.warmup, values);
    ++block.rows;
  }

  ChainId id_;
  StreamKey key_;
  bool save_warmup_;
  std::uint64_t thin_;
  sampler::Settings settings_;
  std::vector<std::string> nodes_;
  DrawRow row_;
  Chain chain_;
  std::uint64_t iterations_;  ///< of the chain's whole life
  std::uint64_t failures_;    ///< of the chain before
  Cost cost_{Stage::complete, 0, 0};
};

Chain make_chain(const NutsPlan& plan, StreamKey key, const std::string& tuning, const TaskState& from,
                 runtime::Pulse& pulse) {
  BeatingDensity density(density::ModelDensity(plan.program), pulse);
  constexpr std::uint64_t attempts = 1000;  // more than the starts of a chain take
  sampler::Settings settings = plan.settings;
  if (plan.start) settings.start = plan.start(key.chain);
  settings.start.first_attempt = attempts * from.failures;
  if (!from.begun) {
    return tuning.empty() ? Chain(std::move(density), settings, key)
                          : Chain(std::move(density), settings, key, sampler::decode_coordinates(tuning));
  }
  if (from.chain.stage == Stage::warmup) return {std::move(density), settings, key, from.chain};
  return {std::move(density), settings, key, sampler::decode_coordinates(tuning), from.chain};
}

}  // namespace

const std::vector<io::Column>& statistics_columns() {
  using io::Storage;
  static const std::vector<io::Column> columns = {
      {"lp", {}, Storage::float64},           {"acceptance_rate", {}, Storage::float64},
      {"step_size", {}, Storage::float64},    {"energy", {}, Storage::float64},
      {"energy_error", {}, Storage::float64}, {"max_energy_error", {}, Storage::float64},
      {"tree_depth", {}, Storage::int64},     {"n_steps", {}, Storage::int64},
      {"diverging", {}, Storage::boolean},    {"reason", {}, Storage::int64},
      {"node", {}, Storage::int64},           {"reached_max_treedepth", {}, Storage::boolean}};
  return columns;
}

StateFacts facts_of(const std::string& state, const std::string& tuning, const sampler::Settings& settings) {
  const TaskState task = decode_task_state(state);
  const sampler::ChainState& chain = task.chain;
  StateFacts facts;
  facts.iterations = task.iterations;
  facts.failure = task.reason;
  facts.failures = task.failures;
  facts.begun = task.begun;
  if (!task.begun) {
    if (!task.reason.empty()) facts.progress.stage = "failed";
    return facts;
  }
  facts.own_warmup = chain.stage == Stage::warmup;
  facts.settled = chain.settled;
  facts.complete = !before_sampling(chain.stage) && chain.iteration >= settings.draws;
  const Stage now = before_sampling(chain.stage) ? chain.stage : facts.complete ? Stage::complete : Stage::sampling;
  facts.progress = progress_of(now, settings);
  facts.progress.iteration = chain.iteration;
  facts.progress.divergences = chain.divergences;
  if (facts.own_warmup) facts.progress.step_size = chain.warmup.coordinates.step_size;
  if (!tuning.empty()) facts.progress.step_size = sampler::decode_coordinates(tuning).step_size;
  return facts;
}

std::string begun_anew(const std::string& failed) {
  return encode(TaskState{0, decode_task_state(failed).failures, false, {}, {}});
}

StateSizes state_sizes(const density::ModelDensity& density, const sampler::Settings& settings) {
  const std::size_t dimension = density.dimension();
  const auto length = static_cast<Eigen::Index>(dimension);
  TaskState task;
  task.chain.position.resize(length);
  StateSizes sizes;
  sizes.state = std::max(encode(task).size(), failed_state(0, 0, std::string(kLongestReason, ' ')).size());
  sampler::Coordinates coordinates = sampler::Coordinates::initial(settings.metric, length);
  coordinates.learned = sampler::learned_by(density);
  sizes.tuning = sampler::encode(coordinates).size() + sampler::most_metric_bytes(settings.metric, length);
  task.chain.warmup.window.positions.assign(most_positions(settings, dimension), task.chain.position);
  sizes.warmup_state = encode(task).size() + sizes.tuning;
  return sizes;
}

std::unique_ptr<runtime::ChainTask> NutsFactory::make(ChainId chain, const std::string& tuning,
                                                      const std::string& state, runtime::Pulse& pulse) {
  const TaskState from = state.empty() ? TaskState{0, 0, false, {}, {}} : decode_task_state(state);
  try {
    return std::make_unique<NutsTask>(plan_, chain, make_chain(plan_, {plan_.seed, chain}, tuning, from, pulse), from);
  } catch (const SamplingError& error) {
    throw runtime::ChainFailed(error.what(), failed_state(from.iterations, from.failures, error.what()));
  }
}

}  // namespace exmc::app
