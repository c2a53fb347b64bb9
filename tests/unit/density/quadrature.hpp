#pragma once

#include <functional>
#include <string>
#include <vector>

/// Densities over one number, against each other by quadrature.
namespace exmc::density::testing {

/// What is known at one place u of a line.
struct LinePoint {
  double log_density;
  double gradient;  ///< of it, in u
  double x;         ///< the quantity of interest there
};
using Line = std::function<LinePoint(double u)>;

/// A node of a quadrature rule.
struct QuadratureNode {
  double at, weight;
};
/// Double exponential rules between points that increase, of which the outer ones may be infinite. What is integrated
/// may be singular at the points, and less smooth there.
[[nodiscard]] std::vector<QuadratureNode> double_exponential(const std::vector<double>& points);

/// The mass of a density, and the mean and standard deviation of atan x, which exist whatever the tails.
struct Moments {
  double mass, mean, sd;
};
[[nodiscard]] Moments moments(const Line& line, const std::vector<double>& points);
/// The same with points about the densest place between, so that no peak is overlooked.
[[nodiscard]] Moments moments_about_mode(const Line& line, std::vector<double> points);

/// What is wrong with the values of a line and its gradients from -20 to 20 and, up to `farthest`, far out: what is NaN
/// or +inf, a gradient that is not finite where the log density is (above -1e100), one whose integral is not what the
/// density rises by. Empty where nothing is. At `kinks` the gradient may jump.
[[nodiscard]] std::string find_fault(const Line& line, const std::vector<double>& kinks, double farthest = 1e308);

/// Where a quantity that rises or falls along a line has a value; infinite where it never has.
[[nodiscard]] double place_of(const Line& line, double x);

}  // namespace exmc::density::testing
