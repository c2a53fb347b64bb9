#include "interval.hpp"

#include <algorithm>
#include <cmath>

namespace exmc::density {

bool Interval::is_whole() const { return std::isinf(lower) && std::isinf(upper) && lower < upper; }

bool Interval::includes(const Interval& other) const {
  return (lower < other.lower || (lower == other.lower && (other.open_lower || !open_lower))) &&
         (upper > other.upper || (upper == other.upper && (other.open_upper || !open_upper)));
}

double Interval::least() const { return open_lower ? std::nextafter(lower, upper) : lower; }
double Interval::greatest() const { return open_upper ? std::nextafter(upper, lower) : upper; }

Interval closed_interval(double lower, double upper) { return {lower, upper, false, false}; }

Interval hull(const Interval& a, const Interval& b) {
  Interval both{std::min(a.lower, b.lower), std::max(a.upper, b.upper)};
  both.open_lower = (a.lower > both.lower || a.open_lower) && (b.lower > both.lower || b.open_lower);
  both.open_upper = (a.upper < both.upper || a.open_upper) && (b.upper < both.upper || b.open_upper);
  return both;
}

Interval operator-(const Interval& a) { return {-a.upper, -a.lower, a.open_upper, a.open_lower}; }

Interval operator+(const Interval& a, const Interval& b) {
  const double lower = a.lower + b.lower, upper = a.upper + b.upper;
  if (std::isnan(lower) || std::isnan(upper)) return {};
  return {lower, upper, a.open_lower || b.open_lower, a.open_upper || b.open_upper};
}

Interval operator-(const Interval& a, const Interval& b) { return a + -b; }

namespace {
/// The product of an end of each, as an interval of one number; 0 times infinity is 0 here.
Interval end_product(double a, bool a_open, double b, bool b_open) {
  const double product = a == 0 || b == 0 ? 0 : a * b;
  const bool reached = (a == 0 && !a_open) || (b == 0 && !b_open) || (!a_open && !b_open);
  return {product, product, !reached, !reached};
}
}  // namespace

Interval operator*(const Interval& a, const Interval& b) {
  return hull(hull(end_product(a.lower, a.open_lower, b.lower, b.open_lower),
                   end_product(a.lower, a.open_lower, b.upper, b.open_upper)),
              hull(end_product(a.upper, a.open_upper, b.lower, b.open_lower),
                   end_product(a.upper, a.open_upper, b.upper, b.open_upper)));
}

Interval operator/(const Interval& a, const Interval& b) {
  if (b.lower < 0 && b.upper <= 0) return -a / -b;
  if (b.lower < 0 || b.upper <= 0) return {};
  const double infinity = std::numeric_limits<double>::infinity();
  return a * Interval{1 / b.upper, b.lower == 0 ? infinity : 1 / b.lower, b.open_upper, b.lower == 0 || b.open_lower};
}

Interval minimum(const Interval& a, const Interval& b) {
  const Interval& low = a.lower < b.lower || (a.lower == b.lower && !a.open_lower) ? a : b;
  const Interval& high = a.upper < b.upper || (a.upper == b.upper && a.open_upper) ? a : b;
  return {low.lower, high.upper, low.open_lower, high.open_upper};
}

Interval maximum(const Interval& a, const Interval& b) { return -minimum(-a, -b); }

}  // namespace exmc::density
