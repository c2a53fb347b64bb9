#include "chains.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <span>
#include <utility>

namespace exmc::diagnostics {
namespace {

constexpr std::size_t kMinDraws = 4;

/// Boost's default would compute in long double.
using Policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

Eigen::Map<const Eigen::ArrayXd> array(const double* values, std::size_t count) {
  return {values, static_cast<Eigen::Index>(count)};
}

bool any_nan(std::span<const double> values) {
  return std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}

}  // namespace

bool enough(const DrawsView& draws, std::size_t min_chains) {
  return draws.chains >= min_chains && draws.draws >= kMinDraws && !any_nan(draws.values);
}

Chains split(const DrawsView& draws) {
  const std::size_t half = draws.draws / 2;
  Chains halves{{}, 2 * draws.chains, half};
  halves.values.reserve(2 * draws.chains * half);
  for (const std::size_t start : {std::size_t{0}, draws.draws - half}) {
    for (std::size_t chain = 0; chain < draws.chains; ++chain) {
      const auto begin = draws.values.begin() + static_cast<std::ptrdiff_t>(chain * draws.draws + start);
      halves.values.insert(halves.values.end(), begin, begin + static_cast<std::ptrdiff_t>(half));
    }
  }
  return halves;
}

void rank_normalise(std::vector<double>& values) {
  if (any_nan(values)) {
    std::fill(values.begin(), values.end(), std::nan(""));
    return;
  }
  std::vector<std::pair<double, std::size_t>> order(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) order[i] = {values[i], i};
  std::sort(order.begin(), order.end());
  const boost::math::normal_distribution<double, Policy> normal;
  const double n = static_cast<double>(values.size());
  for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
    while (last < order.size() && order[last].first == order[first].first) ++last;
    const double rank = 0.5 * static_cast<double>(first + 1 + last);
    const double score = boost::math::quantile(normal, (rank - 0.375) / (n + 0.25));
    for (std::size_t i = first; i < last; ++i) values[order[i].second] = score;
  }
}

void fold(std::vector<double>& values) {
  std::vector<double> copy = values;
  const auto middle = copy.begin() + static_cast<std::ptrdiff_t>(copy.size() / 2);
  std::nth_element(copy.begin(), middle, copy.end());
  double median = *middle;
  if (copy.size() % 2 == 0) median = (*std::max_element(copy.begin(), middle) + median) / 2;
  for (double& value : values) value = std::abs(value - median);
}

// Whether a draw that is itself the quantile counts as "<= quantile" depends on the last bit: the order of operations
// is that of scipy's mquantiles, which ArviZ uses.
double quantile_of_sorted(const std::vector<double>& sorted, double probability) {
  if (sorted.size() == 1) return sorted.front();
  const double n = static_cast<double>(sorted.size());
  const double position = n * probability + (1 - probability);
  const double below = std::floor(std::clamp(position, 1.0, n - 1));
  const double weight = std::clamp(position - below, 0.0, 1.0);
  const auto at = static_cast<std::size_t>(below);
  return (1 - weight) * sorted[at - 1] + weight * sorted[at];
}

std::vector<double> sorted(const DrawsView& draws) {
  std::vector<double> values(draws.values.begin(), draws.values.end());
  std::sort(values.begin(), values.end());
  return values;
}

double variance(const double* values, std::size_t count) {
  const auto x = array(values, count);
  return (x - x.mean()).square().sum() / static_cast<double>(count - 1);
}

Scaled scaled(const DrawsView& draws) {
  constexpr double largest = 0x1p200, smallest = 0x1p-200;  // sums of fourth powers are finite, and not 0
  Scaled result{{draws.values.begin(), draws.values.end()}};
  double size = 0;
  for (const double value : draws.values) size = std::max(size, std::abs(value));
  if (!std::isfinite(size) || size == 0 || (size < largest && size > smallest)) return result;
  result.unit = std::ldexp(1.0, std::ilogb(size));
  for (double& value : result.values) value /= result.unit;
  return result;
}

double mean(const DrawsView& draws) {
  const Scaled near_one = scaled(draws);
  return near_one.unit * array(near_one.values.data(), near_one.values.size()).mean();
}

double sd(const DrawsView& draws) {
  const Scaled near_one = scaled(draws);
  return near_one.unit * std::sqrt(variance(near_one.values.data(), near_one.values.size()));
}

std::vector<double> quantiles(const DrawsView& draws, std::span<const double> probabilities) {
  if (!enough(draws)) return std::vector<double>(probabilities.size(), std::nan(""));
  const std::vector<double> values = sorted(draws);
  std::vector<double> result;
  for (const double probability : probabilities) result.push_back(quantile_of_sorted(values, probability));
  return result;
}

}  // namespace exmc::diagnostics
