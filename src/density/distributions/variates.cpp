#include "variates.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <optional>

#include "../numbers/special.hpp"

namespace exmc::density {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLogTwoPi = 1.837877066409345483560659472811;
/// The mean from which counts are drawn by rejection: below, the search through the cumulative sum is short.
constexpr double kLargeMean = 10;

/// The first result of attempt() that is one. Each succeeds with a probability of at least 1/4 for proper parameters,
/// so that the limit is only met by others.
template <class Attempt>
double first_of(Attempt&& attempt) {
  constexpr int most_attempts = 2000;
  for (int i = 0; i < most_attempts; ++i) {
    if (const std::optional<double> accepted = attempt()) return *accepted;
  }
  return kNaN;
}

/// For alpha >= 1 (Marsaglia and Tsang 2000, "A simple method for generating gamma variables").
double draw_large_gamma(double alpha, RandomStream& random) {
  const double d = alpha - 1.0 / 3, c = 1 / (3 * std::sqrt(d));
  return first_of([&]() -> std::optional<double> {
    const double x = random.normal(), root = 1 + c * x, v = root * root * root;
    if (!(v > 0)) return std::nullopt;
    if (std::log(random.uniform()) < 0.5 * x * x + d * (1 - v + std::log(v))) return d * v;
    return std::nullopt;
  });
}

/// The smallest k at which the cumulative probability reaches a uniform number. ratio(k) is p(k) / p(k - 1).
template <class Ratio>
double search_from_zero(double probability_of_zero, double most, Ratio&& ratio, RandomStream& random) {
  constexpr double beyond_reach = 300;  // of 52 bits, with a mean below kLargeMean
  const double last = std::min(most, beyond_reach);
  double rest = random.uniform(), probability = probability_of_zero, k = 0;
  while (rest > probability && k < last) {
    rest -= probability;
    ++k;
    probability *= ratio(k);
  }
  return k;
}

/// Loader's form of the log probability of k > 0 of n that came from a mean, without what the two cases add to it.
double log_count(double k, double mean) {
  if (k == 0) return -mean;
  return -0.5 * (kLogTwoPi + std::log(k)) - stirling_error(k).value - deviance(k, mean, mean - k).value;
}

double log_binomial(double k, double n, double p) {
  const double other = n - k;
  const double shared = n > 0 ? 0.5 * (kLogTwoPi + std::log(n)) + stirling_error(n).value : 0;
  return log_count(k, n * p) + log_count(other, n * (1 - p)) + shared;
}

/// Transformed rejection (Hoermann 1993, "The transformed rejection method for generating Poisson random variables"
/// and "The generation of binomial random variates"): a hat whose inverse distribution function is
/// (2 a / (1/2 - |u|) + b) u + centre, accepted where ln(v alpha / (a / (1/2 - |u|)^2 + b)) is below log_ratio(k).
struct TransformedRejection {
  double a, b, centre, alpha, quick;

  template <class LogRatio>
  double operator()(double most, LogRatio&& log_ratio, RandomStream& random) const {
    return first_of([&]() -> std::optional<double> {
      const double u = random.uniform() - 0.5, v = random.uniform(), edge = 0.5 - std::abs(u);
      const double k = std::floor((2 * a / edge + b) * u + centre);
      if (edge >= 0.07 && v <= quick) return k;
      if (!(k >= 0 && k <= most)) return std::nullopt;
      if (std::log(v * alpha / (a / (edge * edge) + b)) <= log_ratio(k)) return k;
      return std::nullopt;
    });
  }
};

/// For p <= 1/2.
double draw_binomial_up_to_half(double n, double p, RandomStream& random) {
  const double q = 1 - p;
  if (n * p < kLargeMean) {
    const double odds = p / q;
    return search_from_zero(
        std::exp(n * std::log1p(-p)), n, [&](double k) { return odds * (n - k + 1) / k; }, random);
  }
  const double deviation = std::sqrt(n * p * q), mode = std::floor((n + 1) * p);
  const double b = 1.15 + 2.53 * deviation;
  const TransformedRejection hat{-0.0873 + 0.0248 * b + 0.01 * p, b, n * p + 0.5, (2.83 + 5.1 / b) * deviation,
                                 0.92 - 4.2 / b};
  const double top = log_binomial(mode, n, p);
  return hat(
      n, [&](double k) { return log_binomial(k, n, p) - top; }, random);
}

/// One thing after the other.
double draw_one_by_one(double total, double kind, double drawn, RandomStream& random) {
  double left = kind;
  for (double i = 0; i < drawn; ++i) left -= random.uniform() * (total - i) < left ? 1 : 0;
  return kind - left;
}

/// Ratio of uniforms with a table mountain hat (Stadlober 1990, "The ratio of uniforms approach for generating discrete
/// random variates"), for at most half of all things of the kind and at most half drawn.
double draw_by_ratio(double total, double kind, double drawn, RandomStream& random) {
  const double share = kind / total, p = drawn / total, mean = drawn * share;
  const double deviation = std::sqrt((total - drawn) * mean * (1 - share) / (total - 1) + 0.5);
  const double width = 2 * std::sqrt(2 / std::numbers::e) * deviation + 3 - 2 * std::sqrt(3 / std::numbers::e);
  const double end = std::min(std::min(drawn, kind) + 1, std::floor(mean + 0.5 + 16 * deviation));
  const auto log_probability = [&](double k) {
    return log_binomial(k, kind, p) + log_binomial(drawn - k, total - kind, p);
  };
  const double top = log_probability(std::floor((drawn + 1) * (kind + 1) / (total + 2)));
  return first_of([&]() -> std::optional<double> {
    const double u = random.uniform(), x = mean + 0.5 + width * (random.uniform() - 0.5) / u;
    if (!(x >= 0 && x < end)) return std::nullopt;
    const double k = std::floor(x);
    if (2 * std::log(u) <= log_probability(k) - top) return k;
    return std::nullopt;
  });
}

}  // namespace

