#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace exmc::sampler {

/// The positions of a warm-up window, at most most() of them: when it is full every other one is dropped, and from then
/// on only every other one is kept, so that they stay evenly spread. Plain values: part of a chain's state.
struct Window {
  std::uint64_t seen = 0;    ///< positions offered since the window began
  std::uint64_t stride = 1;  ///< of them, one in so many is kept
  std::vector<Eigen::VectorXd> positions;

  /// How many are kept: what 4 MiB have room for, between 16 and 1024.
  [[nodiscard]] static std::size_t most(std::size_t dimension);
  void add(const Eigen::VectorXd& position);
};

/// Running mean and variance of one number (Welford 1962).
struct ScalarMoments {
  std::uint64_t count = 0;
  double mean = 0, squares = 0;

  void add(double value);
  /// Of both (Chan, Golub & LeVeque 1979).
  [[nodiscard]] ScalarMoments with(const ScalarMoments& other) const;
  /// Divided by count - 1; infinite for less than two values.
  [[nodiscard]] double sd() const;
};

}  // namespace exmc::sampler
