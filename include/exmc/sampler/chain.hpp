#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "exmc/core/random.hpp"
#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/settings.hpp"

namespace exmc::sampler {

/// The result of a warm-up: what rank 0 broadcasts.
struct Tuning {
  double step_size = 1;
  MetricKind metric = MetricKind::diag;
  Eigen::VectorXd inverse_mass;         ///< diag: d variances; unit: empty
  Eigen::MatrixXd dense_inverse_mass;   ///< dense: d x d covariance; else empty
};

/// Where a chain is in its life. A chain that warms itself up goes warmup -> sampling -> complete; one that is handed a
/// tuning goes settling -> sampling -> complete.
enum class Stage : std::uint8_t { warmup = 0, settling = 1, sampling = 2, complete = 3 };

// Chain<Density> (to be written by the sampler's owner):
//
//   Chain(Density, Settings, StreamKey)                     warms itself up from uniform(-2, 2)
//   Chain(Density, Settings, StreamKey, const Tuning&)      settles from uniform(-2, 2), then samples
//   Chain(Density, Settings, StreamKey, const ChainState&)  goes on where state() was taken
//   Stage stage() const; std::uint64_t iteration() const    iterations done within the stage (of this settling round)
//   TransitionStats advance()                               one iteration; throws SamplingError when it finds no start
//   const Eigen::VectorXd& position() const
//   const Tuning& tuning() const                            final once stage() is sampling
//   bool settled() const                                    false when three settlings did not reach mean acceptance 0.1
//   ChainState state() const                                a small value; bit-identical continuation from any iteration

}  // namespace exmc::sampler
