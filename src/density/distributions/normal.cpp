#include "normal.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <vector>

#include "../functions/functions.hpp"
#include "../kernels/special_functions.hpp"
#include "../operations/linear_form.hpp"
#include "distribution.hpp"
#include "regression.hpp"
#include "tails.hpp"
#include "terms.hpp"

namespace exmc::density {
namespace {

constexpr double kHalfLogTwoPi = 0.918938533204672741780329736406;

/// -((x - mu) / sigma)^2 / 2 - ln sigma over (x, mu, sigma, ln sigma). The logarithm is an operand of its own: it may
/// be known already, be constant, or be shared with other terms.
struct NormalTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr std::size_t kPredictor = 1;
  static constexpr double kConstant = -kHalfLogTwoPi;
  static constexpr std::array kVariants = {0b0000U, 0b0001U, 0b0010U, 0b0011U, 0b1101U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T inverse = 1.0 / p[2];
    const T z = (p[0] - p[1]) * inverse, slope = z * inverse;
    d[0] = -slope;
    d[1] = slope;
    d[2] = z * slope;
    d[3] = T{} - 1.0;
    return -0.5 * z * z - p[3];
  }
};

View scale(Builder& builder, const Variable& v) {
  return v.has("sigma") ? v["sigma"] : scale_of_precision(builder, v["tau"]);
}

/// The log density of n values of which mean and sum of squared deviations are known, over (mean, squares, n, mu,
/// sigma, ln sigma), less its constant.
struct NormalSumsTerm {
  static constexpr std::size_t kOperands = 6;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b001011U, 0b111011U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T inverse = 1.0 / p[4], z = (p[0] - p[3]) * inverse, scaled = p[2] * z;
    const T squares = p[1] * (inverse * inverse) + scaled * z;
    d[0] = d[1] = d[2] = T{};
    d[3] = scaled * inverse;
    d[4] = squares * inverse;
    d[5] = -p[2];
    return -0.5 * squares - p[2] * p[5];
  }
};

/// Means and sums of squared deviations of data over the axes along which neither mu nor sigma changes. What is left
/// has length 1 there.
struct Sums {
  View mean, squares;
  double count;  ///< of values behind each
};

/// Which axes of `shape` the two views do not change along.
std::vector<std::size_t> constant_axes(const Shape& shape, const View& mu, const View& sigma) {
  const View a = broadcast_to(mu, shape), b = broadcast_to(sigma, shape);
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] > 1 && a.strides[axis] == 0 && b.strides[axis] == 0) axes.push_back(axis);
  }
  return axes;
}

Sums sums_over(Builder& builder, const View& x, const std::vector<std::size_t>& axes) {
  const Array data = builder.evaluate(x);
  Shape kept = x.shape;
  for (const std::size_t axis : axes) kept[axis] = 1;
  const std::size_t summed = element_count(x.shape) / element_count(kept);
  const auto count = static_cast<double>(summed);
  Array mean{kept, std::vector<double>(element_count(kept))}, squares = mean;
  // Which of the kept elements each value belongs to: their numbers, repeated along the reduced axes.
  std::vector<double> numbers(element_count(kept)), group(data.values.size());
  std::iota(numbers.begin(), numbers.end(), 0.0);
  copy_elements(numbers.data(), broadcast_to(dense_view(Space::constant, 0, kept), x.shape), group.data());
  const std::vector<std::size_t> target(group.begin(), group.end());
  for (std::size_t i = 0; i < target.size(); ++i) mean.values[target[i]] += data.values[i] / count;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const double deviation = data.values[i] - mean.values[target[i]];
    squares.values[target[i]] += deviation * deviation;
  }
  return {builder.constant(mean), builder.constant(squares), count};
}

