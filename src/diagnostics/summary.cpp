#include "exmc/diagnostics/summary.hpp"

#include <algorithm>

namespace exmc::diagnostics {

std::string element_name(const std::string& variable, const Shape& shape, std::size_t element) {
  if (shape.empty()) return variable;
  std::string indices;
  for (std::size_t axis = shape.size(); axis-- > 0; element /= shape[axis]) {
    const std::string index = std::to_string(element % shape[axis]);
    indices = indices.empty() ? index : index + ", " + indices;
  }
  return variable + "[" + indices + "]";
}

SummaryRow summarise(const std::string& name, const DrawsView& draws) {
  SummaryRow row;
  row.name = name;
  row.mean = mean(draws);
  row.sd = sd(draws);
  const Convergence found = convergence(draws);
  row.q5 = found.q5;
  row.q50 = found.q50;
  row.q95 = found.q95;
  row.mcse_mean = mcse_mean(draws);
  row.ess_bulk = found.ess_bulk;
  row.ess_tail = found.ess_tail;
  row.rhat = found.rhat;
  return row;
}

}  // namespace exmc::diagnostics
