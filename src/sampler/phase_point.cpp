#include "exmc/sampler/phase_point.hpp"

namespace exmc::sampler {

PointPool::PointPool(Eigen::Index dimension, std::size_t points) : points_(points) {
  free_.reserve(points);
  for (PhasePoint& point : points_) {
    point.position.resize(dimension);
    point.momentum.resize(dimension);
    point.gradient.resize(dimension);
    free_.push_back(&point);
  }
}

void PointPool::keep_only(PhasePoint& kept) {
  kept.users = kRoles;
  if (free_.size() + 1 == points_.size()) return;
  free_.clear();
  for (PhasePoint& point : points_) {
    if (&point != &kept) free_.push_back(&point);
  }
}

}  // namespace exmc::sampler
