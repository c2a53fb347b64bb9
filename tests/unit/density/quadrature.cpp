#include "quadrature.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace exmc::density::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Of s, which steps over the line: a place between two ends, and its derivative.
QuadratureNode between(double lower, double upper, double s) {
  const double exponent = std::numbers::pi / 2 * std::sinh(s), rate = std::numbers::pi / 2 * std::cosh(s);
  if (std::isinf(lower) && std::isinf(upper)) return {std::sinh(exponent), std::cosh(exponent) * rate};
  const double size = std::exp(exponent);
  if (std::isinf(upper)) return {lower + size, size * rate};
  if (std::isinf(lower)) return {upper - size, size * rate};
  const double width = upper - lower, near = std::exp(-2 * std::abs(exponent)), share = near / (1 + near);
  return {exponent < 0 ? lower + width * share : upper - width * share, 2 * rate * width * share / (1 + near)};
}

double densest(const Line& line, double lower, double upper) {
  double best = -kInfinity, at = 0;
  for (double s = -7; s <= 7; s += 0.01) {
    const double u = std::sinh(s);
    if (u <= lower || u >= upper) continue;
    const double here = line(u).log_density;
    if (here > best) best = here, at = u;
  }
  return at;
}

std::string describe(double u, const LinePoint& point, const std::string& what) {
  return what + " at " + std::to_string(u) + ": log density " + std::to_string(point.log_density) + ", gradient " +
         std::to_string(point.gradient);
}

std::string find_not_finite(const Line& line, double u) {
  const LinePoint point = line(u);
  if (std::isnan(point.log_density) || point.log_density == kInfinity) return describe(u, point, "no log density");
  constexpr double overflowing = -1e100;  // no gradient can be asked for farther down
  const bool possible = std::isfinite(point.log_density) && point.log_density > overflowing;
  return possible && !std::isfinite(point.gradient) ? describe(u, point, "no gradient") : "";
}

/// The integral of the gradient, by Gauss and Legendre's rule of ten places.
double rise(const Line& line, double from, double to) {
  constexpr std::array places = {0.148874338981631211, 0.433395394129247191, 0.679409568299024406, 0.865063366688984511,
                                 0.973906528517171720};
  constexpr std::array weights = {0.295524224714752870, 0.269266719309996355, 0.219086362515982044,
                                  0.149451349150580593, 0.066671344308688138};
  const double half = (to - from) / 2, middle = (to + from) / 2;
  double sum = 0;
  for (std::size_t k = 0; k < places.size(); ++k) {
    sum += weights[k] * (line(middle - half * places[k]).gradient + line(middle + half * places[k]).gradient);
  }
  return half * sum;
}

}  // namespace

std::vector<QuadratureNode> double_exponential(const std::vector<double>& points) {
  constexpr double step = 1.0 / 32, end = 5.66;  // from 1e-98 to 1e98
  std::vector<QuadratureNode> nodes;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    for (double s = -end; s <= end; s += step) {
      const QuadratureNode node = between(points[i], points[i + 1], s);
      if (node.at > points[i] && node.at < points[i + 1] && node.weight > 0 && std::isfinite(node.weight)) {
        nodes.push_back({node.at, node.weight * step});
      }
    }
  }
  return nodes;
}

Moments moments(const Line& line, const std::vector<double>& points) {
  double mass = 0, first = 0, second = 0;
  for (const QuadratureNode& node : double_exponential(points)) {
    const LinePoint point = line(node.at);
    const double of_node = std::exp(point.log_density + std::log(node.weight));
    if (of_node == 0) continue;
    const double angle = std::atan(point.x);
    mass += of_node;
    first += of_node * angle;
    second += of_node * angle * angle;
  }
  const double mean = first / mass;
  return {mass, mean, std::sqrt(second / mass - mean * mean)};
}

Moments moments_about_mode(const Line& line, std::vector<double> points) {
  std::sort(points.begin(), points.end());
  points.push_back(densest(line, points.front(), points.back()));
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  return moments(line, points);
}

std::string find_fault(const Line& line, const std::vector<double>& kinks, double farthest) {
  for (const double size : {25.0, 40.0, 100.0, 230.0, 700.0, 720.0, 750.0, 5e3, 1e10, 1e100, 1e160, 1e308}) {
    if (size > farthest) break;
    for (const double u : {-size, size}) {
      if (const std::string fault = find_not_finite(line, u); !fault.empty()) return fault;
    }
  }
  constexpr double end = 20, width = 0.25, deep = -1e3, tolerance = 1e-7;
  for (double from = -end; from < end; from += width) {
    const double to = from + width;
    if (const std::string fault = find_not_finite(line, from); !fault.empty()) return fault;
    if (std::ranges::any_of(kinks, [&](double kink) { return kink >= from && kink <= to; })) continue;
    const LinePoint before = line(from), after = line(to);
    if (!(before.log_density > deep) || !(after.log_density > deep)) continue;
    const double rose = after.log_density - before.log_density;
    const double error = tolerance * (1 + std::abs(before.log_density) + std::abs(after.log_density));
    double rises = rise(line, from, to);
    for (int parts = 2; parts <= 32 && !(std::abs(rises - rose) <= error); parts *= 4) {
      rises = 0;
      for (int i = 0; i < parts; ++i) rises += rise(line, from + i * width / parts, from + (i + 1) * width / parts);
    }
    if (!(std::abs(rises - rose) <= error)) {
      return describe(from, before, "the gradient says " + std::to_string(rises) + " and not " + std::to_string(rose));
    }
  }
  return "";
}

double place_of(const Line& line, double x) {
  constexpr double far = 800;
  double below = -far, above = far;
  const bool rises = line(above).x >= line(below).x;
  const auto is_below = [&](double u) { return rises ? line(u).x < x : line(u).x > x; };
  if (!is_below(below)) return -kInfinity;
  if (is_below(above)) return kInfinity;
  while (true) {
    const double middle = (below + above) / 2;
    if (middle <= below || middle >= above) return above;
    (is_below(middle) ? below : above) = middle;
  }
}

}  // namespace exmc::density::testing
