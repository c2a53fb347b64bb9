#pragma once

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

namespace exmc::density::testing {

/// How badly a sample fits a distribution: a statistic over the value that a sample of the distribution itself exceeds
/// once in ten thousand times. Above 1: it does not come from there.
using Misfit = double;

/// Kolmogorov and Smirnov's statistic, for continuous distributions. sqrt(n) D exceeds 2.225 with probability 1e-4.
inline Misfit ks_misfit(std::vector<double> sample, const std::function<double(double)>& cdf) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double distance = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double expected = cdf(sample[i]), index = static_cast<double>(i);
    if (std::isnan(sample[i]) || std::isnan(expected)) return std::nan("");
    distance = std::max({distance, expected - index / n, (index + 1) / n - expected});
  }
  return distance * std::sqrt(n) / 2.225;
}

/// Pearson's statistic, for counts: cells of neighbouring values in which at least 50 are expected. cdf(k) is the
/// probability of at most k.
inline Misfit chi_squared_misfit(std::vector<double> sample, const std::function<double(double)>& cdf) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  const double least = 50 / n;
  double statistic = 0, before = 0;
  int cells = 0;
  auto from = sample.begin();
  const auto close_cell = [&](std::vector<double>::iterator to, double until) {
    const double expected = (until - before) * n, found = static_cast<double>(to - from);
    statistic += (found - expected) * (found - expected) / expected;
    ++cells;
    from = to;
    before = until;
  };
  const double last = sample.back();
  for (auto value = sample.begin(); value != sample.end();) {
    const double k = *value, until = cdf(k);
    if (k == last || 1 - until < least) break;
    value = std::upper_bound(value, sample.end(), k);
    if (until - before >= least) close_cell(value, until);
  }
  close_cell(sample.end(), 1);
  if (cells == 1) return cdf(last) - cdf(sample.front() - 1) > 0.999 ? 0.0 : 2.0;  // one value has all the weight
  return statistic / boost::math::quantile(boost::math::complement(boost::math::chi_squared(cells - 1), 1e-4));
}

}  // namespace exmc::density::testing
