#include "walk_numbers.hpp"

#include <cmath>
#include <cstddef>

namespace exmc::density {
namespace {

/// Operands of the numbers.
enum From { kOfK, kOfScale, kOfFirstScale, kOfFirstLocation, kOfDrift, kOfCoefficient };

/// q = K u^2 of kappa = k u^2: the larger root of q = kappa + rho^2 q / (1 + q), and its slopes.
struct Steady {
  double q, in_kappa, in_rho;
  Steady(double kappa, double rho) {
    const double b = kappa + rho * rho - 1, root = std::sqrt(b * b + 4 * kappa);
    q = kappa > 0 ? (b >= 0 ? 0.5 * (b + root) : 2 * kappa / (root - b)) : 0;  // without cancellation
    in_kappa = kappa > 0 ? (1 + q) / root : 0;
    in_rho = kappa > 0 ? 2 * rho * q / root : 0;
  }
};

}  // namespace

double compute_walk_numbers(const Instruction& instruction, const Arena& arena) {
  const std::size_t walks = instruction.loop.extents[0];
  const auto length = static_cast<double>(instruction.loop.extents[1]);
  double* const output = arena.values + instruction.output.offset;
  double total = 0;
  for (std::size_t i = 0; i < walks; ++i) {
    double p[6];
    for (std::size_t k = 0; k < 6; ++k) {
      const Operand& operand = instruction.operands[k];
      p[k] = arena.read(operand)[static_cast<std::ptrdiff_t>(i) * operand.strides[0]];
    }
    const double u = p[kOfScale], q = Steady(p[kOfK] * u * u, p[kOfCoefficient]).q, precision = q / u / u;
    const double c = 1 / std::sqrt(1 + q), first = p[kOfFirstScale];
    const double first_c = 1 / std::sqrt(1 + precision * first * first);
    const double numbers[kNumbers] = {c,     precision,           first_c,     u,
                                      first, p[kOfFirstLocation], p[kOfDrift], p[kOfCoefficient]};
    for (std::size_t n = 0; n < kNumbers; ++n) output[n * walks + i] = numbers[n];
    total += (length - 1) * std::log(c) + std::log(first_c);
  }
  return total;
}

void reverse_walk_numbers(const Instruction& instruction, const Arena& arena) {
  const std::size_t walks = instruction.loop.extents[0];
  const auto length = static_cast<double>(instruction.loop.extents[1]);
  for (std::size_t i = 0; i < walks; ++i) {
    double v[kNumbers], a[kNumbers];
    for (std::size_t n = 0; n < kNumbers; ++n) {
      v[n] = (arena.values + instruction.output.offset)[n * walks + i];
      a[n] = (arena.adjoints + instruction.output.offset)[n * walks + i];
    }
    const Operand& of_k = instruction.operands[kOfK];
    const double k = arena.read(of_k)[static_cast<std::ptrdiff_t>(i) * of_k.strides[0]];
    const double c = v[kC], u = v[kScale], first = v[kFirstScale], first_c = v[kFirstC], precision = v[kPrecision];
    const double cube = first_c * first_c * first_c, of_first_c = a[kFirstC] + 1 / first_c;
    const double of_precision = a[kPrecision] - 0.5 * cube * first * first * of_first_c;
    const double of_q = -0.5 * c * c * c * (a[kC] + (length - 1) / c) + of_precision / u / u;
    const Steady steady(k * u * u, v[kCoefficient]);
    const double of_kappa = of_q * steady.in_kappa;
    const double gradient[6] = {of_kappa * u * u,
                                a[kScale] + 2 * of_kappa * k * u - 2 * precision / u * of_precision,
                                a[kFirstScale] - cube * precision * first * of_first_c,
                                a[kFirstLocation],
                                a[kDrift],
                                a[kCoefficient] + of_q * steady.in_rho};
    for (std::size_t n = 0; n < 6; ++n) {
      const Operand& operand = instruction.operands[n];
      if (!operand.variable) continue;
      (arena.adjoints + operand.offset)[static_cast<std::ptrdiff_t>(i) * operand.strides[0]] += gradient[n];
    }
  }
}

}  // namespace exmc::density
