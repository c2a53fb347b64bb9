#pragma once

#include <cstddef>
#include <string>

#include "exmc/diagnostics/convergence.hpp"

namespace exmc::diagnostics {

/// What all quantities of a run are to reach.
struct Goal {
  double ess = 0;   ///< at least, in bulk and tails
  double rhat = 0;  ///< at most
};

/// The least effective sample size, in bulk or tails, and the largest R-hat of the quantities that were looked at.
struct Attained {
  double ess = 0;
  double rhat = 0;             ///< NaN where none has one, as of a single chain
  std::size_t quantities = 0;  ///< with an effective sample size: others have draws that are no numbers

  void add(const Convergence& quantity);
};

/// False where no quantity could be looked at.
[[nodiscard]] bool reaches(const Attained& attained, const Goal& goal);

/// "ESS 812 (of 1000), R-hat 1.012 (1.01)"
[[nodiscard]] std::string describe(const Attained& attained, const Goal& goal);

}  // namespace exmc::diagnostics
