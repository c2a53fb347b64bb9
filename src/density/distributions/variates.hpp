#pragma once

#include "exmc/core/random.hpp"

/// Random numbers of standard distributions. All are exact but for rounding, and all end: what cannot be drawn (a
/// parameter that is NaN, infinite or outside its domain) is NaN.
namespace exmc::density {

[[nodiscard]] double draw_exponential(RandomStream& random);
/// The logarithm of a gamma variate of shape alpha and rate 1: small shapes give numbers that underflow.
[[nodiscard]] double draw_log_gamma(double alpha, RandomStream& random);
[[nodiscard]] double draw_gamma(double alpha, RandomStream& random);
[[nodiscard]] double draw_beta(double alpha, double beta, RandomStream& random);
[[nodiscard]] double draw_student_t(double nu, RandomStream& random);
/// On (-pi, pi), around 0.
[[nodiscard]] double draw_von_mises(double kappa, RandomStream& random);
[[nodiscard]] double draw_wald(double mu, double lam, RandomStream& random);
[[nodiscard]] double draw_poisson(double mu, RandomStream& random);
[[nodiscard]] double draw_binomial(double n, double p, RandomStream& random);
/// Of one kind among `drawn` of `total` things, `kind` of which are of it.
[[nodiscard]] double draw_hyper_geometric(double total, double kind, double drawn, RandomStream& random);
/// A whole number from 0 to n - 1; n is at most 2^53.
[[nodiscard]] double draw_below(double n, RandomStream& random);

}  // namespace exmc::density
