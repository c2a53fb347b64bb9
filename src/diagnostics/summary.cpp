#include "exmc/diagnostics/summary.hpp"

#include <algorithm>
#include <array>

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
  constexpr std::array kProbabilities = {0.05, 0.5, 0.95};
  SummaryRow row;
  row.name = name;
  row.mean = mean(draws);
  row.sd = sd(draws);
  const std::vector<double> at = quantiles(draws, kProbabilities);
  row.q5 = at[0];
  row.q50 = at[1];
  row.q95 = at[2];
  row.mcse_mean = mcse_mean(draws);
  row.ess_bulk = ess_bulk(draws);
  row.ess_tail = ess_tail(draws);
  row.rhat = rhat(draws);
  return row;
}

}  // namespace exmc::diagnostics
