#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "exmc/runtime/ledger.hpp"
#include "pace.hpp"

namespace exmc::app {

/// "12 s", "5 min", "1.2 h".
[[nodiscard]] std::string duration(double seconds);
/// "[=====     ]"; the width is that of both brackets as well.
[[nodiscard]] std::string bar(double share, std::size_t width, char filled = '=');

/// "2 waiting, 3 sampling | 2300/5600 | 12 s left | 2 divergent | step 0.43 | R-hat 1.02, ESS 310 at 400 draws":
/// chains, iterations done and planned, time, divergences, the mean step size of the chains that have one, and how far
/// the goal is. Fits 80 columns.
[[nodiscard]] std::string progress_line(std::span<const runtime::ChainRecord> chains, const Pace& pace);

/// The most chains that have a row each. Of more the ones that are furthest behind have one, so many of them.
inline constexpr std::size_t kMostChainRows = 12, kFewRows = 8;

/// Room on a terminal.
struct Screen {
  std::size_t columns = 80, rows = 24;
};

/// A header, a row for each chain or for the last of many, a row of sums, and what chains do, with how far the goal is.
/// Fits the screen: where it is narrow, some of the columns are left out.
[[nodiscard]] std::vector<std::string> progress_table(std::span<const runtime::ChainRecord> chains, const Pace& pace,
                                                      const Screen& screen);

}  // namespace exmc::app
