#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "exmc/sampler/coordinates.hpp"
#include "exmc/sampler/dual_averaging.hpp"
#include "exmc/sampler/window.hpp"

namespace exmc::sampler {

/// Where a chain is in its life. A chain that warms itself up goes warmup -> sampling -> complete; one that is handed
/// coordinates goes settling -> sampling -> complete, with a warm-up of its own between the two where it does not
/// settle.
enum class Stage : std::uint8_t { warmup = 0, settling = 1, sampling = 2, complete = 3 };

/// What a chain in its own warm-up has besides: the coordinates so far, and of the present window and the one before it
/// what tells whether they still change.
struct WarmupState {
  Coordinates coordinates;
  Window window;
  ScalarMoments lp;               ///< of the model, since the last window's end
  ScalarMoments last_lp;          ///< in the last whole window
  double last_step_size = 0;      ///< that it ended with; 0: there was none
  std::uint64_t divergences = 0;  ///< since the last window's end
  std::uint64_t iterations = 0;   ///< after which it ends, as far as is known
  bool closing = false;           ///< only the step size adapts any more
  /// Below this mean log density the chain counts as not settled: of one that did not settle with others' coordinates.
  double lp_floor = -std::numeric_limits<double>::infinity();
};

/// All of a chain that the next iteration depends on, besides its density, settings, stream key and, once out of its
/// own warm-up, its coordinates: d doubles and a few more then. Random numbers need no state.
struct ChainState {
  Stage stage = Stage::warmup;
  bool settled = true;             ///< false when neither settling nor a warm-up of its own got where it should
  std::uint64_t iteration = 0;     ///< iterations done in this stage; when settling, in this round
  std::uint64_t round = 0;         ///< settling rounds done before this one, or before the warm-up or sampling
  std::uint64_t divergences = 0;   ///< while sampling
  double settling_acceptance = 0;  ///< sum over this round's iterations with the final step size
  double settling_lp = 0;          ///< the same of the model's log density
  DualAveraging step;              ///< warm-up and settling
  Eigen::VectorXd position;        ///< d, in the chain's coordinates
  WarmupState warmup;              ///< empty but in the warm-up
};

/// Bytes that are equal on every machine (little-endian, IEEE 754), with a mark and a version.
[[nodiscard]] std::string encode(const ChainState& state);
/// @throws std::logic_error when `bytes` were not made by encode(ChainState) of this version.
[[nodiscard]] ChainState decode_state(std::string_view bytes);

}  // namespace exmc::sampler
