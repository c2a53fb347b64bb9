#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>

namespace exmc::sampler {

/// All the sampler knows of a model: a log density over R^d, up to a constant, and its gradient. Non-finite values mean
/// "not here"; exceptions pass through and end the chain.
template <class D>
concept LogDensity = requires(D& density, const D& constant, const Eigen::VectorXd& position,
                              Eigen::VectorXd& gradient) {
  { constant.dimension() } -> std::convertible_to<std::size_t>;
  { density.log_density(position, gradient) } -> std::convertible_to<double>;
};

}  // namespace exmc::sampler