/// Of data with a linear predictor and one sigma: over as many rows as there are coefficients, and what these leave.
bool add_regression(Builder& builder, const View& x, const View& mu, const View& sigma) {
  const auto scale = as_scalar(sigma);
  const auto reduced = scale ? reduce_regression(builder, x, mu) : std::nullopt;
  if (!reduced) return false;
  const std::size_t rows = x.shape.front(), left = rows - reduced->values.shape.front();
  const View log_scale = logarithm(builder, *scale), zero = builder.constant(0.0);
  builder.add_term<NormalTerm>({reduced->values, reduced->predictor, *scale, log_scale});
  builder.add_term<NormalSumsTerm>(
      {zero, builder.constant(reduced->squares), builder.constant(static_cast<double>(left)), zero, *scale, log_scale});
  builder.add_constant(-kHalfLogTwoPi, {left});
  return true;
}

/// erf(z / sqrt 2), z >= 0.
struct StandardHalfNormal {
  template <class T>
  static T log_lower(T z, T& slope) {
    const T scaled = select(z > 0.0, z, T{}) * (0.5 * std::numbers::sqrt2), value = Erf::value(scaled);
    slope = (std::numbers::inv_sqrtpi * std::numbers::sqrt2) * exp(-scaled * scaled) / value;
    return select(z < 1.0, log(value), log1p(-erfc(scaled)));
  }
  template <class T>
  static T log_upper(T z, T& slope) {
    const NormalTail<T> tail = normal_tail(-z);
    slope = -tail.hazard;
    const T below = Erf::value(select(z > 0.0, z, T{}) * (0.5 * std::numbers::sqrt2));
    return select(z < 1.0, log1p(-below), std::numbers::ln2 + tail.log_cdf);
  }
};

template <class G>
View tail_of(Builder& builder, const Variable& v, Tail tail) {
  const View mu = v.has("mu") ? v["mu"] : builder.constant(0.0);
  return log_probability<LocationScaleTail<G>>(builder, tail, {v.value, mu, scale(builder, v)});
}

const std::array kFamily = {
    Distribution{
        .name = "normal",
        .parametrisations = {{{"mu", &kReal}, {"sigma", &kPositive}}, {{"mu", &kReal}, {"tau", &kPositive}}},
        .generator = {[](Builder& builder, const Variable& v) {
                        return std::vector{v["mu"], scale(builder, v)};
                      },
                      [](const double* p, RandomStream& random) { return p[0] + p[1] * random.normal(); }},
        .support = &kRealSupport,
        .data = &kReal,
        .lower = [](Builder& builder, const Variable& v) { add_normal(builder, v.value, v["mu"], scale(builder, v)); },
        .cdf = {{tail_of<StandardNormal>}},
        .location_scale = LocationScale{.location = "mu", .scale = "sigma", .precision = "tau", .normal = true}},
    Distribution{.name = "half_normal",
                 .parametrisations = {{{"sigma", &kPositive}}, {{"tau", &kPositive}}},
                 .generator = {[](Builder& builder, const Variable& v) { return std::vector{scale(builder, v)}; },
                               [](const double* p, RandomStream& random) { return p[0] * std::abs(random.normal()); }},
                 .support = &kPositiveSupport,
                 .data = &kNonNegative,
                 .lower =
                     [](Builder& builder, const Variable& v) {
                       add_normal(builder, v.value, builder.constant(0.0), scale(builder, v));
                       builder.add_constant(std::numbers::ln2, v.value.shape);
                     },
                 .cdf = {{tail_of<StandardHalfNormal>}}},
};

}  // namespace

void add_normal(Builder& builder, const View& x, const View& mu, const View& sigma) {
  const View log_sigma = logarithm(builder, sigma);
  const bool fits = broadcasts_to(mu.shape, x.shape) && broadcasts_to(sigma.shape, x.shape);
  if (builder.only_sums() && x.constant() && fits && element_count(x.shape) > 0) {
    if (const auto axes = constant_axes(x.shape, mu, sigma); !axes.empty()) {
      const Sums sums = sums_over(builder, x, axes);
      builder.add_constant(-kHalfLogTwoPi, x.shape);
      builder.add_term<NormalSumsTerm>({sums.mean, sums.squares, builder.constant(sums.count), mu, sigma, log_sigma});
      return;
    }
    if (add_regression(builder, x, mu, sigma)) return;
  }
  builder.add_term<NormalTerm>({x, mu, sigma, log_sigma});
}

std::span<const Distribution> normal_family() { return kFamily; }

}  // namespace exmc::density
