#include "support.hpp"

#include <algorithm>
#include <cmath>

namespace exmc::density {
namespace {

/// x = e^u with log-Jacobian u.
struct PositiveTransform {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* u) {
    return exp(u[0]);
  }
  template <class T>
  static void partials(const T*, T x, T* d) {
    d[0] = x;
  }
  template <class T>
  static T log_jacobian(const T* u, T) {
    return u[0];
  }
  template <class T>
  static T log_jacobian_slope(const T*, T) {
    return T{} + 1.0;
  }
};

View constrain_positive(Builder& builder, const View& unconstrained) {
  const View value = builder.apply<PositiveTransform>({unconstrained});
  builder.remember_exponential(value, unconstrained);
  return value;
}

}  // namespace

const Domain kReal{"a finite number", [](double x) { return std::isfinite(x); }};
const Domain kPositive{"a positive number", [](double x) { return x > 0 && std::isfinite(x); }};
const Domain kNonNegative{"a number that is not negative", [](double x) { return x >= 0 && std::isfinite(x); }};
const Domain kUnitInterval{"a number between 0 and 1", [](double x) { return x >= 0 && x <= 1; }};
const Domain kBinary{"0 or 1", [](double x) { return x == 0 || x == 1; }};

const Support kRealSupport{"real", [](Builder&, const View& unconstrained) { return unconstrained; }};
const Support kPositiveSupport{"positive", constrain_positive};

std::optional<std::size_t> first_outside(const Domain& domain, const Array& array) {
  const auto found = std::find_if_not(array.values.begin(), array.values.end(), domain.contains);
  if (found == array.values.end()) return std::nullopt;
  return static_cast<std::size_t>(found - array.values.begin());
}

std::string element_name(const Shape& shape, std::size_t index) {
  if (shape.empty()) return "";
  std::string text;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    text = std::to_string(index % shape[axis]) + (text.empty() ? "" : ", ") + text;
    index /= shape[axis];
  }
  return "[" + text + "]";
}

}  // namespace exmc::density
