#pragma once

#include <limits>

namespace exmc::density {

/// The numbers that something is known to be among: an interval whose ends belong to it or not. Infinite ends never do.
/// Of functions it is said as if they were exact: rounding, overflow and underflow may reach an end that is open.
struct Interval {
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  bool open_lower = true, open_upper = true;

  friend bool operator==(const Interval&, const Interval&) = default;

  /// Whether nothing is known.
  [[nodiscard]] bool is_whole() const;
  /// Whether all numbers of the other are in this one.
  [[nodiscard]] bool includes(const Interval& other) const;
  /// The least and the greatest double in it.
  [[nodiscard]] double least() const;
  [[nodiscard]] double greatest() const;
};

[[nodiscard]] Interval closed_interval(double lower, double upper);
/// (0, inf), [0, inf), [0, 1] and (0, 1).
inline constexpr Interval kPositiveNumbers{.lower = 0}, kNonNegativeNumbers{.lower = 0, .open_lower = false},
    kUnit{0, 1, false, false}, kInsideUnit{0, 1, true, true};

/// The least interval that includes both.
[[nodiscard]] Interval hull(const Interval& a, const Interval& b);

/// Where the results are of numbers in these. Of what may be divided by a negative number and by a positive one, or by
/// nothing but 0, nothing is known.
[[nodiscard]] Interval operator-(const Interval& a);
[[nodiscard]] Interval operator+(const Interval& a, const Interval& b);
[[nodiscard]] Interval operator-(const Interval& a, const Interval& b);
[[nodiscard]] Interval operator*(const Interval& a, const Interval& b);
[[nodiscard]] Interval operator/(const Interval& a, const Interval& b);
[[nodiscard]] Interval minimum(const Interval& a, const Interval& b);
[[nodiscard]] Interval maximum(const Interval& a, const Interval& b);

}  // namespace exmc::density
