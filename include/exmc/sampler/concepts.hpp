#pragma once

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace exmc::sampler {

/// All the sampler knows of a model: a log density over R^d, up to a constant, and its gradient. Non-finite values mean
/// "not here"; exceptions pass through and end the chain.
template <class D>
concept LogDensity = requires(D& density, const D& constant, const Eigen::VectorXd& position,
                              Eigen::VectorXd& gradient) {
  { constant.dimension() } -> std::convertible_to<std::size_t>;
  { density.log_density(position, gradient) } -> std::convertible_to<double>;
};

/// A density that can be sampled in other coordinates than its model's, and learns which from draws. The positions that
/// log_density() takes are in the present coordinates (sampled positions); what it returns is the density over them,
/// Jacobian included. Model positions are the model's own, unconstrained.
/// - learns(): false where there is nothing to learn, and sampled positions are the model's.
/// - coordinates(): the present coordinates as bytes, always of the same length; set_coordinates() takes them back.
/// - learn(window): fits coordinates to positions sampled in the present ones, switches to them, and expresses the
///   positions in them. A function of coordinates and window alone.
/// - to_model(), from_model(): sampled position to model position and back, in place.
/// - log_jacobian(): log |d model position / d sampled position| at a sampled position.
template <class D>
concept LearnsCoordinates = LogDensity<D> &&
    requires(D& density, const D& constant, Eigen::VectorXd& position, const Eigen::VectorXd& sampled,
             std::string_view bytes, std::vector<Eigen::VectorXd>& window) {
  { constant.learns() } -> std::convertible_to<bool>;
  { constant.coordinates() } -> std::convertible_to<std::string>;
  density.set_coordinates(bytes);
  density.learn(window);
  density.to_model(position);
  density.from_model(position);
  { density.log_jacobian(sampled) } -> std::convertible_to<double>;
};

/// A density that knows what a gradient costs, in floating-point operations: the same number on every machine.
template <class D>
concept KnowsItsCost = requires(const D& density) {
  { density.cost() } -> std::convertible_to<double>;
};

}  // namespace exmc::sampler
