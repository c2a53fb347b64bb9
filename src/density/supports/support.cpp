#include "support.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "../distributions/terms.hpp"
#include "exmc/core/error.hpp"
#include "partial_bounds.hpp"
#include "positive_transform.hpp"

namespace exmc::density {
namespace {

/// x = 1 / (1 + e^-u) with log-Jacobian ln x (1 - x).
struct UnitIntervalTransform {
  static constexpr std::size_t kOperands = 1;
  template <class T>
  static T value(const T* u) {
    const T t = exp(-abs(u[0]));
    return select(u[0] > 0.0, T{} + 1.0, t) / (1.0 + t);
  }
  template <class T>
  static void partials(const T* u, T, T* d) {
    const T t = exp(-abs(u[0])), sum = 1.0 + t;
    d[0] = t / (sum * sum);
  }
  template <class T>
  static T log_jacobian(const T* u, T) {
    return -abs(u[0]) - 2.0 * log1p(exp(-abs(u[0])));
  }
  template <class T>
  static T log_jacobian_slope(const T*, T x) {
    return 1.0 - 2.0 * x;
  }
  static Interval range(const Interval*) { return kInsideUnit; }
};

/// What a share between 0 and 1 is of the way from lower to upper, over (share, lower, upper): from the nearer end, so
/// that neither is passed.
struct Interpolate {
  static constexpr std::size_t kOperands = 3;
  static constexpr std::array kVariants = {0b001U, 0b111U};
  template <class T>
  static T value(const T* p) {
    const T width = p[2] - p[1];
    return select(p[0] < 0.5, p[1] + width * p[0], p[2] - width * (1.0 - p[0]));
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = p[2] - p[1];
    d[1] = 1.0 - p[0];
    d[2] = p[0];
  }
  static Interval range(const Interval* p) {
    const Interval between = hull(p[1], p[2]);
    const bool inside = kInsideUnit.includes(p[0]);  // then neither end is reached
    return {between.lower, between.upper, inside || between.open_lower, inside || between.open_upper};
  }
};

View constrain_unit_interval(Builder& builder, const View& unconstrained, const Shape&) {
  const View value = builder.apply<UnitIntervalTransform>({unconstrained}), one = builder.constant(1.0);
  builder.facts().remember_between(value, {Curve::logistic, false, unconstrained, builder.constant(0.0), one, one});
  return value;
}

View constrain_angle(Builder& builder, const View& unconstrained, const Shape&) {
  const double pi = std::numbers::pi;
  return constrain_between(builder, unconstrained, {builder.constant(-pi), builder.constant(pi)});
}

bool is_zero(const Builder& builder, const View& view) {
  return view.constant() && view.rank() == 0 && builder.evaluate(view).values.front() == 0;
}

View constrain_positive(Builder& builder, const View& unconstrained, const Shape&) {
  const View value = builder.apply<PositiveTransform>({unconstrained});
  builder.facts().remember_exponential(value, unconstrained);
  return value;
}

void unconstrain_real(std::span<const double> x, std::size_t, std::span<double> u) { u[0] = x[0]; }

void unconstrain_positive(std::span<const double> x, std::size_t, std::span<double> u) { u[0] = std::log(x[0]); }

void unconstrain_unit_interval(std::span<const double> x, std::size_t, std::span<double> u) {
  u[0] = std::log(x[0]) - std::log1p(-x[0]);
}

void unconstrain_angle(std::span<const double> x, std::size_t, std::span<double> u) {
  u[0] = unconstrain_between(x[0], -std::numbers::pi, std::numbers::pi);
}

}  // namespace

const Domain kReal{"a finite number", [](double x) { return std::isfinite(x); }};
const Domain kPositive{"a positive number", [](double x) { return x > 0 && std::isfinite(x); }, nullptr,
                       kPositiveNumbers};
const Domain kNonNegative{"a number that is not negative", [](double x) { return x >= 0 && std::isfinite(x); }, nullptr,
                          kNonNegativeNumbers};
const Domain kUnitInterval{"a number between 0 and 1", [](double x) { return x >= 0 && x <= 1; }, nullptr, kUnit};
const Domain kOpenUnitInterval{"a number between 0 and 1, neither 0 nor 1", [](double x) { return x > 0 && x < 1; },
                               nullptr, kInsideUnit};
const Domain kPositiveShare{"a number above 0, at most 1", [](double x) { return x > 0 && x <= 1; }, nullptr,
                            Interval{0, 1, true, false}};
const Domain kLogarithm{"a finite number or -inf", [](double x) { return x < detail::kInfinity; }};
const Domain kExtendedReal{"a number or an infinity", [](double x) { return !std::isnan(x); }};
const Domain kAngle{"an angle from -pi to pi", [](double x) { return std::abs(x) <= std::numbers::pi; }, nullptr,
                    closed_interval(-std::numbers::pi, std::numbers::pi)};
const Domain kBinary{"0 or 1", [](double x) { return x == 0 || x == 1; }};
const Domain kInteger{"a whole number", [](double x) { return std::isfinite(x) && x == std::floor(x); }};
const Domain kCount{"a whole number from 0 on", [](double x) { return x >= 0 && kInteger.contains(x); }};
const Domain kPositiveCount{"a whole number from 1 on", [](double x) { return x >= 1 && kInteger.contains(x); }};

const Support kRealSupport{.name = "real",
                           .constrain = [](Builder&, const View& unconstrained, const Shape&) { return unconstrained; },
                           .domain = &kReal,
                           .unconstrain = unconstrain_real,
                           .points = "numbers",
                           .sampled = "1",
                           .transform = "none"};
const Support kPositiveSupport{.name = "positive",
                               .constrain = constrain_positive,
                               .domain = &kPositive,
                               .unconstrain = unconstrain_positive,
                               .points = "x > 0",
                               .sampled = "1",
                               .transform = "e^u"};
const Support kUnitIntervalSupport{.name = "unit_interval",
                                   .constrain = constrain_unit_interval,
                                   .domain = &kOpenUnitInterval,
                                   .unconstrain = unconstrain_unit_interval,
                                   .points = "0 < x < 1",
                                   .sampled = "1",
                                   .transform = "1 / (1 + e^-u)"};
const Support kAngleSupport{"interval", constrain_angle, &kAngle, unconstrain_angle};

namespace {
constexpr std::array kNamed = {&kRealSupport,      &kPositiveSupport,        &kUnitIntervalSupport,
                               &kOrderedSupport,   &kPositiveOrderedSupport, &kSimplexSupport,
                               &kSumToZeroSupport, &kUnitVectorSupport,      &kCholeskyCorrSupport,
                               &kCorrSupport,      &kCholeskyCovSupport,     &kCovSupport};
}  // namespace

const Support* find_support(std::string_view name) {
  const auto found = std::find_if(kNamed.begin(), kNamed.end(), [&](const Support* s) { return s->name == name; });
  return found == kNamed.end() ? nullptr : *found;
}

std::vector<std::string> support_names() {
  std::vector<std::string> names;
  names.reserve(std::size(kNamed));
  for (const Support* support : kNamed) names.emplace_back(support->name);
  return names;
}

Shape unconstrained_shape(const Support& support, const Shape& shape, const std::string& where) {
  if (support.event_rank == 0) return shape;
  const std::string name(support.name);
  const bool matrix = support.event_rank == 2;
  if (shape.size() < support.event_rank || (matrix && shape[shape.size() - 2] != shape.back())) {
    throw InputError(where, "expected " + std::string(matrix ? "two last axes of equal length" : "a last axis") +
                                ", which support \"" + name + "\" needs, found shape " + to_string(shape));
  }
  if (shape.back() < support.least_length) {
    throw InputError(where, "support \"" + name + "\" needs a length of at least " +
                                std::to_string(support.least_length) + ", found shape " + to_string(shape));
  }
  Shape free(shape.begin(), shape.end() - static_cast<std::ptrdiff_t>(support.event_rank));
  free.push_back(support.free_elements == nullptr ? shape.back() : support.free_elements(shape.back()));
  return free;
}

std::string_view Bounds::name() const { return lower && upper ? "interval" : (lower ? "lower" : "upper"); }

double unconstrain_between(double x, double lower, double upper) {
  if (std::isinf(lower)) return std::isinf(upper) ? x : std::log(upper - x);
  return std::isinf(upper) ? std::log(x - lower) : std::log(x - lower) - std::log(upper - x);
}

namespace {

View constrain_to_interval(Builder& builder, const View& unconstrained, const View& lower, const View& upper) {
  const View width = subtract(builder, upper, lower);
  add_multiple(builder, 1, logarithm(builder, width), unconstrained.shape);
  const View share = constrain_unit_interval(builder, unconstrained, unconstrained.shape);
  const View value = builder.apply<Interpolate>({share, lower, upper});
  builder.facts().remember_between(value, {Curve::logistic, false, unconstrained, lower, upper, width});
  return value;
}

}  // namespace

View constrain_between(Builder& builder, const View& unconstrained, const Bounds& given) {
  if (is_partial(builder, given.lower) || is_partial(builder, given.upper)) {
    return constrain_partly(builder, unconstrained, given);
  }
  const Bounds bounds{as_one_number(builder, given.lower), as_one_number(builder, given.upper)};
  if (bounds.lower && bounds.upper) {
    return constrain_to_interval(builder, unconstrained, *bounds.lower, *bounds.upper);
  }
  const View distance = constrain_positive(builder, unconstrained, unconstrained.shape);
  if (!bounds.upper && is_zero(builder, *bounds.lower)) return distance;
  const double infinity = detail::kInfinity;
  const View value =
      bounds.upper ? builder.apply<Subtract>({*bounds.upper, distance}) : builder.apply<Add>({*bounds.lower, distance});
  builder.facts().remember_between(value,
                                   {Curve::exponential, bounds.upper.has_value(), unconstrained,
                                    bounds.upper ? builder.constant(-infinity) : *bounds.lower,
                                    bounds.upper ? *bounds.upper : builder.constant(infinity), builder.constant(1.0)});
  return value;
}

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
