#include "fits.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "kernels.hpp"

namespace exmc::density {
namespace {

double variance(std::span<const double> x) {
  double mean = 0, sum = 0;
  for (const double value : x) mean += value / static_cast<double>(x.size());
  for (const double value : x) sum += (value - mean) * (value - mean);
  return sum;
}

double median(std::span<const double> x) {
  std::vector<double> sorted(x.begin(), x.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

}  // namespace

FittedMessage fit_message(std::span<const double> x, std::span<const double> score, std::span<const double> weights) {
  double total = 0, mean_x = 0, mean_score = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    total += weights[i];
    mean_x += weights[i] * x[i];
    mean_score += weights[i] * score[i];
  }
  if (!(total > 0)) return {};
  mean_x /= total;
  mean_score /= total;
  double xx = 0, xs = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double deviation = x[i] - mean_x;
    xx += weights[i] * deviation * deviation;
    xs += weights[i] * deviation * (score[i] - mean_score);
  }
  const double k = xx > 0 ? -xs / xx : 0;
  if (!std::isfinite(k) || !std::isfinite(mean_score)) return {};
  return {std::max(k, 0.0), mean_x, mean_score};
}

double fit_precision(std::span<const double> x, std::span<const double> score, std::span<const double> other_x,
                     std::span<const double> other_score) {
  double xx = 0, xs = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double dx = other_x[i] - x[i], slope = dx * (other_score[i] - score[i]);
    if (!std::isfinite(slope)) continue;
    xx += dx * dx;
    xs += slope;
  }
  return xx > 0 ? std::max(-xs / xx, 0.0) : 0;
}

double fit_scale(std::span<const double> log_x, std::span<const double> score, bool heavy) {
  constexpr int furthest = 4;
  const double middle = std::exp(median(log_x));
  constexpr double clearly = 0.8;
  std::vector<double> candidates;
  if (heavy) candidates = {-middle, 0};
  for (int i = furthest; i >= -furthest; --i) candidates.push_back(middle * std::exp2(0.5 * i));
  double best = middle, least = std::numeric_limits<double>::infinity();
  std::vector<double> u(log_x.size()), score_u(log_x.size());
  for (const double s : candidates) {
    for (std::size_t j = 0; j < log_x.size(); ++j) {
      u[j] = inverse_soft_logarithm(log_x[j], s);
      const double p[] = {u[j], s};
      double d[2];
      SoftLogarithm::partials(p, 0.0, d);
      score_u[j] = (score[j] - 1) * d[0] + SoftPositive::log_jacobian_slope(p, 0.0);
    }
    const double divergence = (s <= 0 ? clearly : 1) * variance(u) * variance(score_u);
    if (!(divergence < least) || !std::isfinite(s)) continue;
    least = divergence;
    best = s;
  }
  return best;
}

}  // namespace exmc::density
