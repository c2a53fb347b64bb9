#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

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
  bool may_end_early = false;   ///< where a goal is reached
  std::string goal{};           ///< how far that is; empty: not known yet
};

/// "2 waiting, 3 sampling | 2300/5600 | 12 s left | 2 divergent | step 0.43": chains, iterations done and planned,
/// time, divergences, and the mean step size of the chains that have one. Fits 80 columns.
[[nodiscard]] std::string progress_line(std::span<const runtime::ChainRecord> chains, const Pace& pace);

/// The most chains that have a row of their own in a table.
inline constexpr std::size_t kMostChainRows = 12;

/// A header, a row for each chain (of more than kMostChainRows the ones that are furthest behind, and how many are left
/// out), progress_line() and, where it is known, how far the goal is. No line is longer than `columns`.
[[nodiscard]] std::vector<std::string> progress_table(std::span<const runtime::ChainRecord> chains, const Pace& pace,
                                                      std::size_t columns);

}  // namespace exmc::app
