#pragma once

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "../src/density/numbers/simd.hpp"
#include "../src/density/numbers/special.hpp"
#include "exmc/core/array.hpp"

/// What one would write for one model in an afternoon, knowing the machine: the measure for the compiled programs. Each
/// gives the log density up to a constant. The data is padded with zeros to whole packs.
namespace exmc::bench {

using density::kLanes;
using density::load;
using density::Pack;
using density::splat;
using density::store;

inline constexpr std::size_t packs_for(std::size_t count) { return (count + kLanes - 1) / kLanes; }

inline std::vector<Pack> to_packs(const std::vector<double>& values) {
  std::vector<Pack> packs(packs_for(values.size()), Pack{});
  for (std::size_t i = 0; i < values.size(); ++i) packs[i / kLanes][i % kLanes] = values[i];
  return packs;
}

/// The loop over the observations.
class SimpleLoop {
 public:
  explicit SimpleLoop(const std::vector<double>& y) : y_(y) {}

  double operator()(const Eigen::VectorXd& q, Eigen::VectorXd& gradient) const {
    const double mu = q[0], sigma = std::exp(q[1]), precision = 1 / (sigma * sigma), n = static_cast<double>(y_.size());
    double first = 0, second = 0;
    for (const double y : y_) {
      first += y - mu;
      second += (y - mu) * (y - mu);
    }
    gradient[0] = first * precision - 0.01 * mu;
    gradient[1] = second * precision - n - sigma * sigma / 25 + 1;
    return -0.5 * second * precision - n * q[1] - 0.005 * mu * mu - sigma * sigma / 50 + q[1];
  }

 private:
  std::vector<double> y_;
};

/// The same from mean and sum of squares.
class SimpleSums {
 public:
  explicit SimpleSums(const std::vector<double>& y) : n_(static_cast<double>(y.size())) {
    for (const double value : y) mean_ += value / n_;
    for (const double value : y) squares_ += (value - mean_) * (value - mean_);
  }

  double operator()(const Eigen::VectorXd& q, Eigen::VectorXd& gradient) const {
    const double mu = q[0], variance = std::exp(2 * q[1]), precision = 1 / variance, distance = mean_ - mu;
    const double second = squares_ + n_ * distance * distance;
    gradient[0] = n_ * distance * precision - 0.01 * mu;
    gradient[1] = second * precision - n_ - variance / 25 + 1;
    return -0.5 * second * precision - n_ * q[1] - 0.005 * mu * mu - variance / 50 + q[1];
  }

 private:
  double n_, mean_ = 0, squares_ = 0;
};

/// One pass over the design matrix, a tile of 32 rows at a time; ln(1 + e^-|eta|) of all rows from the logarithm of one
/// product per lane, whose 16 x 4 factors are at most 2.
class LogisticFused {
 public:
  LogisticFused(const Array& x, const std::vector<double>& y) : tiles_(packs_for(y.size()) / kPacks + 1) {
    for (std::size_t i = 0; i < y.size(); ++i) {
      Tile& tile = tiles_[i / kRows];
      const std::size_t pack = i % kRows / kLanes, lane = i % kLanes;
      for (std::size_t j = 0; j < kColumns; ++j) tile.x[j][pack][lane] = x.values[i * kColumns + j];
      tile.sign[pack][lane] = 2 * y[i] - 1;
    }
  }

