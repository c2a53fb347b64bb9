#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <string_view>

#include "exmc/sampler/dual_averaging.hpp"
#include "exmc/sampler/moments.hpp"
#include "exmc/sampler/tuning.hpp"

namespace exmc::sampler {

/// Where a chain is in its life. A chain that warms itself up goes warmup -> sampling -> complete; one that is handed a
/// tuning goes settling -> sampling -> complete.
enum class Stage : std::uint8_t { warmup = 0, settling = 1, sampling = 2, complete = 3 };

/// What a chain in its own warm-up has besides: the tuning so far, the positions of the present window, and the log
/// densities of the second half.
struct WarmupState {
  Tuning tuning;
  Moments moments;
  ScalarMoments lp;
};

/// All of a chain that the next iteration depends on, besides its density, settings, stream key and, once out of its
/// own warm-up, its tuning: d doubles and a few more then. Random numbers need no state.
struct ChainState {
  Stage stage = Stage::warmup;
  bool settled = true;             ///< false when the settling rounds ended without what they ask for
  std::uint64_t iteration = 0;     ///< iterations done in this stage; when settling, in this round
  std::uint64_t round = 0;         ///< settling rounds done before this one
  std::uint64_t divergences = 0;   ///< while sampling
  double settling_acceptance = 0;  ///< sum over this round's iterations with the final step size
  double settling_lp = 0;          ///< the same of the log density
  DualAveraging step;              ///< warm-up and settling
  Eigen::VectorXd position;        ///< d, unconstrained scale
  WarmupState warmup;              ///< empty after the warm-up
};

/// Bytes that are equal on every machine (little-endian, IEEE 754), with a mark and a version.
[[nodiscard]] std::string encode(const ChainState& state);
/// @throws std::logic_error when `bytes` were not made by encode(ChainState) of this version.
[[nodiscard]] ChainState decode_state(std::string_view bytes);

}  // namespace exmc::sampler
