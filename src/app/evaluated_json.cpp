#include <cmath>
#include <span>

#include "evaluated_point.hpp"
#include "json/parse.hpp"

namespace exmc::app {
namespace {

using json::Json;

Json number(double x) {
  if (std::isfinite(x)) return x;
  return std::isnan(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

Json numbers(std::span<const double> values) {
  Json list = Json::array();
  for (const double x : values) list.push_back(number(x));
  return list;
}

/// Row-major values as lists within lists.
Json nested(const Shape& shape, std::size_t axis, const double*& next) {
  if (axis == shape.size()) return number(*next++);
  Json list = Json::array();
  for (std::size_t i = 0; i < shape[axis]; ++i) list.push_back(nested(shape, axis + 1, next));
  return list;
}

Json array(const Array& values) {
  const double* next = values.values.data();
  return nested(values.shape, 0, next);
}

Json of_point(const ir::Model& model, const density::ModelDensity& density, const EvaluatedPoint& point) {
  if (!point.outside.empty()) return {{"log_density", "-inf"}, {"outside", point.outside}};
  const density::Evaluation& found = point.evaluation;
  Json terms = Json::object(), jacobians = Json::object(), gradient = Json::object(), values = Json::object();
  for (const ir::Node& node : model.nodes) {
    if (const auto term = found.terms.find(node.name); term != found.terms.end()) {
      terms[node.name] = number(term->second);
    }
    if (std::holds_alternative<ir::Generated>(node.kind)) continue;  // of a draw, not of a point
    for (const std::string& name : ir::value_names(node)) {
      if (const auto value = found.values.find(name); value != found.values.end()) values[name] = array(value->second);
    }
  }
  for (const density::FreeParameter& parameter : density.parameters()) {
    jacobians[parameter.name] = number(found.log_jacobians.at(parameter.name));
    gradient[parameter.name] = numbers({found.gradient.data() + parameter.offset, parameter.size});
  }
  const auto dimension = static_cast<std::size_t>(point.position.size());
  return {{"log_density", number(found.log_density)},
          {"without_jacobian", number(found.without_jacobian)},
          {"log_jacobian", number(found.log_jacobian)},
          {"nodes", terms},
          {"log_jacobians", jacobians},
          {"unconstrained", numbers({point.position.data(), dimension})},
          {"gradient", gradient},
          {"values", values}};
}

}  // namespace

std::string evaluated_json(const ir::Model& model, const density::ModelDensity& density,
                           const std::vector<EvaluatedPoint>& points, bool list) {
  Json all = Json::array();
  for (const EvaluatedPoint& point : points) all.push_back(of_point(model, density, point));
  const Json& shown = list ? all : all.front();
  return shown.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace exmc::app