  double operator()(const Eigen::VectorXd& q, Eigen::VectorXd& gradient) const {
    std::array<Pack, kColumns> sums{};
    Pack residuals{}, linear{}, product = splat(1);
    for (const Tile& tile : tiles_) {
      std::array<Pack, kPacks> eta;
      eta.fill(splat(q[0]));
      for (std::size_t j = 0; j < kColumns; ++j) {
        for (std::size_t k = 0; k < kPacks; ++k) eta[k] += tile.x[j][k] * q[static_cast<Eigen::Index>(1 + j)];
      }
      for (std::size_t k = 0; k < kPacks; ++k) {
        const Pack s = tile.sign[k], x = s * eta[k], t = density::exp(-density::abs(x)), inverse = 1.0 / (1.0 + t);
        linear += density::select(x < 0.0, x, Pack{});
        product *= density::select(s != 0.0, 1.0 + t, splat(1));
        eta[k] = s * density::select(x < 0.0, inverse, t * inverse);
        residuals += eta[k];
      }
      for (std::size_t j = 0; j < kColumns; ++j) {
        for (std::size_t k = 0; k < kPacks; ++k) sums[j] += tile.x[j][k] * eta[k];
      }
    }
    gradient[0] = density::sum(residuals) - 0.01 * q[0];
    for (std::size_t j = 0; j < kColumns; ++j) {
      const auto at = static_cast<Eigen::Index>(1 + j);
      gradient[at] = density::sum(sums[j]) - 0.01 * q[at];
    }
    return density::sum(linear - density::log(product)) - 0.005 * q.squaredNorm();
  }

 private:
  static constexpr std::size_t kColumns = 20, kPacks = 4, kRows = kPacks * kLanes;
  struct Tile {
    std::array<std::array<Pack, kPacks>, kColumns> x{};
    std::array<Pack, kPacks> sign{};  ///< 0 for rows that do not exist
  };
  std::vector<Tile> tiles_;
};

/// Likelihood, random walk and gradient in one pass over the series; a logarithm for every fourth pack.
class VolatilityFused {
 public:
  explicit VolatilityFused(const std::vector<double>& returns) : n_(returns.size()), squares_(to_packs(returns)) {
    for (Pack& r : squares_) r *= r;
    walk_.resize((squares_.size() + 2) * kLanes);
  }

  double operator()(const Eigen::VectorXd& q, Eigen::VectorXd& gradient) const {
    const double sigma = std::exp(q[0]), nu = std::exp(q[1]), precision = 1 / (sigma * sigma),
                 n = static_cast<double>(n_);
    double* const s = walk_.data() + kLanes;  // s[-1] = 0 is where the walk starts from
    std::copy_n(q.data() + 2, n_, s);
    s[n_] = s[n_ - 1];  // so that the step beyond the end is 0
    Pack logs{}, slopes{}, steps{}, total{}, product = splat(1);
    for (std::size_t b = 0; b < squares_.size(); ++b) {
      const std::size_t at = b * kLanes;
      const density::Mask inside = density::first_lanes(n_ - at);
      const Pack here = load(s + at), back = here - load(s + at - 1), ahead = load(s + at + 1) - here;
      const Pack w = density::select(inside, squares_[b] * density::exp(-2.0 * here) / nu, Pack{}), u = w / (1.0 + w);
      product *= 1.0 + w;
      if (b % 4 == 3) {
        logs += density::log(product);
        product = splat(1);
      }
      slopes += u;
      total += density::select(inside, here, Pack{});
      steps += density::select(inside, back * back, Pack{});
      const Pack slope = (nu + 1) * u - 1.0 + (ahead - back) * precision;
      if (at + kLanes <= n_) {
        store(gradient.data() + 2 + at, slope);
      } else {
        for (std::size_t i = at; i < n_; ++i) gradient[static_cast<Eigen::Index>(2 + i)] = slope[i - at];
      }
    }
    const double log_sum = density::sum(logs + density::log(product)), squares = density::sum(steps);
    const auto normaliser = density::half_step_log_gamma(0.5 * nu);
    gradient[0] = squares * precision - n - 50 * sigma + 1;
    gradient[1] = nu * (0.5 * n * normaliser.slope - 0.5 * log_sum - 0.1) + 0.5 * (nu + 1) * density::sum(slopes) + 1;
    return n * normaliser.value - 0.5 * (nu + 1) * log_sum - density::sum(total) - 0.5 * squares * precision -
           n * q[0] - 50 * sigma - 0.1 * nu + q[0] + q[1];
  }

 private:
  std::size_t n_;
  std::vector<Pack> squares_;
  mutable std::vector<double> walk_;
};

}  // namespace exmc::bench
