#include "exmc/diagnostics/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "exmc/core/text.hpp"

namespace exmc::diagnostics {

namespace {

std::string label(const Coordinate& coordinate, std::size_t index) {
  if (index >= length_of(coordinate)) return std::to_string(index);
  if (const auto* const numbers = std::get_if<std::vector<double>>(&coordinate)) return shortest((*numbers)[index]);
  return printable(std::get<std::vector<std::string>>(coordinate)[index], std::string::npos);
}

}  // namespace

std::string element_name(const std::string& variable, const Shape& shape, std::size_t element,
                         const std::vector<Coordinate>& axes) {
  if (shape.empty()) return variable;
  std::string labels;
  for (std::size_t axis = shape.size(); axis-- > 0; element /= shape[axis]) {
    const std::string own = label(axis < axes.size() ? axes[axis] : Coordinate{}, element % shape[axis]);
    labels = axis + 1 == shape.size() ? own : own + ", " + labels;
  }
  return variable + "[" + labels + "]";
}

std::string element_name(const std::string& variable, const Shape& shape, std::size_t element) {
  return element_name(variable, shape, element, {});
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

Present present(const DrawsView& draws) {
  const auto is_missing = [](double x) { return std::isnan(x); };
  Present found;
  found.missing = static_cast<std::uint64_t>(std::ranges::count_if(draws.values, is_missing));
  found.chains = draws.chains;
  found.draws = draws.draws;
  if (found.missing == 0) {
    found.values.assign(draws.values.begin(), draws.values.end());
    return found;
  }
  std::vector<std::vector<double>> of_chains(draws.chains);
  for (std::size_t chain = 0; chain < draws.chains; ++chain) {
    const auto own = draws.values.subspan(chain * draws.draws, draws.draws);
    std::ranges::remove_copy_if(own, std::back_inserter(of_chains[chain]), is_missing);
    found.draws = std::min(found.draws, of_chains[chain].size());
  }
  for (const std::vector<double>& chain : of_chains) {
    found.values.insert(found.values.end(), chain.begin(), chain.begin() + static_cast<std::ptrdiff_t>(found.draws));
  }
  return found;
}

SummaryRow summarise_present(const std::string& name, const DrawsView& draws) {
  const Present kept = present(draws);
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  SummaryRow row{name, nan, nan, nan, nan, nan, nan, nan, nan, nan};
  if (kept.draws > 0 || kept.missing == 0) row = summarise(name, kept.view());
  row.missing = kept.missing;
  return row;
}

}  // namespace exmc::diagnostics
