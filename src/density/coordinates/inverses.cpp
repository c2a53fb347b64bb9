#include <cmath>

#include "../kernels/rows.hpp"
#include "kernels.hpp"

namespace exmc::density {
namespace {

template <std::size_t N, class Body>
double for_each_element(const Instruction& instruction, Body&& body) {
  detail::for_each_index<N>(instruction, 0, instruction.loop.rank, {}, 0, body);
  return 0;
}

/// u of softplus(u) = r, given ln r.
double inverse_softplus(double log_r) {
  constexpr double exponential = -20;  // below, softplus(u) = e^u but for less than a rounding of u
  if (log_r < exponential) return log_r;
  const double r = std::exp(log_r);
  return r + std::log(-std::expm1(-r));
}

/// u of u sqrt(1 + u^2 / 4) = y.
double inverse_heavy(double y) { return y * std::sqrt(2 / (1 + std::hypot(1, y))); }

template <bool FromZ>
double invert_to_eta(const Instruction& instruction, const Arena& arena) {
  return for_each_element<6>(instruction, [&](const detail::Offsets<6>& at, std::ptrdiff_t out) {
    double p[6];
    for (std::size_t k = 1; k < 6; ++k) p[k] = arena.read(instruction.operands[k])[at[k]];
    double& eta = arena.values[instruction.operands[0].offset + at[0]];  // in its place stands x or z
    const double z = FromZ ? eta : (eta - p[5]) / p[2];
    arena.values[instruction.output.offset + out] = z;
    eta = z / p[1] - p[1] * p[2] * (p[4] - p[3] * p[5]);
  });
}

}  // namespace

double inverse_soft_logarithm(double l, double s) {
  if (s > 0) return inverse_softplus(l - std::log(s));
  return s < 0 ? inverse_heavy(l - std::log(-s)) : l;
}

double invert_standardised(const Instruction& instruction, const Arena& arena) {
  return invert_to_eta<false>(instruction, arena);
}

double invert_standardised_from_z(const Instruction& instruction, const Arena& arena) {
  return invert_to_eta<true>(instruction, arena);
}

double invert_located(const Instruction& instruction, const Arena& arena) {
  return for_each_element<3>(instruction, [&](const detail::Offsets<3>& at, std::ptrdiff_t out) {
    double& eta = arena.values[instruction.operands[2].offset + at[2]];
    arena.values[instruction.output.offset + out] = eta;
    eta = (eta - arena.read(instruction.operands[0])[at[0]]) / arena.read(instruction.operands[1])[at[1]];
  });
}

double invert_soft_logarithm(const Instruction& instruction, const Arena& arena) {
  return for_each_element<2>(instruction, [&](const detail::Offsets<2>& at, std::ptrdiff_t out) {
    const double s = arena.read(instruction.operands[1])[at[1]];
    double& u = arena.values[instruction.operands[0].offset + at[0]];
    arena.values[instruction.output.offset + out] = u;
    u = inverse_soft_logarithm(u, s);
  });
}

}  // namespace exmc::density
