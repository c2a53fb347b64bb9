#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include "exmc/core/random.hpp"
#include "exmc/sampler/chain_state.hpp"
#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/metric.hpp"
#include "exmc/sampler/settings.hpp"
#include "exmc/sampler/starting_point.hpp"
#include "exmc/sampler/trajectory.hpp"
#include "exmc/sampler/transition.hpp"
#include "exmc/sampler/tuning.hpp"
#include "exmc/sampler/warmup_schedule.hpp"

namespace exmc::sampler {

/// One Markov chain: the No-U-Turn sampler with its warm-up, a function of density, settings and stream key alone. Each
/// iteration has random streams of its own, so a chain restored from state() goes on with the same bits.
///
/// Settling is what a chain does that is handed a tuning: from its own dispersed start it runs settle_iterations, the
/// first three quarters with a step size that adapts from the tuning's, the rest with the tuning's own. Where the mean
/// acceptance of the rest is below 0.1, or its mean log density more than three standard deviations below that of the
/// warm-up the tuning is from, it settles again from where it stands, at most three times, and is then flagged.
///
/// A density without parameters (dimension 0) is sampled trivially: no leapfrog steps, acceptance 1.
template <LogDensity Density>
class Chain {
 public:
  /// Warms itself up from where settings.start says.
  /// @throws SamplingError when it finds no start; InputError for settings out of range.
  Chain(Density density, const Settings& settings, StreamKey key)
      : Chain(std::move(density), settings, key, Tuning::initial(settings.metric, dimension_of(density)), Prepared{}) {
    find_start(density_, key_, settings_.start, trajectory_.current());
    metric_.prepare_gradient(trajectory_.current());
    restart_adaptation(tuning_.step_size);
    if (settings_.warmup_iterations == 0) end_warmup();
  }

  /// Settles from where settings.start says, with a tuning that is kept, then samples.
  /// @throws as above, and std::logic_error for a tuning of another dimension.
  Chain(Density density, const Settings& settings, StreamKey key, const Tuning& tuning)
      : Chain(std::move(density), settings, key, tuning, Prepared{}) {
    find_start(density_, key_, settings_.start, trajectory_.current());
    metric_.prepare_gradient(trajectory_.current());
    state_.stage = Stage::settling;
    begin_settling_round();
    if (settings_.settle_iterations == 0) begin_sampling();
  }

  /// Goes on with a warm-up of its own where state() was taken.
  /// @throws std::logic_error for a state of another stage or dimension.
  Chain(Density density, const Settings& settings, StreamKey key, const ChainState& state)
      : Chain(std::move(density), settings, key, state.warmup.tuning, state, state.stage == Stage::warmup) {}

  /// Goes on with settling or sampling where state() was taken; more draws than then may be asked for.
  /// @throws std::logic_error for a state of another stage or dimension.
  Chain(Density density, const Settings& settings, StreamKey key, const Tuning& tuning, const ChainState& state)
      : Chain(std::move(density), settings, key, tuning, state, state.stage != Stage::warmup) {
    if (state_.stage == Stage::complete || state_.stage == Stage::sampling) update_completion();
  }

  [[nodiscard]] Stage stage() const { return state_.stage; }
  /// Iterations done in this stage; when settling, in this round.
  [[nodiscard]] std::uint64_t iteration() const { return state_.iteration; }
  /// Settling rounds done before the present one, or before sampling began.
  [[nodiscard]] std::uint64_t round() const { return state_.round; }
  /// Divergent transitions while sampling.
  [[nodiscard]] std::uint64_t divergences() const { return state_.divergences; }
  /// Unconstrained.
  [[nodiscard]] const Eigen::VectorXd& position() const { return trajectory_.current().position; }
  /// Where the last iteration diverged, if it did. Unconstrained.
  [[nodiscard]] const Eigen::VectorXd& given_up_at() const { return trajectory_.given_up_at(); }
  /// Final once stage() is sampling or complete.
  [[nodiscard]] const Tuning& tuning() const { return tuning_; }
  /// False when no settling round reached what it asks for; known once stage() is sampling.
  [[nodiscard]] bool settled() const { return state_.settled; }

  [[nodiscard]] ChainState state() const {
    ChainState state = state_;
    state.position = position();
    if (state.stage == Stage::warmup) state.warmup.tuning = tuning_;
    return state;
  }

  /// One iteration. @throws SamplingError when the warm-up finds no metric or step size; std::logic_error when
  /// complete.
  TransitionStats advance() {
    if (state_.stage == Stage::complete) throw std::logic_error("a complete chain was asked for another iteration");
    RandomStream random = iteration_stream();
    const TransitionStats stats = transition(density_, metric_, step_size(), trajectory_, random);
    switch (state_.stage) {
      case Stage::warmup:
        adapt(stats);
        break;
      case Stage::settling:
        settle(stats);
        break;
      default:
        ++state_.iteration;
        state_.divergences += stats.diverging ? 1 : 0;
        update_completion();
    }
    return stats;
  }

 private:
  struct Prepared {};

  /// Everything but a position. By reference: a value would be moved from before the other arguments ask it for its
  /// dimension, or after, as the compiler likes.
  Chain(Density&& density, const Settings& settings, StreamKey key, const Tuning& tuning, Prepared)
      : density_(std::move(density)),
        settings_(checked(settings)),
        key_(key),
        schedule_(settings.metric == MetricKind::unit ? 0 : settings.warmup_iterations),
        tuning_(checked(tuning, dimension_of(density_))),
        metric_(tuning_),
        trajectory_(dimension_of(density_), settings.max_tree_depth) {}

