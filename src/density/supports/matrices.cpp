#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include "../kernels/dense_kernels.hpp"
#include "../kernels/elementary.hpp"
#include "../operations/batched.hpp"
#include "../operations/linear_algebra.hpp"
#include "support.hpp"

/// Correlation and covariance matrices and their Cholesky factors. What is sampled stands by rows of the lower
/// triangle.
namespace exmc::density {
namespace {

/// c ln sech(u) over (c, u).
struct LogSechTerm {
  static constexpr std::size_t kOperands = 2;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b11U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T size = abs(p[1]), t = exp(-2.0 * size);
    const T tangent = (1.0 - t) / (1.0 + t);
    d[0] = std::numbers::ln2 - size - log1p(t);
    d[1] = -p[0] * select(p[1] < 0.0, -tangent, tangent);
    return p[0] * d[0];
  }
};

/// tanh and sech by the exponential of packs.
struct PackedTanh {
  template <class T>
  static T value(T u) {
    const T less = expm1(-2.0 * abs(u)), size = -less / (2.0 + less);
    return select(u < 0.0, -size, size);
  }
  template <class T>
  static T slope(T, T value) {
    return (1.0 - value) * (1.0 + value);
  }
};
struct Sech {
  template <class T>
  static T value(T u) {
    const T t = exp(-abs(u));
    return 2.0 * t / (1.0 + t * t);
  }
  template <class T>
  static T slope(T u, T value) {
    const T t = exp(-2.0 * abs(u)), tangent = (1.0 - t) / (1.0 + t);
    return select(u < 0.0, value * tangent, -value * tangent);
  }
};

/// Rows of canonical partial correlations t = tanh(u), and their complements s = sech(u): the factor's row i is
/// t_j s_0 ... s_{j-1}, then s_0 ... s_{i-1}. Behind the factor stand the products before each element.
double factor_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    const double *t = at.in[0], *s = at.in[1];
    double* before = at.out + n * n;
    std::fill_n(at.out, n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      double left = 1;
      for (std::size_t j = 0; j < i; ++j) {
        *before++ = left;
        at.out[i * n + j] = left * *t++;
        left *= *s++;
      }
      at.out[i * n + i] = left;
    }
  });
  return 0;
}

void factor_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    std::size_t k = n * (n - 1) / 2;
    const double* const before = at.out + n * n;
    for (std::size_t i = n; i-- > 0;) {
      double of_left = at.out_adjoint[i * n + i];
      for (std::size_t j = i; j-- > 0;) {
        --k;
        const double of_element = at.out_adjoint[i * n + j];
        at.in_adjoint[0][k] += of_element * before[k];
        at.in_adjoint[1][k] += of_left * before[k];
        of_left = of_element * at.in[0][k] + of_left * at.in[1][k];
      }
    }
  });
}

/// The factor of a correlation matrix. `weight` of an element's ln sech in the log-Jacobian, given its row and column.
template <class Weight>
View correlation_factor(Builder& builder, const View& u, const Shape& shape, Weight weight) {
  const std::size_t n = shape.back(), free = u.shape.back();
  if (n == 1) return broadcast_to(builder.constant(1.0), shape);
  Array weights{{free}, {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) weights.values.push_back(static_cast<double>(weight(i, j)));
  }
  builder.add_term<LogSechTerm>({builder.constant(weights), u});
  const View t = builder.apply<Unary<PackedTanh>>({u}), s = builder.apply<Unary<Sech>>({u});
  const View all = emit_batched(builder, {factor_forward, factor_reverse, {t, s}, {1, 1}, {n}, {n * n + free}});
  return split_last(sliced(all, all.rank() - 1, {0, 1, n * n}), n);
}

/// Stan's: row i's u_j has 2 ln sech from tanh, and its product stands before i - 1 - j others.
View constrain_cholesky_corr(Builder& builder, const View& u, const Shape& shape) {
  return correlation_factor(builder, u, shape, [](std::size_t i, std::size_t j) { return i + 1 - j; });
}

/// From the factor to the matrix, row i's diagonal counts n - 1 - i times.
View constrain_corr(Builder& builder, const View& u, const Shape& shape) {
  const std::size_t n = shape.back();
  return self_product(builder,
                      correlation_factor(builder, u, shape, [n](std::size_t, std::size_t j) { return n - j; }));
}

/// Lower triangles with e^u on the diagonal. Operands: u, and the weights of the diagonal's u in the log-Jacobian.
double triangle_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  double log_jacobian = 0;
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    const double* u = at.in[0];
    std::fill_n(at.out, n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i, u += i) {
      std::copy_n(u, i, at.out + i * n);
      at.out[i * n + i] = std::exp(u[i]);
      log_jacobian += at.in[1][i] * u[i];
    }
  });
  return log_jacobian;
}

