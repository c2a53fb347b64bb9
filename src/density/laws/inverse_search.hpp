#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>

#include "tail_program.hpp"

namespace exmc::density {

/// Doubles in their order as integers, so that a bisection of these is one of all doubles: of their magnitude first.
[[nodiscard]] inline std::int64_t key_of(double x) {
  const auto bits = std::bit_cast<std::int64_t>(x);
  return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
}
[[nodiscard]] inline double number_of(std::int64_t key) {
  return std::bit_cast<double>(key < 0 ? std::numeric_limits<std::int64_t>::min() - key : key);
}
[[nodiscard]] inline double middle(double low, double high) {
  const auto a = static_cast<std::uint64_t>(key_of(low)), b = static_cast<std::uint64_t>(key_of(high));
  return number_of(static_cast<std::int64_t>(a + (b - a) / 2));
}

/// The search for a random number between bounds: the smallest at which the probability of a tail reaches a random
/// part of what it changes by between the bounds. Whoever searches evaluates the tails at point() and tells learn(),
/// until it is over().
class InverseSearch {
 public:
  InverseSearch() = default;
  /// Over already.
  explicit InverseSearch(double result) : found_(result) {}

  /// @param before tails at the lower bound, of counts one before it; @param up_to at the upper one
  InverseSearch(double lower, double upper, const LogTails& before, const LogTails& up_to, double uniform,
                bool discrete)
      : low_(discrete ? lower - 1 : lower), high_(upper), discrete_(discrete), left_(up_to.lower <= before.upper) {
    const double outer = left_ ? up_to.lower : before.upper, inner = left_ ? before.lower : up_to.upper;
    const double width = -std::expm1(inner - outer);
    if (!(lower <= upper && outer > -std::numeric_limits<double>::infinity() && width > 0)) {
      found_ = std::numeric_limits<double>::quiet_NaN();
      return;
    }
    const double share = std::exp(inner - outer) + uniform * width;
    target_ = outer + (share < 0.5 ? std::log(share) : std::log1p(-(1 - uniform) * width));
    next();
  }

  [[nodiscard]] bool over() const { return found_.has_value(); }
  [[nodiscard]] double result() const { return *found_; }
  [[nodiscard]] double point() const { return over() ? *found_ : point_; }

  void learn(const LogTails& tails) {
    const double tail = left_ ? tails.lower : tails.upper;
    // So far out that the distribution function overflows: on which side is all that matters.
    const bool reached = std::isnan(tail) ? point_ > 0 : left_ ? tail >= target_ : tail <= target_;
    (reached ? high_ : low_) = point_;
    next();
  }

 private:
  void next() {
    point_ = middle(low_, high_);
    if (discrete_) point_ = std::max(std::floor(point_), low_ + 1);
    if (point_ > low_ && point_ < high_) return;
    found_ = std::isfinite(high_) ? high_ : std::numeric_limits<double>::quiet_NaN();
  }

  double low_ = 0, high_ = 0;  ///< below what is searched, and at it or above
  bool discrete_ = false, left_ = false;
  double target_ = 0, point_ = 0;
  std::optional<double> found_;
};

}  // namespace exmc::density
