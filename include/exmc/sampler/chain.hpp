#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "exmc/core/random.hpp"
#include "exmc/sampler/chain_state.hpp"
#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/coordinates.hpp"
#include "exmc/sampler/learning.hpp"
#include "exmc/sampler/metric.hpp"
#include "exmc/sampler/settings.hpp"
#include "exmc/sampler/trajectory.hpp"
#include "exmc/sampler/transition.hpp"
#include "exmc/sampler/warmup_rules.hpp"
#include "exmc/sampler/warmup_schedule.hpp"

namespace exmc::sampler {

/// One Markov chain: the No-U-Turn sampler with its warm-up, a function of density, settings and stream key alone. Each
/// iteration has random streams of its own, so a chain restored from state() goes on with the same bits.
///
/// Settling is what a chain does that is handed coordinates: from its own dispersed start it runs settle_iterations,
/// the first three quarters with a step size that adapts from a fresh search, the rest with the coordinates' own. Where
/// the rest has not arrived (Arrival), it settles again from where it stands; the third time, or at once where it has
/// come to a place that the coordinates are not for, it warms itself up from these coordinates instead. Where that
/// leaves it below, it has come by a place that it cannot leave: it begins again, from another start and with a warm-up
/// that knows of nothing. It is flagged as not settled when that, too, leaves it below.
///
/// A density without parameters (dimension 0) is sampled trivially: no leapfrog steps, acceptance 1.
template <LogDensity Density>
class Chain {
 public:
  /// Warms itself up from where settings.start says.
  /// @throws SamplingError when it finds no start; InputError for settings out of range.
  Chain(Density density, const Settings& settings, StreamKey key)
      : Chain(std::move(density), settings, key, initial_coordinates(settings, dimension_of(density)), Prepared{}) {
    start();
    begin_warmup();
  }

  /// Settles from where settings.start says, with coordinates that are kept, then samples.
  /// @throws as above, and std::logic_error for coordinates of another dimension.
  Chain(Density density, const Settings& settings, StreamKey key, const Coordinates& coordinates)
      : Chain(std::move(density), settings, key, coordinates, Prepared{}) {
    start();
    if (settings_.settle_iterations == 0) {
      begin_sampling();
    } else {
      begin_settling_round();
    }
  }

  /// Goes on with a warm-up of its own where state() was taken.
  /// @throws std::logic_error for a state of another stage or dimension.
  Chain(Density density, const Settings& settings, StreamKey key, const ChainState& state)
      : Chain(std::move(density), settings, key, state.warmup.coordinates, state, state.stage == Stage::warmup) {}

  /// Goes on with settling or sampling where state() was taken; more draws than then may be asked for.
  /// @throws std::logic_error for a state of another stage or dimension.
  Chain(Density density, const Settings& settings, StreamKey key, const Coordinates& coordinates,
        const ChainState& state)
      : Chain(std::move(density), settings, key, coordinates, state, state.stage != Stage::warmup) {
    if (state_.stage == Stage::complete || state_.stage == Stage::sampling) update_completion();
  }

  [[nodiscard]] Stage stage() const { return state_.stage; }
  /// Iterations done in this stage; when settling, in this round.
  [[nodiscard]] std::uint64_t iteration() const { return state_.iteration; }
  /// Settling rounds done before the present one, or before a warm-up or sampling began.
  [[nodiscard]] std::uint64_t round() const { return state_.round % kBegunAgain; }
  /// Divergent transitions while sampling.
  [[nodiscard]] std::uint64_t divergences() const { return state_.divergences; }
  /// Unconstrained, in the chain's coordinates.
  [[nodiscard]] const Eigen::VectorXd& position() const { return trajectory_.current().position; }
  /// The density, in the chain's coordinates.
  [[nodiscard]] Density& density() { return density_; }
  /// Where the last iteration diverged, if it did. Unconstrained.
  [[nodiscard]] const Eigen::VectorXd& given_up_at() const { return trajectory_.given_up_at(); }
  /// Final once stage() is sampling or complete.
  [[nodiscard]] const Coordinates& coordinates() const { return coordinates_; }
  /// False when neither settling nor a warm-up of its own reached what it should; known once stage() is sampling.
  [[nodiscard]] bool settled() const { return state_.settled; }

  [[nodiscard]] ChainState state() const {
    ChainState state = state_;
    state.position = position();
    if (state.stage == Stage::warmup) state.warmup.coordinates = coordinates_;
    return state;
  }

