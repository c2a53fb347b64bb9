#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "../functions/functions.hpp"
#include "../numbers/special.hpp"
#include "../operations/batched.hpp"
#include "../operations/linear_algebra.hpp"
#include "distribution.hpp"
#include "loops.hpp"
#include "terms.hpp"
#include "variates.hpp"

/// Correlation matrices of density proportional to det^(eta - 1) (Lewandowski, Kurowicka and Joe 2009), and their
/// Cholesky factors.
namespace exmc::density {
namespace {

/// Their (16), less n (n - 1) / 4 ln pi, over (eta, n): the sum over k from 1 to n - 1 of ln Gamma(eta + (n - 1) / 2) -
/// ln Gamma(eta + (n - 1 - k) / 2), half step by half step, of which the one from eta + j / 2 occurs j + 1 times.
struct LkjNormaliser {
  static constexpr std::size_t kOperands = 2;
  static constexpr std::array kVariants = {0b01U, 0b11U};
  template <class T>
  static T value(const T* p) {
    T total{};
    for (double j = 0; j + 1 < first_lane(p[1]); ++j) {
      const T at = p[0] + 0.5 * j;
      total += (j + 1) * (half_step_log_gamma(at).value + 0.5 * log(at));
    }
    return total;
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = d[1] = T{};
    for (double j = 0; j + 1 < first_lane(p[1]); ++j) {
      const T at = p[0] + 0.5 * j;
      d[0] += (j + 1) * (half_step_log_gamma(at).slope + 0.5 / at);
    }
  }
};

/// (2 (eta - 1) + c) l over (l, eta, c).
struct WeightedLogTerm {
  static constexpr std::size_t kOperands = 3;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b001U, 0b101U, 0b111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T weight = 2.0 * (p[1] - 1.0) + p[2];
    d[0] = weight;
    d[1] = 2.0 * p[0];
    d[2] = T{};
    return weight * p[0];
  }
};

void add_normaliser(Builder& builder, const Variable& v) {
  const auto n = static_cast<double>(v.value.shape.back());
  const Shape batch = batch_of(v.value.shape, 2);
  add_multiple(builder, 1, builder.apply<LkjNormaliser>({v["eta"], builder.constant(n)}), batch);
  builder.add_constant(-0.25 * n * (n - 1) * std::log(std::numbers::pi), batch);
}

void lower_lkj_corr(Builder& builder, const Variable& v) {
  add_normaliser(builder, v);
  const View logs = log_diagonal_sum(builder, cholesky(builder, v.value));
  builder.add_term<WeightedLogTerm>({logs, v["eta"], builder.constant(0.0)});
}

/// The diagonal without its first element.
View later_diagonal(View matrices) {
  const std::size_t n = matrices.shape.back();
  const std::ptrdiff_t step = matrices.strides.back() + matrices.strides[matrices.rank() - 2];
  matrices.offset += step;
  matrices.shape.pop_back();
  matrices.strides.pop_back();
  matrices.shape.back() = n - 1;
  matrices.strides.back() = step;
  return matrices;
}

/// From matrix to factor the Jacobian adds l_ii^(n - 1 - i), i from 0.
void lower_lkj_corr_cholesky(Builder& builder, const Variable& v) {
  add_normaliser(builder, v);
  const std::size_t n = v.value.shape.back();
  if (n == 1) return;
  Array weights{{n - 1}, {}};
  for (std::size_t i = 1; i < n; ++i) weights.values.push_back(static_cast<double>(n - 1 - i));
  const View logs = logarithm(builder, later_diagonal(v.value)), &eta = v["eta"];
  builder.add_term<WeightedLogTerm>({logs, with_new_axis(eta, eta.rank()), builder.constant(weights)});
}

/// Rows of the factor from canonical partial correlations, of which those of column j, from 0, are beta variates on
/// (-1, 1) of shape eta + (n - 2 - j) / 2. As ratios of gamma variates none rounds to 1. Given eta.
void draw_factor(const EventOperand* operands, const std::size_t* lengths, double* factor, RandomStream& random) {
  const std::size_t n = lengths[0];
  std::fill_n(factor, n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    double rest = 1;  // the square root of what the row still lacks of length 1
    for (std::size_t j = 0; j < i; ++j) {
      const double shape = *operands[0] + 0.5 * (static_cast<double>(n - 2) - static_cast<double>(j));
      const double half = 0.5 * (draw_log_gamma(shape, random) - draw_log_gamma(shape, random));
      factor[i * n + j] = rest * std::tanh(half);
      rest /= std::cosh(half);
    }
    factor[i * n + i] = rest;
  }
}

View draw_lkj_corr_cholesky(Builder& builder, const Variable& v, const Shape& shape) {
  const std::array<Builder::EventView, 1> operands{{{v["eta"]}}};
  return builder.draw_events(draw_factor, operands, shape, 2);
}

View draw_lkj_corr(Builder& builder, const Variable& v, const Shape& shape) {
  return self_product(builder, draw_lkj_corr_cholesky(builder, v, shape));
}

const Parameter kLength{.name = "n", .domain = &kPositiveCount, .data = true, .gives_axis = 'n'};

const std::array kFamily = {
    Distribution{.name = "lkj_corr",
                 .about = "`n` is the number of rows",
                 .parametrisations = {{kLength, {"eta", &kPositive}}},
                 .generator = {.array = draw_lkj_corr},
                 .support = &kCorrSupport,
                 .data = &kCorrelation,
                 .axes = "nn",
                 .lower = lower_lkj_corr},
    Distribution{.name = "lkj_corr_cholesky",
                 .about = "`n` is the number of rows",
                 .parametrisations = {{kLength, {"eta", &kPositive}}},
                 .generator = {.array = draw_lkj_corr_cholesky},
                 .support = &kCholeskyCorrSupport,
                 .data = &kCorrelationFactor,
                 .axes = "nn",
                 .lower = lower_lkj_corr_cholesky},
};

}  // namespace

std::span<const Distribution> lkj_family() { return kFamily; }

}  // namespace exmc::density
