#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "exmc/runtime/coordinator.hpp"
#include "job.hpp"

namespace exmc::app {

/// Iterations that the chains of a run have before them in all; settling again not foreseen.
[[nodiscard]] std::uint64_t planned_iterations(const Job& job);

/// How far a run has to go, and since when it is at it.
struct Pace {
  std::uint64_t planned = 0;    ///< iterations
  std::uint64_t recovered = 0;  ///< of them, done before this start
  double seconds = 0;           ///< since this start
};

/// "2 waiting, 3 sampling | 2300/5600 | 2 divergent | step 0.43 | 12 s left": chains, iterations done and planned,
/// divergences and mean step size. Fits a terminal of 80 columns.
[[nodiscard]] std::string progress_line(std::span<const runtime::ChainRecord> chains, const Pace& pace);

}  // namespace exmc::app
