#include "exmc/diagnostics/goal.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace exmc::diagnostics {
namespace {

/// One of the two alone where the other is no number.
double larger(double a, double b) { return std::isnan(a) || b > a ? b : a; }

double least_ess(const Convergence& quantity) { return std::min(quantity.ess_bulk, quantity.ess_tail); }

}  // namespace

void Attained::add(const Convergence& quantity) {
  if (std::isnan(quantity.ess_bulk) || std::isnan(quantity.ess_tail)) return;
  ess = quantities == 0 ? least_ess(quantity) : std::min(ess, least_ess(quantity));
  rhat = quantities == 0 ? quantity.rhat : larger(rhat, quantity.rhat);
  ++quantities;
}

bool reaches(const Attained& attained, const Goal& goal) {
  return attained.quantities > 0 && attained.ess >= goal.ess && !(attained.rhat > goal.rhat);
}

std::string describe(const Attained& attained, const Goal& goal) {
  char text[128];
  if (std::isnan(attained.rhat)) {
    std::snprintf(text, sizeof text, "ESS %.0f (of %g)", std::floor(attained.ess), goal.ess);
  } else {
    // What is above the goal is not rounded down to it.
    const double rhat = attained.rhat > goal.rhat ? std::ceil(attained.rhat * 1e4) / 1e4 : attained.rhat;
    std::snprintf(text, sizeof text, "ESS %.0f (of %g), R-hat %.4f (%g)", std::floor(attained.ess), goal.ess, rhat,
                  goal.rhat);
  }
  return text;
}

}  // namespace exmc::diagnostics
