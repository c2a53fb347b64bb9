#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "exmc/density/point_transform.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::density {

/// A model at one point.
struct Evaluation {
  /// What the sampler sees: the log density of the unconstrained position with all constants and log-Jacobians, and its
  /// gradient.
  double log_density = 0;
  Eigen::VectorXd gradient;

  /// By node: what random variables and potentials add on the constrained scale, and what the transform of each
  /// parameter does. All together they are `log_density`, but for rounding.
  std::map<std::string, double> terms, log_jacobians;
  /// The sums of these.
  double without_jacobian = 0, log_jacobian = 0;

  std::map<std::string, Array> values;  ///< constrained parameters and saved quantities
};

/// A model's log density taken apart, at any point: slower than a ModelDensity, which it has one of.
class Evaluator {
 public:
  /// @throws InputError as compile()
  explicit Evaluator(const ir::Model& model, std::uint64_t memory_limit = kDefaultMemory);

  [[nodiscard]] const ModelDensity& density() const { return density_; }
  [[nodiscard]] PointTransform& transform() { return transform_; }
  /// @param position  unconstrained, dimension() elements
  [[nodiscard]] Evaluation evaluate(const Eigen::VectorXd& position);

 private:
  [[nodiscard]] double log_jacobian(std::size_t parameter, const Eigen::VectorXd& position);
  [[nodiscard]] std::span<const double> saved(const SavedVariable& variable) const;

  std::shared_ptr<const Program> program_;
  ModelDensity density_;
  PointTransform transform_;
  std::vector<ModelDensity> jacobians_;  ///< of the parameters: over what is sampled of one, then its bounds
  std::vector<double> row_;
};

}  // namespace exmc::density