void triangle_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t n = size(instruction);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    double* of_u = at.in_adjoint[0];
    for (std::size_t i = 0; i < n; ++i, of_u += i) {
      for (std::size_t j = 0; j < i; ++j) of_u[j] += at.out_adjoint[i * n + j];
      of_u[i] += at.out_adjoint[i * n + i] * at.out[i * n + i] + at.in[1][i];
    }
  });
}

template <class Weight>
View covariance_factor(Builder& builder, const View& u, const Shape& shape, Weight weight) {
  const std::size_t n = shape.back();
  Array weights{{n}, {}};
  for (std::size_t i = 0; i < n; ++i) weights.values.push_back(static_cast<double>(weight(i)));
  return emit_batched(builder,
                      {triangle_forward, triangle_reverse, {u, builder.constant(weights)}, {1, 1}, {n}, {n, n}, true});
}

View constrain_cholesky_cov(Builder& builder, const View& u, const Shape& shape) {
  return covariance_factor(builder, u, shape, [](std::size_t) { return 1; });
}

/// The matrix has the Jacobian 2^n times the product of l_ii^(n - i) (i from 0) in its factor.
View constrain_cov(Builder& builder, const View& u, const Shape& shape) {
  const std::size_t n = shape.back();
  builder.add_constant(static_cast<double>(n) * std::numbers::ln2, batch_of(shape, 2));
  return self_product(builder, covariance_factor(builder, u, shape, [n](std::size_t i) { return n - i + 1; }));
}

/// An element over the length of what stands behind it in its row is sinh u.
void unconstrain_cholesky_corr(std::span<const double> l, std::size_t n, std::span<double> u) {
  std::size_t row = 0;  // where its part of u begins
  for (std::size_t i = 1; i < n; ++i) {
    double behind = l[i * n + i] * l[i * n + i];
    for (std::size_t j = i; j-- > 0;) {
      const double element = l[i * n + j];
      u[row + j] = std::asinh(element / std::sqrt(behind));
      behind += element * element;
    }
    row += i;
  }
}

void unconstrain_cholesky_cov(std::span<const double> l, std::size_t n, std::span<double> u) {
  auto to = u.begin();
  for (std::size_t i = 0; i < n; ++i) {
    to = std::copy_n(l.begin() + static_cast<std::ptrdiff_t>(i * n), i, to);
    *to++ = std::log(l[i * n + i]);
  }
}

/// For matrices by way of their factor.
template <void (*unconstrain_factor)(std::span<const double>, std::size_t, std::span<double>)>
void unconstrain_product(std::span<const double> matrix, std::size_t n, std::span<double> u) {
  constexpr std::size_t beyond = 8;  // the kernel may touch what lies behind
  std::vector<double> from(matrix.begin(), matrix.end()), factor(n * n + beyond);
  from.resize(n * n + beyond);
  kernels::factorise(from.data(), factor.data(), n);
  unconstrain_factor(std::span(factor).first(n * n), n, u);
}

std::size_t below_diagonal(std::size_t n) { return n * (n - 1) / 2; }
std::size_t lower_triangle(std::size_t n) { return n * (n + 1) / 2; }

}  // namespace

const Support kCholeskyCorrSupport{.name = "cholesky_corr",
                                   .constrain = constrain_cholesky_corr,
                                   .domain = &kCorrelationFactor,
                                   .unconstrain = unconstrain_cholesky_corr,
                                   .event_rank = 2,
                                   .free_elements = below_diagonal,
                                   .points = "Cholesky factors of correlation matrices",
                                   .sampled = "K (K - 1) / 2",
                                   .transform = "tanh u are canonical partial correlations, by rows"};
const Support kCorrSupport{
    .name = "corr",
    .constrain = constrain_corr,
    .domain = &kCorrelation,
    .unconstrain = unconstrain_product<unconstrain_cholesky_corr>,
    .event_rank = 2,
    .free_elements = below_diagonal,
    .points = "correlation matrices",
    .sampled = "K (K - 1) / 2",
    .transform =
        "the product of the same factor with its transpose; density with respect to what is below the diagonal"};
const Support kCholeskyCovSupport{.name = "cholesky_cov",
                                  .constrain = constrain_cholesky_cov,
                                  .domain = &kLowerTriangle,
                                  .unconstrain = unconstrain_cholesky_cov,
                                  .event_rank = 2,
                                  .free_elements = lower_triangle,
                                  .points = "lower triangles with positive diagonal",
                                  .sampled = "K (K + 1) / 2",
                                  .transform = "by rows, the diagonal as logarithms"};
const Support kCovSupport{
    .name = "cov",
    .constrain = constrain_cov,
    .domain = &kPositiveDefinite,
    .unconstrain = unconstrain_product<unconstrain_cholesky_cov>,
    .event_rank = 2,
    .free_elements = lower_triangle,
    .points = "positive definite matrices",
    .sampled = "K (K + 1) / 2",
    .transform = "the product of the same factor with its transpose; density with respect to the lower triangle"};

}  // namespace exmc::density
