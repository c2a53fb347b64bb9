#pragma once

#include <Eigen/Core>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/density/model_density.hpp"

namespace exmc::density {

/// Values of parameters by name, constrained: of some or of all.
using NamedValues = std::map<std::string, Array>;

/// What is wrong with values of parameters.
struct PointFault {
  std::string parameter;  ///< empty where one is missing
  std::string element;    ///< "[2, 0]"; empty for a scalar, and for what concerns all of it
  std::string reason;     ///< "expected a positive number, found -1"
};

/// From constrained values to the unconstrained position, the inverse of what the density does.
class PointTransform {
 public:
  /// @param program  compiled with OutputSelection::bounds
  explicit PointTransform(std::shared_ptr<const Program> program);

  /// A name that no parameter has, another shape than the parameter's or, where `every` parameter is asked for, one
  /// that is missing.
  [[nodiscard]] std::optional<PointFault> find_misfit(const NamedValues& values, bool every) const;

  /// Replaces what belongs to these parameters in `position`, dimension() elements; bounds that are expressions are
  /// evaluated with the parameters that they depend on, given or as they stand in the position.
  /// @return the first value that is outside of its support; then the position is of no use.
  [[nodiscard]] std::optional<PointFault> place(const NamedValues& values, Eigen::VectorXd& position);
  /// The same of those parameters alone whose support does not depend on others.
  [[nodiscard]] std::optional<PointFault> find_outside(const NamedValues& values);

  [[nodiscard]] std::size_t dimension() const { return density_.dimension(); }

 private:
  [[nodiscard]] std::optional<PointFault> place_all(const NamedValues& values, bool fixed_only,
                                                    Eigen::VectorXd& position);
  [[nodiscard]] const FreeParameter& parameter(const std::string& name) const;
  [[nodiscard]] const double* bound(OutputGroup group, const std::string& name) const;

  std::shared_ptr<const Program> program_;
  ModelDensity density_;
  std::vector<double> row_;  ///< the saved quantities, bounds among them
};

}  // namespace exmc::density
