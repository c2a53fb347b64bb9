#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "evaluated_point.hpp"
#include "exmc/core/overloaded.hpp"
#include "exmc/diagnostics/summary.hpp"

namespace exmc::app {
namespace {

constexpr std::size_t kColumns = 4;
using Row = std::array<std::string, kColumns>;

std::string number(double x) { return std::isnan(x) ? "nan" : fmt::format("{:.10g}", x); }

/// Names at the left, numbers at the right.
std::string aligned(const std::vector<Row>& rows) {
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line = fmt::format("{:<{}}", row[0], widths[0]);
    for (std::size_t i = 1; i < kColumns; ++i) line += fmt::format("  {:>{}}", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string totals(const density::Evaluation& found) {
  return aligned({{"log density", number(found.log_density), "", ""},
                  {"without the Jacobian", number(found.without_jacobian), "", ""},
                  {"log Jacobian", number(found.log_jacobian), "", ""}});
}

std::string by_node(const ir::Model& model, const density::Evaluation& found) {
  std::vector<Row> rows{{"node", "log density", "log Jacobian", ""}};
  for (const ir::Node& node : model.nodes) {
    const auto term = found.terms.find(node.name);
    const auto jacobian = found.log_jacobians.find(node.name);
    const bool free = jacobian != found.log_jacobians.end();
    if (term == found.terms.end() && !free) continue;
    rows.push_back(
        {node.name, term == found.terms.end() ? "" : number(term->second), free ? number(jacobian->second) : "", ""});
  }
  return aligned(rows);
}

/// Unconstrained elements stand beside the constrained one only where there is one for each.
std::string by_parameter(const density::ModelDensity& density, const EvaluatedPoint& point) {
  std::vector<Row> rows{{"parameter", "value", "unconstrained", "gradient"}};
  for (const density::FreeParameter& parameter : density.parameters()) {
    const Array& value = point.evaluation.values.at(parameter.name);
    for (std::size_t i = 0; i < std::max(value.values.size(), parameter.size); ++i) {
      Row row{i < value.values.size() ? diagnostics::element_name(parameter.name, value.shape, i) : "", "", "", ""};
      if (i < value.values.size()) row[1] = number(value.values[i]);
      const auto at = static_cast<Eigen::Index>(parameter.offset + i);
      if (i < parameter.size) {
        row[2] = number(point.position[at]);
        row[3] = number(point.evaluation.gradient[at]);
      }
      rows.push_back(std::move(row));
    }
  }
  return aligned(rows);
}

/// Whether the values of a node follow from those of parameters.
bool is_computed(const ir::Node& node) {
  return std::visit(
      Overloaded{[](const ir::Derived&) { return true; }, [](const ir::Recurrence&) { return true; },
                 [](const ir::DifferentialEquation&) { return true; }, [](const ir::RandomVariable&) { return false; },
                 [](const ir::Potential&) { return false; }, [](const ir::Generated&) { return false; },
                 [](const ir::Imputed&) { return false; }},
      node.kind);
}

std::string expressions(const ir::Model& model, const density::Evaluation& found) {
  std::vector<Row> rows{{"expression", "value", "", ""}};
  for (const ir::Node& node : model.nodes) {
    if (!is_computed(node)) continue;
    for (const std::string& name : ir::value_names(node)) {
      const auto value = found.values.find(name);
      if (value == found.values.end()) continue;
      for (std::size_t i = 0; i < value->second.values.size(); ++i) {
        rows.push_back(
            {diagnostics::element_name(name, value->second.shape, i), number(value->second.values[i]), "", ""});
      }
    }
  }
  return rows.size() == 1 ? "" : "\n" + aligned(rows);
}

}  // namespace

std::string evaluated_table(const ir::Model& model, const density::ModelDensity& density,
                            const std::vector<EvaluatedPoint>& points) {
  std::string text;
  for (const EvaluatedPoint& point : points) {
    text += (text.empty() ? "" : "\n") + point.where + "\n";
    if (!point.outside.empty()) {
      text += "log density  -inf: outside the support, " + point.outside + "\n";
      continue;
    }
    text += totals(point.evaluation) + "\n" + by_node(model, point.evaluation) + "\n" + by_parameter(density, point) +
            expressions(model, point.evaluation);
  }
  return text;
}

}  // namespace exmc::app
