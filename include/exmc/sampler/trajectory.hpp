#pragma once

#include <Eigen/Core>
#include <vector>

#include "exmc/core/random.hpp"
#include "exmc/sampler/phase_point.hpp"
#include "exmc/sampler/settings.hpp"

namespace exmc::sampler {

/// An energy error beyond this is a divergence (Betancourt 2017, "A conceptual introduction to Hamiltonian Monte
/// Carlo", appendix A; Stan's value).
inline constexpr double kMaxEnergyError = 1000;

/// A balanced binary tree over consecutive points of a trajectory, in order of integration.
struct Tree {
  PhasePoint* first = nullptr;
  PhasePoint* last = nullptr;
  PhasePoint* proposal = nullptr;  ///< drawn from the tree's points with probabilities proportional to their weights
  std::uint64_t size = 0;          ///< number of points, a power of two
  double weight = 0;               ///< sum over its points of exp(initial energy - energy), relative to the reference
  Eigen::VectorXd momenta;         ///< their sum, rho in the papers; not set for a tree of one or two points
  double with_first = 0;           ///< inner product of that sum with the first momentum
  double with_last = 0;            ///< and with the last
  PointSet kept;                   ///< its ends and proposal, and those of the trees below it on the stack
};

/// Gives `earlier` the momenta and products of its union with `later`, two trees of equal size, the first of which ends
/// where the other's first point was integrated from, and tells whether the union still moves apart: the generalised
/// U-turn criterion (Betancourt 2017, A.4.2) on the union and on the two trees made of one half and the other's
/// neighbouring point, without which a trajectory that closes on itself can pass unnoticed (Stan since 2.21).
[[nodiscard]] bool join_momenta(Tree& earlier, const Tree& later);

/// The trajectory of one transition of the No-U-Turn sampler with multinomial weights and biased progressive sampling
/// (Hoffman & Gelman 2014; Betancourt 2017, appendix A), and the memory for it. It grows by doubling: extend() picks a
/// direction, the integrator feeds 2^depth points to add(), and absorb() joins them. Trees share points, so no vector
/// is copied. Allocates only when made. Where there are no dimensions there is nowhere to go: it never grows.
class Trajectory {
 public:
  Trajectory(Eigen::Index dimension, int max_depth);
  Trajectory(const Trajectory&) = delete;
  Trajectory& operator=(const Trajectory&) = delete;
  Trajectory(Trajectory&&) noexcept = default;
  Trajectory& operator=(Trajectory&&) noexcept = default;

  /// The chain's point: position, log density and gradient are kept between transitions.
  [[nodiscard]] PhasePoint& current() { return *current_; }
  [[nodiscard]] const PhasePoint& current() const { return *current_; }
  /// Memory for the next point of the trajectory.
  [[nodiscard]] PointPool& points() { return points_; }

  /// Draws the momentum of the current point (standard normal) and makes it the trajectory.
  void begin(RandomStream& random);
  [[nodiscard]] bool may_grow() const { return depth_ < max_depth_; }
  [[nodiscard]] int depth() const { return depth_; }
  /// Picks the direction of time of the next doubling: 1 or -1.
  [[nodiscard]] double extend(RandomStream& random);
  /// The point to integrate from.
  [[nodiscard]] const PhasePoint& edge() const { return *edge_; }
  /// Takes the next point of the doubling. False: it diverged or a part of the doubling has turned; all of it is void.
  [[nodiscard]] bool add(PhasePoint& point, RandomStream& random);
  /// Joins the completed doubling. False when the trajectory has turned.
  [[nodiscard]] bool absorb(RandomStream& random);
  /// Where the last transition diverged, if it did: valid until the next one begins.
  [[nodiscard]] const Eigen::VectorXd& given_up_at() const { return given_up_->position; }
  /// Makes the proposal the current point and reports (step_size is left to the caller).
  TransitionStats finish();

 private:
  void push_leaf(PhasePoint& point, double log_weight);
  void keep(Tree& top, const PointSet& below);
  void rescale_weights(double log_reference);

  int max_depth_;
  PointPool points_;
  PhasePoint* current_;
  const PhasePoint* edge_ = nullptr;
  Tree whole_;
  bool backwards_ = false;   ///< whether whole_.last is its earliest point
  std::vector<Tree> stack_;  ///< completed trees of the present doubling, each half as large as the one below or less
  std::size_t stack_size_ = 0;
  std::uint64_t added_ = 0;  ///< points of the present doubling
  int depth_ = 0;
  double initial_energy_ = 0;
  double log_reference_ = 0;  ///< logarithm of the unit in which weights are kept
  double acceptance_sum_ = 0;
  const PhasePoint* given_up_ = nullptr;
  TransitionStats stats_;
};

}  // namespace exmc::sampler