  /// One iteration. @throws SamplingError when the warm-up finds no metric or step size; std::logic_error when
  /// complete.
  TransitionStats advance() {
    if (state_.stage == Stage::complete) throw std::logic_error("a complete chain was asked for another iteration");
    RandomStream random = iteration_stream();
    TransitionStats stats = transition(density_, metric_, step_size(), trajectory_, random);
    stats.lp = model_lp(density_, position(), stats.lp);
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
  Chain(Density&& density, const Settings& settings, StreamKey key, const Coordinates& coordinates, Prepared)
      : density_(std::move(density)),
        settings_(checked(settings)),
        key_(key),
        schedule_(longest_warmup(settings)),
        coordinates_(checked(coordinates, dimension_of(density_))),
        metric_(coordinates_),
        trajectory_(dimension_of(density_), settings.max_tree_depth),
        unlearned_(learned_by(density_)) {
    take_coordinates(density_, coordinates_);
  }

  Chain(Density density, const Settings& settings, StreamKey key, const Coordinates& coordinates,
        const ChainState& state, bool fits)
      : Chain(std::move(density), settings, key, coordinates, Prepared{}) {
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

  void start(std::uint64_t first_attempt = 0) {
    Start from = settings_.start;
    from.first_attempt += first_attempt;
    find_sampled_start(density_, key_, from, trajectory_.current());
    metric_.prepare_gradient(trajectory_.current());
  }

  [[nodiscard]] RandomStream iteration_stream(std::uint64_t node = 0) const {
    if (state_.stage == Stage::sampling) return {key_, Purpose::draw, state_.iteration, node};
    const bool after_settling = state_.stage == Stage::warmup && state_.round > 0;
    const std::uint64_t after = state_.round < kBegunAgain ? kWarmupAfterSettling : kWarmupBegunAgain;
    const std::uint64_t before = after_settling ? after : state_.round * settings_.settle_iterations;
    return {key_, Purpose::warmup, before + state_.iteration, node};
  }

  [[nodiscard]] double step_size() const {
    const bool exploring = state_.stage == Stage::warmup ||
                           (state_.stage == Stage::settling && state_.iteration < adapted_settling_iterations());
    return exploring ? state_.step.step_size() : coordinates_.step_size;
  }

  void learn_step_size(const TransitionStats& stats) {
    if (stats.n_steps > 0) state_.step.update(stats.acceptance_rate, coordinates_.target_accept);
  }

  /// Begins to adapt the step size anew.
  void restart_adaptation(double step_size) {
    if (dimension_of(density_) > 0) {
      RandomStream random = iteration_stream(kSearchNode);
      step_size = search_step_size(density_, metric_, step_size, trajectory_, random);
    }
    state_.step = DualAveraging::start(step_size, kSearchedStepAttraction * step_size);
  }

  void begin_warmup() {
    state_.stage = Stage::warmup;
    state_.iteration = 0;
    state_.warmup.iterations = longest_warmup(settings_);
    restart_adaptation(coordinates_.step_size);
    if (state_.warmup.iterations == 0) end_warmup();
  }

  void adapt(const TransitionStats& stats) {
    const std::uint64_t iteration = state_.iteration++;
    learn_step_size(stats);
    note(stats, state_.step, state_.warmup);
    if (!state_.warmup.closing) {
      if (schedule_.collects(iteration)) state_.warmup.window.add(position());
      if (schedule_.ends_window(iteration)) end_window();
    }
    coordinates_.step_size = state_.step.step_size();
    if (state_.iteration == state_.warmup.iterations) end_warmup();
  }

  /// Learns from the window that ends here, and begins the next.
  void end_window() {
    WarmupState& warmup = state_.warmup;
    PhasePoint& current = trajectory_.current();
    const WindowEnd what = judge_window(warmup, state_.step.averaged_step_size(), state_.iteration, settings_);
    if (what.raise_target) coordinates_.target_accept = raised_target(coordinates_.target_accept);
    const bool last = what.closes || state_.iteration > schedule_.window_ends().back();
    learn_from(warmup.window.positions, last, settings_.metric, density_, coordinates_, current.position);
    metric_ = Metric(coordinates_);
    evaluate(density_, metric_, current);
    begin_window(what, state_.iteration, state_.step.averaged_step_size(), warmup);
    restart_adaptation(state_.step.step_size());
  }

  void end_warmup() {
    const WarmupState& warmup = state_.warmup;
    const ScalarMoments lp = warmup.lp.with(warmup.last_lp);
    coordinates_.step_size = state_.step.averaged_step_size();
    coordinates_.lp_mean = lp.mean;
    coordinates_.lp_sd = lp.sd();
    state_.settled = !(lp.mean < warmup.lp_floor);
    if (!state_.settled && state_.round < kBegunAgain) return begin_again();
    begin_sampling();
  }

  void begin_again() {
    state_.round += kBegunAgain;
    coordinates_ = initial_coordinates(settings_, dimension_of(density_));
    coordinates_.learned = unlearned_;
    take_coordinates(density_, coordinates_);
    metric_ = Metric(coordinates_);
    start(kAttemptsBefore);
    WarmupState warmup;
    warmup.lp_floor = state_.warmup.lp_floor;
    state_.warmup = std::move(warmup);
    begin_warmup();
  }

  [[nodiscard]] std::uint64_t adapted_settling_iterations() const { return settings_.settle_iterations * 3 / 4; }

  void begin_settling_round() {
    state_.stage = Stage::settling;
    state_.iteration = 0;
    state_.settling_acceptance = state_.settling_lp = 0;
    restart_adaptation(coordinates_.step_size);
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
    const auto count = static_cast<double>(settings_.settle_iterations - adapted);
    const Arrival arrival = arrival_of(coordinates_, state_.settling_acceptance / count, state_.settling_lp / count);
    if (arrival == Arrival::there) return begin_sampling();
    ++state_.round;
    if (arrival == Arrival::below && state_.round < kSettlingRounds) return begin_settling_round();
    state_.warmup.lp_floor = lp_floor(coordinates_);
    begin_warmup();
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
  /// Iterations of such warm-ups count from here on.
  static constexpr std::uint64_t kWarmupAfterSettling = std::uint64_t{1} << 62,
                                 kWarmupBegunAgain = kWarmupAfterSettling + (std::uint64_t{1} << 61);
  static constexpr std::uint64_t kBegunAgain = std::uint64_t{1} << 32;  ///< added to the rounds of one that did
  static constexpr std::uint64_t kAttemptsBefore = 500;                 ///< more than the first start takes

  Density density_;
  Settings settings_;
  StreamKey key_;
  WarmupSchedule schedule_;
  Coordinates coordinates_;
  Metric metric_;
  Trajectory trajectory_;
  std::string unlearned_;  ///< the density's coordinates where nothing is learned
  ChainState state_;       ///< all but position and coordinates, which live where they are used
};

}  // namespace exmc::sampler
