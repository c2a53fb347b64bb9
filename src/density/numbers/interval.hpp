#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace exmc::density {

/// The numbers that something is known to be among: an interval whose ends belong to it or not. Infinite ends never do.
/// Of functions it is said as if they were exact: rounding, overflow and underflow may reach an end that is open.
struct Interval {
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  bool open_lower = true, open_upper = true;

  friend bool operator==(const Interval&, const Interval&) = default;

  /// Whether nothing is known.
  [[nodiscard]] bool is_whole() const { return std::isinf(lower) && std::isinf(upper); }
  /// Whether all numbers of the other are in this one.
  [[nodiscard]] bool includes(const Interval& other) const {
    return (lower < other.lower || (lower == other.lower && (other.open_lower || !open_lower))) &&
           (upper > other.upper || (upper == other.upper && (other.open_upper || !open_upper)));
  }
  /// The least and the greatest double in it.
  [[nodiscard]] double least() const { return open_lower ? std::nextafter(lower, upper) : lower; }
  [[nodiscard]] double greatest() const { return open_upper ? std::nextafter(upper, lower) : upper; }
};

/// [lower, upper], (0, inf), [0, inf), [0, 1] and (0, 1).
[[nodiscard]] inline Interval closed_interval(double lower, double upper) { return {lower, upper, false, false}; }
inline constexpr Interval kPositiveNumbers{.lower = 0}, kNonNegativeNumbers{.lower = 0, .open_lower = false},
    kUnit{0, 1, false, false}, kInsideUnit{0, 1, true, true};

/// The least interval that includes both.
[[nodiscard]] inline Interval hull(const Interval& a, const Interval& b) {
  Interval both{std::min(a.lower, b.lower), std::max(a.upper, b.upper)};
  both.open_lower = (a.lower > both.lower || a.open_lower) && (b.lower > both.lower || b.open_lower);
  both.open_upper = (a.upper < both.upper || a.open_upper) && (b.upper < both.upper || b.open_upper);
  return both;
}

[[nodiscard]] inline Interval operator-(const Interval& a) { return {-a.upper, -a.lower, a.open_upper, a.open_lower}; }

[[nodiscard]] inline Interval operator+(const Interval& a, const Interval& b) {
  const double lower = a.lower + b.lower, upper = a.upper + b.upper;
  if (std::isnan(lower) || std::isnan(upper)) return {};
  return {lower, upper, a.open_lower || b.open_lower, a.open_upper || b.open_upper};
}
[[nodiscard]] inline Interval operator-(const Interval& a, const Interval& b) { return a + -b; }

namespace detail {
/// The product of an end of each, as an interval of one number; 0 times infinity is 0 here.
[[nodiscard]] inline Interval end_product(double a, bool a_open, double b, bool b_open) {
  const double product = a == 0 || b == 0 ? 0 : a * b;
  const bool reached = (a == 0 && !a_open) || (b == 0 && !b_open) || (!a_open && !b_open);
  return {product, product, !reached, !reached};
}
}  // namespace detail

[[nodiscard]] inline Interval operator*(const Interval& a, const Interval& b) {
  return hull(hull(detail::end_product(a.lower, a.open_lower, b.lower, b.open_lower),
                   detail::end_product(a.lower, a.open_lower, b.upper, b.open_upper)),
              hull(detail::end_product(a.upper, a.open_upper, b.lower, b.open_lower),
                   detail::end_product(a.upper, a.open_upper, b.upper, b.open_upper)));
}

/// Of what is divided by 0 nothing is known.
[[nodiscard]] inline Interval operator/(const Interval& a, const Interval& b) {
  if (b.upper <= 0) return -a / -b;
  if (b.lower < 0) return {};
  return a * Interval{1 / b.upper, 1 / b.lower, b.open_upper, b.lower == 0 || b.open_lower};
}

[[nodiscard]] inline Interval minimum(const Interval& a, const Interval& b) {
  const Interval& low = a.lower < b.lower || (a.lower == b.lower && !a.open_lower) ? a : b;
  const Interval& high = a.upper < b.upper || (a.upper == b.upper && a.open_upper) ? a : b;
  return {low.lower, high.upper, low.open_lower, high.open_upper};
}
[[nodiscard]] inline Interval maximum(const Interval& a, const Interval& b) { return -minimum(-a, -b); }

}  // namespace exmc::density
