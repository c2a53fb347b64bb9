#include "exmc/sampler/trajectory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "lanes.hpp"

namespace exmc::sampler {
namespace {

/// Weights are sums of exponentials kept as such, since a logarithm per merge would cost more than a small model's
/// gradient. One above e^500 makes it the new unit, which leaves room for 2^400 points below overflow.
constexpr double kLargestLogWeight = 500;

/// The inner products that decide whether a union still moves apart: the sum of all momenta, that of the earlier tree
/// with b's and that of the later tree with a's, each with the momenta at its ends; a and b are neighbours at the seam.
struct EndProducts {
  double whole_first, whole_last, left_first, left_b, right_a, right_last;

  [[nodiscard]] bool positive() const {
    return whole_first > 0 && whole_last > 0 && left_first > 0 && left_b > 0 && right_a > 0 && right_last > 0;
  }
};

/// Of four points, whose sum of momenta it writes. With the products that both pairs and the seam know already, three
/// inner products make all six.
EndProducts join_pairs(const Tree& earlier, const Tree& later, Eigen::VectorXd& sum) {
  const double *const first = earlier.first->momentum.data(), *const a = earlier.last->momentum.data();
  const double *const b = later.first->momentum.data(), *const last = later.last->momentum.data();
  const auto add = [&, sum = sum.data()]<int W>(Eigen::Index i, std::array<Lanes<W>, 3>& products) {
    const Lanes<W> p1 = load<W>(first + i), p2 = load<W>(a + i), p3 = load<W>(b + i), p4 = load<W>(last + i);
    store<W>(sum + i, (p1 + p2) + (p3 + p4));
    products[0] += p1 * p3;
    products[1] += p1 * p4;
    products[2] += p2 * p4;
  };
  const auto [first_b, first_last, a_last] = sums_over<4, 3>(sum.size(), add);
  const double seam = later.first->with_previous;
  const double left_first = earlier.with_first + first_b, right_last = a_last + later.with_last;
  return {.whole_first = left_first + first_last,
          .whole_last = first_last + right_last,
          .left_first = left_first,
          .left_b = first_b + seam + 2 * later.first->kinetic,
          .right_a = 2 * earlier.last->kinetic + seam + a_last,
          .right_last = right_last};
}

/// Of larger trees, whose sums of momenta it adds.
EndProducts join_subtrees(Tree& earlier, const Tree& later) {
  const double *const first = earlier.first->momentum.data(), *const a = earlier.last->momentum.data();
  const double *const b = later.first->momentum.data(), *const last = later.last->momentum.data();
  const auto add = [&, sum_a = earlier.momenta.data(), sum_b = later.momenta.data()]<int W>(
                       Eigen::Index i, std::array<Lanes<W>, 6>& products) {
    const Lanes<W> p1 = load<W>(first + i), p2 = load<W>(a + i), p3 = load<W>(b + i), p4 = load<W>(last + i);
    const Lanes<W> before = load<W>(sum_a + i), after = load<W>(sum_b + i);
    store<W>(sum_a + i, before + after);
    products[0] += after * p1;
    products[1] += before * p4;
    products[2] += p3 * p1;
    products[3] += before * p3;
    products[4] += after * p2;
    products[5] += p2 * p4;
  };
  const auto [after_first, before_last, b_first, before_b, after_a, a_last] =
      sums_over<4, 6>(earlier.momenta.size(), add);
  return {.whole_first = earlier.with_first + after_first,
          .whole_last = before_last + later.with_last,
          .left_first = earlier.with_first + b_first,
          .left_b = before_b + 2 * later.first->kinetic,
          .right_a = after_a + 2 * earlier.last->kinetic,
          .right_last = a_last + later.with_last};
}

void make_leaf(Tree& tree, PhasePoint& point, double weight) {
  tree.first = tree.last = tree.proposal = &point;
  tree.size = 1;
  tree.weight = weight;
  tree.with_first = tree.with_last = 2 * point.kinetic;
}

/// Makes `earlier` the union with the tree after it; the sums of momenta are joined already.
void merge(Tree& earlier, const Tree& later, bool take_later) {
  // A table instead of a branch, which chance would make the processor mispredict half of the time.
  PhasePoint* const proposals[] = {earlier.proposal, later.proposal};
  earlier.proposal = proposals[take_later];
  earlier.last = later.last;
  earlier.size += later.size;
  earlier.weight += later.weight;
}

Divergence reason_of(const PhasePoint& point) {
  if (std::isfinite(point.energy())) return Divergence::energy;
  if (!std::isfinite(point.lp)) return Divergence::density;
  return point.gradient.allFinite() ? Divergence::energy : Divergence::gradient;
}

std::size_t points_needed(int max_depth) {
  // Three of the trajectory, three of each tree on the stack, and the one being integrated to.
  return 3 * (static_cast<std::size_t>(max_depth) + 1) + 1;
}

}  // namespace

bool join_momenta(Tree& earlier, const Tree& later) {
  if (earlier.size == 1) {  // all three sums are the same
    const double seam = later.first->with_previous;
    earlier.with_first += seam;
    earlier.with_last = seam + later.with_last;
    return earlier.with_first > 0 && earlier.with_last > 0;
  }
  const EndProducts products =
      earlier.size == 2 ? join_pairs(earlier, later, earlier.momenta) : join_subtrees(earlier, later);
  earlier.with_first = products.whole_first;
  earlier.with_last = products.whole_last;
  return products.positive();
}

Trajectory::Trajectory(Eigen::Index dimension, int max_depth)
    : max_depth_(dimension == 0 ? 0 : max_depth),
      points_(dimension, points_needed(max_depth_)),
      current_(&points_.acquire()),
      stack_(static_cast<std::size_t>(max_depth_) + 1) {
  whole_.momenta.resize(dimension);
  for (Tree& tree : stack_) tree.momenta.resize(dimension);
}

void Trajectory::begin(RandomStream& random) {
  const Eigen::Index n = current_->momentum.size();
  for (Eigen::Index i = 0; i < n; ++i) current_->momentum[i] = random.normal();
  current_->kinetic = 0.5 * dot(current_->momentum.data(), current_->momentum.data(), n);
  initial_energy_ = current_->energy();
  log_reference_ = 0;
  make_leaf(whole_, *current_, 1);
  keep(whole_, {});
  backwards_ = false;
  stack_size_ = 0;
  depth_ = 0;
  acceptance_sum_ = 0;
  stats_ = {};
}

double Trajectory::extend(RandomStream& random) {
  const bool backwards = random.uniform() < 0.5;
  if (backwards != backwards_) {
    std::swap(whole_.first, whole_.last);
    std::swap(whole_.with_first, whole_.with_last);
  }
  backwards_ = backwards;
  edge_ = whole_.last;
  added_ = 0;
  return backwards ? -1 : 1;
}

bool Trajectory::add(PhasePoint& point, RandomStream& random) {
  const double energy = std::isfinite(point.energy()) ? point.energy() : std::numeric_limits<double>::infinity();
  const double error = energy - initial_energy_;
  ++stats_.n_steps;
  if (std::abs(error) > std::abs(stats_.max_energy_error)) stats_.max_energy_error = error;
  push_leaf(point, -error);
  if (error > kMaxEnergyError) {
    stats_.diverging = true;
    stats_.reason = reason_of(point);
    given_up_ = &point;
    return false;
  }
  // A tree is complete, and joins its left neighbour, for every trailing one of its number in binary.
  for (std::uint64_t number = added_; (number & 1) != 0; number >>= 1) {
    Tree& later = stack_[--stack_size_];
    Tree& earlier = stack_[stack_size_ - 1];
    const bool apart = join_momenta(earlier, later);
    merge(earlier, later, random.uniform() * (earlier.weight + later.weight) < later.weight);
    if (!apart) return false;
  }
  keep(stack_[stack_size_ - 1], stack_size_ == 1 ? whole_.kept : stack_[stack_size_ - 2].kept);
  ++added_;
  edge_ = &point;
  return true;
}

bool Trajectory::absorb(RandomStream& random) {
  Tree& doubling = stack_[--stack_size_];
  ++depth_;
  const bool apart = join_momenta(whole_, doubling);
  merge(whole_, doubling, doubling.weight >= whole_.weight || random.uniform() * whole_.weight < doubling.weight);
  keep(whole_, {});
  return apart;
}

TransitionStats Trajectory::finish() {
  current_ = whole_.proposal;
  stats_.lp = current_->lp;
  stats_.energy = current_->energy();
  stats_.energy_error = stats_.energy - initial_energy_;
  stats_.acceptance_rate = stats_.n_steps == 0 ? 1 : acceptance_sum_ / static_cast<double>(stats_.n_steps);
  stats_.tree_depth = depth_;
  stats_.reached_max_treedepth = depth_ > 0 && depth_ == max_depth_;
  return stats_;
}

void Trajectory::push_leaf(PhasePoint& point, double log_weight) {
  if (log_weight - log_reference_ > kLargestLogWeight) rescale_weights(log_weight);
  Tree& leaf = stack_[stack_size_++];
  make_leaf(leaf, point, std::exp(log_weight - log_reference_));
  acceptance_sum_ += std::min(1.0, log_reference_ == 0 ? leaf.weight : std::exp(log_weight));
}

void Trajectory::keep(Tree& top, const PointSet& below) {
  PointSet kept = below;
  for (const PhasePoint* const point : {top.first, top.last, top.proposal}) kept |= *point;
  top.kept = kept;
  points_.keep_only(kept);
}

void Trajectory::rescale_weights(double log_reference) {
  const double factor = std::exp(log_reference_ - log_reference);
  whole_.weight *= factor;
  for (std::size_t level = 0; level < stack_size_; ++level) stack_[level].weight *= factor;
  log_reference_ = log_reference;
}

}  // namespace exmc::sampler
