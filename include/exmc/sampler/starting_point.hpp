#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

#include "exmc/core/random.hpp"
#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/phase_point.hpp"
#include "exmc/sampler/settings.hpp"

namespace exmc::sampler {

/// What was wrong at the points that were tried.
class FailedStarts {
 public:
  explicit FailedStarts(double radius) : radius_(radius) {}
  void add(const PhasePoint& point);
  /// Given values were not in their supports, which depended on what was drawn: the first of them, in words.
  void add_outside(const std::string& what);
  /// @throws SamplingError that says how many tries there were and what was found.
  [[noreturn]] void give_up() const;

 private:
  double radius_;
  std::uint64_t tries_ = 0, nan_ = 0, minus_infinity_ = 0, plus_infinity_ = 0, bad_gradient_ = 0, outside_ = 0;
  Eigen::Index bad_coordinates_ = 0;  ///< at the last point with a finite density and a gradient that is not
  std::string coordinates_;           ///< the first of them
  std::string outside_what_;          ///< at the last point that was outside
};

/// How far below the best of a few points nearer to 0 the log density of a start over so many dimensions may lie: one
/// beyond takes a step size so small that a chain does not get away from it.
[[nodiscard]] inline double hopeless(Eigen::Index dimension) {
  constexpr double least = 1e6, of_dimension = 1e4;
  return std::max(least, of_dimension * static_cast<double>(dimension));
}

/// Finds where a chain begins. Tries, each with a stream of its own: 100 uniform on (-radius, radius) on the
/// unconstrained scale, 25 nearer to 0 (radius / 2 ... / 32), then 10 that Start::propose makes. The first with finite
/// log density and gradient is taken; where it is hopeless it is taken nearer to 0 (halved, at most seven times): the
/// first point whose log density is not far below the best of these. Sets position, log density and (not whitened)
/// gradient.
template <LogDensity Density>
class StartingPoint {
 public:
  StartingPoint(Density& density, StreamKey key, const Start& start, PhasePoint& point)
      : density_(density), key_(key), start_(start), point_(point), failed_(start.radius) {}

  /// @throws SamplingError when there is none.
  void find() {
    for (std::uint64_t attempt = 0; attempt < kTries; ++attempt) {
      RandomStream random(key_, Purpose::start, start_.first_attempt + attempt);
      const double radius = radius_of(attempt);
      scattered_.resize(point_.position.size());
      for (Eigen::Index i = 0; i < scattered_.size(); ++i) scattered_[i] = 2 * radius * random.uniform() - radius;
      const bool proposed = attempt >= kWide + kNarrow;
      if (proposed && !(start_.propose && start_.propose(start_.first_attempt + attempt, scattered_))) break;
      if (!evaluate(1)) continue;
      if (!proposed) come_nearer();
      return;
    }
    failed_.give_up();
  }

 private:
  static constexpr std::uint64_t kWide = 100, kNarrow = 25, kProposed = 10, kTries = kWide + kNarrow + kProposed;
  static constexpr int kHalvings = 7;

  [[nodiscard]] double radius_of(std::uint64_t attempt) const {
    if (attempt < kWide) return start_.radius;
    return std::ldexp(start_.radius, -1 - static_cast<int>((attempt - kWide) % 5));
  }

  /// At what was drawn, times `scale`, with given values in place. @return whether a chain can be there
  bool evaluate(double scale) {
    point_.position = scale * scattered_;
    const std::string outside = start_.place ? start_.place(point_.position) : std::string();
    if (!outside.empty()) {
      failed_.add_outside(outside);
      return false;
    }
    point_.lp = density_.log_density(point_.position, point_.gradient);
    const bool usable = std::isfinite(point_.lp) && point_.gradient.allFinite();
    if (!usable) failed_.add(point_);
    return usable;
  }

  void come_nearer() {
    std::array<double, kHalvings + 1> found{point_.lp};
    for (int halving = 1; halving <= kHalvings; ++halving) {
      found[static_cast<std::size_t>(halving)] = evaluate(std::ldexp(1.0, -halving)) ? point_.lp : -HUGE_VAL;
    }
    const double enough = *std::ranges::max_element(found) - hopeless(scattered_.size());
    const auto* const chosen = std::ranges::find_if(found, [&](double lp) { return lp >= enough; });
    evaluate(std::ldexp(1.0, -static_cast<int>(chosen - found.begin())));
  }

  Density& density_;
  StreamKey key_;
  const Start& start_;
  PhasePoint& point_;
  Eigen::VectorXd scattered_;
  FailedStarts failed_;
};

template <LogDensity Density>
void find_start(Density& density, StreamKey key, const Start& start, PhasePoint& point) {
  StartingPoint<Density>(density, key, start, point).find();
}

}  // namespace exmc::sampler
