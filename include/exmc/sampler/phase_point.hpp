#pragma once

#include <Eigen/Core>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace exmc::sampler {

/// A point of the Hamiltonian's phase space. With the inverse mass matrix factored as L L', momenta are kept in the
/// coordinates in which the mass is the identity (L'p): the tree need not know of any metric.
struct PhasePoint {
  Eigen::VectorXd position;  ///< unconstrained scale, d
  Eigen::VectorXd momentum;  ///< whitened: standard normal when drawn
  Eigen::VectorXd gradient;  ///< of the log density at the position, as Metric::prepare_gradient leaves it
  double lp = 0;             ///< log density at the position
  double kinetic = 0;        ///< half the squared norm of the momentum
  double with_previous = 0;  ///< inner product of the momentum with that of the point it was integrated from
  unsigned number = 0;       ///< in its pool

  [[nodiscard]] double energy() const { return kinetic - lp; }
};

/// Points of one pool, by their numbers. Only a deep trajectory has any from 64 on, and the word for them is touched
/// only then: else compilers copy both words as one vector, which the processor cannot read before both have left for
/// the cache.
class PointSet {
 public:
  static constexpr unsigned kMost = 128;

  PointSet() = default;
  PointSet(const PointSet& other) : low_(other.low_) { *this = other; }
  PointSet& operator=(const PointSet& other) {
    low_ = other.low_;
    if (high_ != other.high_) [[unlikely]] {
      high_ = other.high_;
    }
    return *this;
  }

  PointSet& operator|=(const PhasePoint& point) {
    const std::uint64_t bit = std::uint64_t{1} << (point.number % 64);
    if (point.number < 64) [[likely]] {
      low_ |= bit;
    } else {
      high_ |= bit;
    }
    return *this;
  }
  /// The least number that is not in the set.
  [[nodiscard]] unsigned first_absent() const {
    const int in_low = std::countr_one(low_);
    return static_cast<unsigned>(in_low < 64 ? in_low : 64 + std::countr_one(high_));
  }

 private:
  std::uint64_t low_ = 0, high_ = 0;
};

/// All the points that a transition can need at once, allocated beforehand: trees share points instead of copying
/// vectors, and a point of which no tree knows any more is used again.
class PointPool {
 public:
  /// @param points at most how many are used at once. @throws std::logic_error unless fewer than PointSet::kMost.
  PointPool(Eigen::Index dimension, std::size_t points);

  /// A point whose contents are arbitrary. Which one was settled at the call before: it does not wait for what chance
  /// decided since, so that the processor can integrate on while it draws.
  PhasePoint& acquire() {
    PhasePoint& point = *next_;
    used_ |= point;
    next_ = &points_[used_.first_absent()];
    return point;
  }
  /// The point that acquire() will hand out next.
  [[nodiscard]] PhasePoint& upcoming() { return *next_; }
  /// Ends the use of all but these points.
  void keep_only(const PointSet& kept) { used_ = kept; }

 private:
  std::vector<PhasePoint> points_;  ///< never resized: trees hold pointers
  PointSet used_;
  PhasePoint* next_;
};

}  // namespace exmc::sampler
