#include "evaluate.hpp"

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

#include "evaluated_point.hpp"
#include "exmc/config/points.hpp"
#include "exmc/core/error.hpp"
#include "job.hpp"
#include "memory.hpp"

namespace exmc::app {
namespace {

/// The unconstrained position that a point names.
/// @return nothing where it is outside of the model's supports, which `outside` says then
std::optional<Eigen::VectorXd> position_of(const config::Point& point, density::PointTransform& transform,
                                           std::string& outside) {
  const auto dimension = static_cast<Eigen::Index>(transform.dimension());
  if (point.unconstrained) {
    const auto found = static_cast<Eigen::Index>(point.unconstrained->size());
    if (found != dimension) {
      throw InputError(point.where("unconstrained"), "found " + std::to_string(found) + " numbers, expected " +
                                                         std::to_string(dimension) + ", the model's dimension");
    }
    return Eigen::VectorXd::Map(point.unconstrained->data(), found);
  }
  if (const auto fault = transform.find_misfit(point.values, true)) {
    throw InputError(point.where(fault->parameter), fault->reason);
  }
  Eigen::VectorXd position = Eigen::VectorXd::Zero(dimension);
  const auto found = transform.place(point.values, position);
  if (!found) return position;
  outside = found->parameter + found->element + ": " + found->reason;
  return std::nullopt;
}

}  // namespace

void evaluate_points(const Options& options) {
  const Job job = load_job(options, 1);
  density::Evaluator evaluator(job.model, memory_limit(job.config));
  const config::Points points = config::load_points(options.out);
  std::vector<EvaluatedPoint> evaluated;
  for (const config::Point& point : points.points) {
    EvaluatedPoint at{.where = point.where(), .outside = {}, .position = {}, .evaluation = {}};
    if (const auto position = position_of(point, evaluator.transform(), at.outside)) {
      at.position = *position;
      at.evaluation = evaluator.evaluate(*position);
    }
    evaluated.push_back(std::move(at));
  }
  const std::string text = options.format == TableFormat::json
                               ? evaluated_json(job.model, evaluator.density(), evaluated, points.list)
                               : evaluated_table(job.model, evaluator.density(), evaluated);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace exmc::app
