#include "exmc/sampler/trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "lanes.hpp"

namespace exmc::sampler {
namespace {

/// Weights are sums of exponentials kept as such, since a logarithm per merge would cost more than a small model's
/// gradient. One above e^500 makes it the new unit, which leaves room for 2^400 points below overflow.
constexpr double kLargestLogWeight = 500;

/// For each tree two ends, the first and last point of the join, the neighbours a and b at the seam, and the sums.
struct Seam {
  const double* first;
  const double* a;
  const double* b;
  const double* last;
  const double* sum_a;
  const double* sum_b;
  double* sum;
};

/// Inner products of the three momentum sums (both trees, a's with b's first, b's with a's last) with the momenta at
/// their ends. All six in one pass, N elements from i on; writes the sum of both trees.
template <int N>
struct EndProducts {
  Lanes<N> whole_first = Lanes<N>::Zero(), whole_last = Lanes<N>::Zero();
  Lanes<N> left_first = Lanes<N>::Zero(), left_last = Lanes<N>::Zero();
  Lanes<N> right_first = Lanes<N>::Zero(), right_last = Lanes<N>::Zero();

  void add(const Seam& seam, Eigen::Index i) {
    const Lanes<N> first = load<N>(seam.first + i), last = load<N>(seam.last + i);
    const Lanes<N> a = load<N>(seam.a + i), b = load<N>(seam.b + i);
    const Lanes<N> sum_a = load<N>(seam.sum_a + i), sum_b = load<N>(seam.sum_b + i);
    const Lanes<N> whole = sum_a + sum_b, left = sum_a + b, right = sum_b + a;
    Eigen::Map<Lanes<N>>(seam.sum + i) = whole;
    whole_first += whole * first;
    whole_last += whole * last;
    left_first += left * first;
    left_last += left * b;
    right_first += right * a;
    right_last += right * last;
  }
};

bool join_subtrees(const Seam& seam, Eigen::Index n) {
  constexpr int kWidth = 4;
  EndProducts<kWidth> bulk;
  EndProducts<1> rest;
  Eigen::Index i = 0;
  for (; i + kWidth <= n; i += kWidth) bulk.add(seam, i);
  for (; i < n; ++i) rest.add(seam, i);
  const auto positive = [](const Lanes<kWidth>& lanes, const Lanes<1>& tail) {
    return sum_lanes<kWidth>(lanes) + tail[0] > 0;
  };
  return positive(bulk.whole_first, rest.whole_first) && positive(bulk.whole_last, rest.whole_last) &&
         positive(bulk.left_first, rest.left_first) && positive(bulk.left_last, rest.left_last) &&
         positive(bulk.right_first, rest.right_first) && positive(bulk.right_last, rest.right_last);
}

/// Of two points all three sums are the same.
bool join_leaves(const double* a, const double* b, double* sum, Eigen::Index n) {
  constexpr int kWidth = 8;
  Lanes<kWidth> first = Lanes<kWidth>::Zero(), last = first;
  Eigen::Index i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    const Lanes<kWidth> from = load<kWidth>(a + i), to = load<kWidth>(b + i), both = from + to;
    Eigen::Map<Lanes<kWidth>>(sum + i) = both;
    first += both * from;
    last += both * to;
  }
  double with_first = sum_lanes<kWidth>(first), with_last = sum_lanes<kWidth>(last);
  for (; i < n; ++i) {
    sum[i] = a[i] + b[i];
    with_first += sum[i] * a[i];
    with_last += sum[i] * b[i];
  }
  return with_first > 0 && with_last > 0;
}

/// Makes `earlier` the union with the tree after it; the sums of momenta are joined already.
void merge(Tree& earlier, const Tree& later, bool take_later) {
  // A table instead of a branch, which chance would make the processor mispredict half of the time.
  PhasePoint* const proposals[] = {earlier.proposal, later.proposal};
  earlier.proposal = proposals[take_later];
  earlier.last = later.last;
  earlier.weight += later.weight;
}

std::size_t points_needed(int max_depth) {
  // Three of the trajectory, three of each tree on the stack, and the one being integrated to.
  return 3 * (static_cast<std::size_t>(max_depth) + 1) + 1;
}

}  // namespace

bool join_momenta(Tree& earlier, const Tree& later) {
  const Eigen::Index n = earlier.momenta.size();
  const double* const a = earlier.last->momentum.data();
  const double* const b = later.first->momentum.data();
  if (earlier.is_leaf()) return join_leaves(a, b, earlier.momenta.data(), n);
  return join_subtrees({earlier.first->momentum.data(), a, b, later.last->momentum.data(), earlier.momenta.data(),
                        later.momenta.data(), earlier.momenta.data()},
                       n);
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
  whole_.first = whole_.last = whole_.proposal = current_;
  whole_.weight = 1;
  keep(whole_, {});
  backwards_ = false;
  stack_size_ = 0;
  depth_ = 0;
  acceptance_sum_ = 0;
  stats_ = {};
}

double Trajectory::extend(RandomStream& random) {
  const bool backwards = random.uniform() < 0.5;
  if (backwards != backwards_) std::swap(whole_.first, whole_.last);
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
  leaf.first = leaf.last = leaf.proposal = &point;
  leaf.weight = std::exp(log_weight - log_reference_);
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
