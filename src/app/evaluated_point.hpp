#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "exmc/density/evaluator.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::app {

/// A point of --log-density and what was found there.
struct EvaluatedPoint {
  std::string where;    ///< "points.json: [3]"
  std::string outside;  ///< not empty: the point is outside of the supports, so that there is nothing below
  Eigen::VectorXd position;
  density::Evaluation evaluation;
};

/// One JSON object for each point, in a list where the points were one. What is not finite stands there as "-inf",
/// "inf" or "nan".
[[nodiscard]] std::string evaluated_json(const ir::Model& model, const density::ModelDensity& density,
                                         const std::vector<EvaluatedPoint>& points, bool list);
/// The same as tables.
[[nodiscard]] std::string evaluated_table(const ir::Model& model, const density::ModelDensity& density,
                                          const std::vector<EvaluatedPoint>& points);

}  // namespace exmc::app
