#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace exmc::sampler {

/// A point of the Hamiltonian's phase space. With the inverse mass matrix factored as L L', momentum and gradient are
/// kept in the coordinates in which the mass is the identity (L'p, L'grad): the tree need not know of any metric.
struct PhasePoint {
  Eigen::VectorXd position;  ///< unconstrained scale, d
  Eigen::VectorXd momentum;  ///< whitened: standard normal when drawn
  Eigen::VectorXd gradient;  ///< of the log density at the position, whitened
  double lp = 0;             ///< log density at the position
  double kinetic = 0;        ///< half the squared norm of the momentum
  int users = 0;             ///< how many ends and proposals of trees this point is; see PointPool

  [[nodiscard]] double energy() const { return kinetic - lp; }
};

/// All the points that a transition can need at once, allocated beforehand: trees share points instead of copying
/// vectors, and a point whose last user has gone is used again.
class PointPool {
 public:
  PointPool(Eigen::Index dimension, std::size_t points);

  /// A point whose contents are arbitrary. It begins as a tree of its own: first, last and proposal at once.
  PhasePoint& acquire() {
    PhasePoint& point = *free_.back();
    free_.pop_back();
    point.users = kRoles;
    return point;
  }
  void release(PhasePoint& point) {
    if (--point.users == 0) free_.push_back(&point);
  }
  /// Ends all use but that of one point, which is then as if just acquired. Costs next to nothing when no other is
  /// used.
  void keep_only(PhasePoint& kept);

 private:
  static constexpr int kRoles = 3;

  std::vector<PhasePoint> points_;  ///< never resized: trees hold pointers
  std::vector<PhasePoint*> free_;
};

}  // namespace exmc::sampler
