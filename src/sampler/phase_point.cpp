#include "exmc/sampler/phase_point.hpp"

#include <stdexcept>

namespace exmc::sampler {

PointPool::PointPool(Eigen::Index dimension, std::size_t points) : points_(points + 1), next_(points_.data()) {
  if (points >= PointSet::kMost) throw std::logic_error("a pool of more points than a set of them can name");
  unsigned number = 0;
  for (PhasePoint& point : points_) {
    point.position.resize(dimension);
    point.momentum.resize(dimension);
    point.gradient.resize(dimension);
    point.number = number++;
  }
}

}  // namespace exmc::sampler
