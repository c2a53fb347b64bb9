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

void PointPool::release_all_but(PhasePoint& kept) {
  free_.clear();
  for (PhasePoint& point : points_) {
    if (&point != &kept) free_.push_back(&point);
  }
  kept.users = kRoles;
}

}  // namespace exmc::sampler
