#include "incomplete.hpp"

#include <cmath>
#include <limits>

#include "../distributions/beta.hpp"
#include "special.hpp"

namespace exmc::density {
namespace {

constexpr double kHalfLogTwoPi = 0.918938533204672741780329736406;
constexpr double kPrecision = std::numeric_limits<double>::epsilon() / 4;
/// The expansions need at most ten times the square root of their largest parameter: this is enough up to 10^8, and
/// takes a millisecond.
constexpr int kMostSteps = 100'000;
constexpr LogTails<double> kNothingBelow{-detail::kInfinity, 0, 0, 0}, kNothingAbove{0, -detail::kInfinity, 0, 0};

/// Both tails where the lower is known as a product. The first factor is also its derivative.
LogTails<double> from_lower(double log_scale, double factor) {
  const double lower = log_scale + std::log(factor), upper = log1m_exp(std::fmin(lower, 0.0));
  return {lower, upper, 1 / factor, -std::exp(log_scale - upper)};
}
LogTails<double> swapped(const LogTails<double>& tails) {
  return {tails.upper, tails.lower, -tails.upper_slope, -tails.lower_slope};
}

/// sum over n of x^n / (a (a + 1) ... (a + n)) (Abramowitz and Stegun 6.5.29).
double gamma_series(double a, double x) {
  double term = 1 / a, sum = term;
  for (int n = 1; n < kMostSteps && term > sum * kPrecision; ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/// One step of Lentz's method (Thompson and Barnett 1986) for continued fractions: the factor by which the value
/// changes.
class Lentz {
 public:
  Lentz(double c, double d) : c_(c), d_(1 / d) {}
  double step(double a, double b) {
    d_ = 1 / (b + a * d_);
    c_ = b + a / c_;
    return c_ * d_;
  }
  [[nodiscard]] double d() const { return d_; }

 private:
  double c_, d_;
};

bool settled(double factor) { return !(std::abs(factor - 1) > 4 * kPrecision); }

/// Gamma(a, x) / (x^a e^-x) (Abramowitz and Stegun 6.5.31, even part), for x > a.
double gamma_fraction(double a, double x) {
  constexpr double tiny = 1e-300;
  double b = x + 1 - a;
  Lentz fraction(1 / tiny, b);
  double value = fraction.d();
  for (int n = 1; n < kMostSteps; ++n) {
    b += 2;
    const double factor = fraction.step(-n * (n - a), b);
    value *= factor;
    if (settled(factor)) break;
  }
  return value;
}

/// a B(a, b) I_x(a, b) / (x^a y^b) (DLMF 8.17.22), for x below its mean.
double beta_fraction(double a, double b, double x) {
  Lentz fraction(1, 1 - (a + b) * x / (a + 1));
  double value = fraction.d();
  for (int m = 1; m < kMostSteps; ++m) {
    const double even = m * (b - m) * x / ((a + (2 * m - 1)) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + (2 * m + 1)));
    const double factor = fraction.step(even, 1), next = fraction.step(odd, 1);
    value *= factor * next;
    if (settled(next)) break;
  }
  return value;
}

/// ln(x^a y^b / B(a, b)).
double log_beta_scale(double a, double b, double log_x, double log_y) {
  const double p[] = {a, b}, n = a + b, x = std::exp(log_x), y = std::exp(log_y), excess = b * x - a * y;
  return BetaNormaliser::value(p) - kHalfLogTwoPi - deviance(a, n * x, excess, log_x + std::log(n / a)).value -
         deviance(b, n * y, -excess, log_y + std::log(n / b)).value;
}

}  // namespace

LogTails<double> incomplete_gamma(double a, double log_x) {
  if (a <= 0) return kNothingAbove;
  if (log_x == -detail::kInfinity) return kNothingBelow;
  if (log_x == detail::kInfinity) return kNothingAbove;
  const double x = std::exp(log_x), distance = deviance(a, x, x - a, log_x - std::log(a)).value;
  const double log_scale = 0.5 * std::log(a) - kHalfLogTwoPi - stirling_error(a).value - distance;
  if (x < a + 1) return from_lower(log_scale, gamma_series(a, x));
  return swapped(from_lower(log_scale, gamma_fraction(a, x)));
}

LogTails<double> incomplete_beta(double a, double b, double log_x, double log_y) {
  if (b <= 0) return kNothingBelow;
  if (a <= 0) return kNothingAbove;
  if (log_x == -detail::kInfinity) return kNothingBelow;
  if (log_y == -detail::kInfinity) return kNothingAbove;
  const double log_scale = log_beta_scale(a, b, log_x, log_y), x = std::exp(log_x);
  if (x * (a + b + 2) < a + 1) return from_lower(log_scale, beta_fraction(a, b, x) / a);
  return swapped(from_lower(log_scale, beta_fraction(b, a, std::exp(log_y)) / b));
}

}  // namespace exmc::density