  Chain(Density density, const Settings& settings, StreamKey key, const Tuning& tuning, const ChainState& state,
        bool fits)
      : Chain(std::move(density), settings, key, tuning, Prepared{}) {
    if (!fits || state.position.size() != dimension_of(density_)) {
      throw std::logic_error("a chain was restored from a state of another stage or dimension");
    }
    state_ = state;
    trajectory_.current().position = state.position;
    evaluate(density_, metric_, trajectory_.current());
  }

  [[nodiscard]] static Eigen::Index dimension_of(const Density& density) {
    return static_cast<Eigen::Index>(density.dimension());
  }

  [[nodiscard]] RandomStream iteration_stream() const {
    if (state_.stage == Stage::sampling) return {key_, Purpose::draw, state_.iteration};
    return {key_, Purpose::warmup, state_.round * settings_.settle_iterations + state_.iteration};
  }

  [[nodiscard]] double step_size() const {
    const bool exploring = state_.stage == Stage::warmup ||
                           (state_.stage == Stage::settling && state_.iteration < adapted_settling_iterations());
    return exploring ? state_.step.step_size() : tuning_.step_size;
  }

  void learn_step_size(const TransitionStats& stats) {
    if (stats.n_steps > 0) state_.step.update(stats.acceptance_rate, settings_.target_accept);
  }

  void adapt(const TransitionStats& stats) {
    const std::uint64_t iteration = state_.iteration++;
    learn_step_size(stats);
    if (iteration >= settings_.warmup_iterations / 2) state_.warmup.lp.add(stats.lp);
    if (schedule_.collects(iteration)) state_.warmup.moments.add(position());
    if (schedule_.ends_window(iteration)) {
      estimate_metric(state_.warmup.moments, tuning_);
      metric_ = Metric(tuning_);
      evaluate(density_, metric_, trajectory_.current());
      restart_adaptation(state_.step.step_size());
    }
    tuning_.step_size = state_.step.step_size();
    if (state_.iteration == settings_.warmup_iterations) end_warmup();
  }

  /// Begins to adapt the step size to a new metric, and to collect positions for the next.
  void restart_adaptation(double step_size) {
    if (dimension_of(density_) > 0) {
      RandomStream random(key_, Purpose::warmup, state_.iteration, kSearchNode);
      step_size = search_step_size(density_, metric_, step_size, trajectory_, random);
    }
    state_.step = DualAveraging::start(step_size, kSearchedStepAttraction * step_size);
    state_.warmup.moments = Moments::none(tuning_.metric, dimension_of(density_));
  }

  void end_warmup() {
    tuning_.step_size = state_.step.averaged_step_size();
    tuning_.lp_mean = state_.warmup.lp.mean;
    tuning_.lp_sd = state_.warmup.lp.sd();
    begin_sampling();
  }

  [[nodiscard]] std::uint64_t adapted_settling_iterations() const { return settings_.settle_iterations * 3 / 4; }

  void begin_settling_round() {
    state_.iteration = 0;
    state_.settling_acceptance = state_.settling_lp = 0;
    // The broadcast step is the one aimed at, not a searched one's first guess.
    state_.step = DualAveraging::start(tuning_.step_size, tuning_.step_size);
  }

  void settle(const TransitionStats& stats) {
    const std::uint64_t adapted = adapted_settling_iterations();
    if (state_.iteration < adapted) {
      learn_step_size(stats);
    } else {
      state_.settling_acceptance += stats.acceptance_rate;
      state_.settling_lp += stats.lp;
    }
    if (++state_.iteration < settings_.settle_iterations) return;
    state_.settled = has_settled(static_cast<double>(settings_.settle_iterations - adapted));
    if (state_.settled || state_.round == kMaxRepeatedSettlings) {
      begin_sampling();
    } else {
      ++state_.round;
      begin_settling_round();
    }
  }

  /// Looks at the `count` last iterations of a round.
  [[nodiscard]] bool has_settled(double count) const {
    const double rounding = 1e-9 * std::abs(tuning_.lp_mean);  // all that a density without parameters varies by
    return state_.settling_acceptance / count >= kSettledAcceptance &&
           state_.settling_lp / count >= tuning_.lp_mean - kSettledDistance * tuning_.lp_sd - rounding;
  }

  void begin_sampling() {
    state_.iteration = 0;
    state_.settling_acceptance = state_.settling_lp = 0;
    state_.step = {};
    state_.warmup = {};
    update_completion();
  }

  void update_completion() { state_.stage = state_.iteration < settings_.draws ? Stage::sampling : Stage::complete; }

  static constexpr std::uint64_t kSearchNode = 1;  ///< node of the stream for the step-size search before an iteration
  static constexpr double kSettledAcceptance = 0.1;
  static constexpr double kSettledDistance = 3;  ///< standard deviations of the warm-up's log density
  static constexpr std::uint64_t kMaxRepeatedSettlings = 3;

  Density density_;
  Settings settings_;
  StreamKey key_;
  WarmupSchedule schedule_;
  Tuning tuning_;
  Metric metric_;
  Trajectory trajectory_;
  ChainState state_;  ///< all but position and tuning, which live where they are used
};

}  // namespace exmc::sampler
