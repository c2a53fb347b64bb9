#include <cmath>

#include "../kernels/rows.hpp"
#include "kernels.hpp"

namespace exmc::density {
namespace {

/// u of softplus(u) = r, given ln r.
double inverse_softplus(double log_r) {
  constexpr double exponential = -20;  // below, softplus(u) = e^u but for less than a rounding of u
  if (log_r < exponential) return log_r;
  const double r = std::exp(log_r);
  return r + std::log(-std::expm1(-r));
}

/// u of u sqrt(1 + u^2 / 4) = y.
double inverse_heavy(double y) { return y * std::sqrt(2 / (1 + std::hypot(1, y))); }

}  // namespace

double inverse_soft_logarithm(double l, double s) {
  if (s > 0) return inverse_softplus(l - std::log(s));
  return s < 0 ? inverse_heavy(l - std::log(-s)) : l;
}

double invert_soft_positive(const Instruction& instruction, const Arena& arena) {
  detail::for_each_index<2>(instruction, 0, instruction.loop.rank, {}, 0,
                            [&](const detail::Offsets<2>& at, std::ptrdiff_t out) {
                              const double s = arena.read(instruction.operands[1])[at[1]];
                              double& u = arena.values[instruction.operands[0].offset + at[0]];
                              arena.values[instruction.output.offset + out] = std::exp(u);
                              u = inverse_soft_logarithm(u, s);
                            });
  return 0;
}

}  // namespace exmc::density