double draw_exponential(RandomStream& random) { return -std::log(random.uniform()); }

double draw_log_gamma(double alpha, RandomStream& random) {
  if (!(alpha > 0)) return kNaN;
  if (alpha >= 1) return std::log(draw_large_gamma(alpha, random));
  const double larger = std::log(draw_large_gamma(alpha + 1, random));
  return larger - draw_exponential(random) / alpha;
}

double draw_gamma(double alpha, RandomStream& random) {
  return alpha >= 1 ? draw_large_gamma(alpha, random) : std::exp(draw_log_gamma(alpha, random));
}

double draw_beta(double alpha, double beta, RandomStream& random) {
  const double difference = draw_log_gamma(beta, random) - draw_log_gamma(alpha, random);
  return 1 / (1 + std::exp(difference));
}

double draw_student_t(double nu, RandomStream& random) {
  const double half = 0.5 * nu;
  const double z = random.normal();
  return z * std::exp(0.5 * (std::log(half) - draw_log_gamma(half, random)));
}

/// Rejection from a wrapped Cauchy distribution (Best and Fisher 1979, "Efficient simulation of the von Mises
/// distribution"). Its parameter rho, and r - cos(theta) with r = (1 + rho^2) / (2 rho), are written so that neither
/// small nor large kappa cancels.
double draw_von_mises(double kappa, RandomStream& random) {
  if (!(kappa > 0 && kappa < std::numeric_limits<double>::infinity())) return kNaN;
  const double twice = 2 * kappa, root = std::hypot(1.0, twice), tau_root = std::sqrt(1 + root);
  const double rho = tau_root / (tau_root + std::numbers::sqrt2) * (twice / (root + 1));
  const double less = (std::numbers::sqrt2 * tau_root - 1 - 1 / (twice + root)) / twice;  // 1 - rho
  const double one_less = rho < 0.5 ? 1 - rho : less, spread = one_less / (1 + rho);
  const double base = kappa / rho * (0.5 * one_less * one_less);  // kappa (r - 1)
  return first_of([&]() -> std::optional<double> {
    const double half = std::atan(spread * std::tan(std::numbers::pi * (random.uniform() - 0.5)));
    const double sine = std::sin(half), c = base + twice * sine * sine;
    if (std::log(c / random.uniform()) + 1 - c >= 0) return 2 * half;
    return std::nullopt;
  });
}

/// Michael, Schucany and Haas 1976, "Generating random variates using transformations with multiple roots"; the smaller
/// root is written without cancellation.
double draw_wald(double mu, double lam, RandomStream& random) {
  const double z = random.normal(), half = 0.5 * z * z * (mu / lam);
  const double smaller = 1 / (1 + half + std::sqrt(half * (2 + half)));
  return random.uniform() * (1 + smaller) <= 1 ? mu * smaller : mu / smaller;
}

double draw_poisson(double mu, RandomStream& random) {
  if (!(mu >= 0 && mu < std::numeric_limits<double>::infinity())) return kNaN;
  if (mu < kLargeMean) {
    return search_from_zero(
        std::exp(-mu), std::numeric_limits<double>::max(), [&](double k) { return mu / k; }, random);
  }
  const double b = 0.931 + 2.53 * std::sqrt(mu);
  const TransformedRejection hat{-0.059 + 0.02483 * b, b, mu + 0.43, 1.1239 + 1.1328 / (b - 3.4),
                                 0.9277 - 3.6224 / (b - 2)};
  return hat(
      std::numeric_limits<double>::max(), [&](double k) { return log_count(k, mu); }, random);
}

double draw_binomial(double n, double p, RandomStream& random) {
  if (!(n >= 0 && p >= 0 && p <= 1)) return kNaN;
  return p <= 0.5 ? draw_binomial_up_to_half(n, p, random) : n - draw_binomial_up_to_half(n, 1 - p, random);
}

/// By what is drawn or left over, of the kind or of the others, whichever are fewer.
double draw_hyper_geometric(double total, double kind, double drawn, RandomStream& random) {
  constexpr double few = 10;
  if (!(kind >= 0 && drawn >= 0 && kind <= total && drawn <= total && total <= 0x1p53)) return kNaN;
  if (kind > total - kind) return drawn - draw_hyper_geometric(total, total - kind, drawn, random);
  if (drawn > total - drawn) return kind - draw_hyper_geometric(total, kind, total - drawn, random);
  if (std::min(kind, drawn) > few) return draw_by_ratio(total, kind, drawn, random);
  return draw_one_by_one(total, std::max(kind, drawn), std::min(kind, drawn), random);
}

/// Of 64 bits, those at which every number has the same share are used (Lemire 2019, "Fast random integer generation in
/// an interval", in its plain form).
double draw_below(double n, RandomStream& random) {
  if (!(n >= 1 && n <= 0x1p53)) return kNaN;
  const auto count = static_cast<std::uint64_t>(n);
  const std::uint64_t unusable = (std::uint64_t{0} - count) % count;  // 2^64 modulo count
  return first_of([&]() -> std::optional<double> {
    const std::uint64_t bits = random();
    if (bits < unusable) return std::nullopt;
    return static_cast<double>(bits % count);
  });
}

}  // namespace exmc::density
