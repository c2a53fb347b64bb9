#include "nuts_task.hpp"

#include <span>
#include <utility>

#include "exmc/core/fault_point.hpp"
#include "exmc/runtime/wire.hpp"
#include "exmc/sampler/chain.hpp"

namespace exmc::app {
namespace {

using Chain = sampler::Chain<density::ModelDensity>;
using sampler::Stage;

/// A task's state: where in its whole life the chain stands, and the sampler's own state.
struct TaskState {
  std::uint64_t iterations = 0;
  sampler::ChainState chain;
};

std::string encode(const TaskState& state) {
  return runtime::Encoder().put(state.iterations).put(sampler::encode(state.chain)).take();
}

TaskState decode_task_state(const std::string& bytes) {
  runtime::Decoder in(bytes);
  TaskState state;
  state.iterations = in.get<std::uint64_t>();
  state.chain = sampler::decode_state(in.get_text());
  return state;
}

bool before_sampling(Stage stage) { return stage == Stage::warmup || stage == Stage::settling; }

FaultPhase fault_phase(Stage stage) {
  if (stage == Stage::warmup) return FaultPhase::warmup;
  return stage == Stage::settling ? FaultPhase::settling : FaultPhase::sampling;
}

class NutsTask final : public runtime::ChainTask {
 public:
  NutsTask(const NutsPlan& plan, ChainId id, Chain chain, std::uint64_t iterations)
      : id_(id),
        save_warmup_(plan.save_warmup),
        settings_(plan.settings),
        density_(plan.program),
        chain_(std::move(chain)),
        iterations_(iterations) {}

  bool advance(runtime::Block& block, const std::function<bool(std::size_t)>& enough) override {
    const bool warmup = before_sampling(chain_.stage());
    block.chain = id_;
    block.begin = iterations_;
    block.warmup = warmup;
    block.first = warmup ? iterations_ : chain_.iteration();  // a chain's life begins with what comes before sampling
    while (chain_.stage() != Stage::complete && before_sampling(chain_.stage()) == warmup) {
      fault_point(fault_phase(chain_.stage()), chain_.iteration());
      const sampler::TransitionStats stats = chain_.advance();
      ++iterations_;
      if (!warmup || save_warmup_) append_row(stats, block);
      if (enough(block.values.size() * sizeof(double))) break;
    }
    block.end = iterations_;
    block.state = encode(TaskState{iterations_, chain_.state()});
    return chain_.stage() != Stage::complete;
  }

  [[nodiscard]] std::string tuning() const override {
    return before_sampling(chain_.stage()) ? std::string{} : sampler::encode(chain_.tuning());
  }

  [[nodiscard]] runtime::ChainProgress progress() const override {
    runtime::ChainProgress progress;
    progress.iteration = chain_.iteration();
    progress.divergences = chain_.divergences();
    progress.step_size = chain_.tuning().step_size;
    switch (chain_.stage()) {
      case Stage::warmup:
        progress.stage = "warmup";
        progress.iterations = settings_.warmup_iterations;
        break;
      case Stage::settling:
        progress.stage = "settling";
        progress.iterations = settings_.settle_iterations;
        break;
      case Stage::sampling:
      case Stage::complete:
        progress.stage = chain_.stage() == Stage::complete ? "complete" : "sampling";
        progress.iterations = settings_.draws;
        break;
    }
    return progress;
  }

 private:
  void append_row(const sampler::TransitionStats& stats, runtime::Block& block) {
    const double statistics[] = {stats.lp,
                                 stats.acceptance_rate,
                                 stats.step_size,
                                 stats.energy,
                                 stats.energy_error,
                                 stats.max_energy_error,
                                 static_cast<double>(stats.tree_depth),
                                 static_cast<double>(stats.n_steps),
                                 stats.diverging ? 1.0 : 0.0,
                                 stats.reached_max_treedepth ? 1.0 : 0.0};
    std::vector<double>& values = block.values;
    values.insert(values.end(), std::begin(statistics), std::end(statistics));
    const std::size_t begin = values.size();
    values.resize(begin + density_.saved_size());
    density_.write_saved(chain_.position(), std::span(values).subspan(begin));
    ++block.rows;
  }

  ChainId id_;
  bool save_warmup_;
  sampler::Settings settings_;
  density::ModelDensity density_;  ///< for the saved quantities; the chain has its own
  Chain chain_;
  std::uint64_t iterations_;  ///< of the chain's whole life
};

Chain make_chain(const NutsPlan& plan, StreamKey key, const std::string& tuning, const TaskState* state) {
  density::ModelDensity density(plan.program);
  if (!state) {
    return tuning.empty() ? Chain(std::move(density), plan.settings, key)
                          : Chain(std::move(density), plan.settings, key, sampler::decode_tuning(tuning));
  }
  if (state->chain.stage == Stage::warmup) return {std::move(density), plan.settings, key, state->chain};
  return {std::move(density), plan.settings, key, sampler::decode_tuning(tuning), state->chain};
}

}  // namespace

const std::vector<io::Column>& statistics_columns() {
  using io::Storage;
  static const std::vector<io::Column> columns = {
      {"lp", {}, Storage::float64},           {"acceptance_rate", {}, Storage::float64},
      {"step_size", {}, Storage::float64},    {"energy", {}, Storage::float64},
      {"energy_error", {}, Storage::float64}, {"max_energy_error", {}, Storage::float64},
      {"tree_depth", {}, Storage::int64},     {"n_steps", {}, Storage::int64},
      {"diverging", {}, Storage::boolean},    {"reached_max_treedepth", {}, Storage::boolean}};
  return columns;
}

bool settled_according_to(const std::string& state) { return decode_task_state(state).chain.settled; }

std::unique_ptr<runtime::ChainTask> NutsFactory::make(ChainId chain, const std::string& tuning,
                                                      const std::string& state) {
  const StreamKey key{plan_.seed, chain};
  if (state.empty()) return std::make_unique<NutsTask>(plan_, chain, make_chain(plan_, key, tuning, nullptr), 0);
  const TaskState from = decode_task_state(state);
  return std::make_unique<NutsTask>(plan_, chain, make_chain(plan_, key, tuning, &from), from.iterations);
}

}  // namespace exmc::app
