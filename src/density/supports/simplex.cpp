#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "../kernels/dense_kernels.hpp"
#include "../numbers/simd.hpp"
#include "../operations/batched.hpp"
#include "../operations/reshape.hpp"
#include "support.hpp"

/// Vectors that sum to zero, and simplexes, which are their softmax.
namespace exmc::density {
namespace {

/// The isometry of Stan's sum_to_zero_vector: with w_n = scale_n u_n (n from 1 to K - 1), x_n is the sum of the later w
/// less n w_n. Operands: u and the constant scales 1 / sqrt(n (n + 1)).
double sum_to_zero_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t free = size(instruction);
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    double later = 0;
    for (std::size_t n = free; n > 0; --n) {
      const double w = at.in[0][n - 1] * at.in[1][n - 1];
      at.out[n] = later - static_cast<double>(n) * w;
      later += w;
    }
    at.out[0] = later;
  });
  return 0;
}

void sum_to_zero_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t free = size(instruction);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    double before = 0;
    for (std::size_t n = 1; n <= free; ++n) {
      before += at.out_adjoint[n - 1];
      at.in_adjoint[0][n - 1] += (before - static_cast<double>(n) * at.out_adjoint[n]) * at.in[1][n - 1];
    }
  });
}

View constrain_sum_to_zero(Builder& builder, const View& u, const Shape& shape) {
  const std::size_t length = shape.back(), free = length - 1;
  Array scales{{free}, {}};
  for (std::size_t n = 1; n <= free; ++n) {
    scales.values.push_back(1 / std::sqrt(static_cast<double>(n) * static_cast<double>(n + 1)));
  }
  const View scale = builder.constant(scales);
  return emit_batched(builder, {sum_to_zero_forward, sum_to_zero_reverse, {u, scale}, {1, 1}, {free}, {length}});
}

/// Stores the lanes below `count` alone: what lies behind may be in use.
void store_lanes(double* to, Pack value, std::size_t count) {
  if (count >= kLanes) return store(to, value);
  for (std::size_t lane = 0; lane < count; ++lane) to[lane] = value[lane];
}

/// Vectors z of sum zero become ln x, and behind all of these x = softmax(z). Sizes: (length, batches). Adds the
/// log-Jacobian of x as a function of what an isometry makes z from: sum of ln x = -length logsumexp(z), and a
/// constant.
double softmax_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t length = size(instruction), rows = size(instruction, 1);
  const double* const z = arena.read(instruction.operands[0]);
  double* const out = arena.values + instruction.output.offset;
  double log_jacobian = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const double* const from = z + row * length;
    double *const log_x = out + row * length, *const x = log_x + rows * length;
    const double highest = *std::max_element(from, from + length);
    Pack total{};
    detail::for_each_pack(length, [&](std::size_t start, std::size_t count) {
      const Pack weight = select(first_lanes(count), exp(load(from + start) - highest), Pack{});
      store_lanes(x + start, weight, count);
      total += weight;
    });
    const double weight = sum(total), log_sum = highest + std::log(weight);
    for (std::size_t k = 0; k < length; ++k) {
      log_x[k] = from[k] - log_sum;
      x[k] /= weight;
    }
    log_jacobian -= static_cast<double>(length) * log_sum;
  }
  return log_jacobian;
}

void softmax_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t length = size(instruction), rows = size(instruction, 1);
  double* const z_adjoint = arena.adjoints + instruction.operands[0].offset;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::ptrdiff_t at = instruction.output.offset + static_cast<std::ptrdiff_t>(row * length);
    const auto plane = static_cast<std::ptrdiff_t>(rows * length);
    double* const of_log = arena.adjoints + at;
    const double *const of_x = of_log + plane, *const x = arena.values + at + plane;
    double total = static_cast<double>(length);
    for (std::size_t k = 0; k < length; ++k) total += of_log[k] += of_x[k] * x[k];
    for (std::size_t k = 0; k < length; ++k) z_adjoint[row * length + k] += of_log[k] - total * x[k];
  }
}

/// Stan's since 2.37: the softmax of a vector of sum zero. No element is treated unlike another, and the elements'
/// logarithms are at hand, so a Dirichlet density neither underflows nor takes logarithms.
View constrain_simplex(Builder& builder, const View& u, const Shape& shape) {
  const View z = constrain_sum_to_zero(builder, u, shape);
  const std::size_t length = shape.back(), count = element_count(shape), rows = count / length;
  builder.add_constant(0.5 * std::log(static_cast<double>(length)), {rows});
  const View both = emit_batched(
      builder,
      {softmax_forward, softmax_reverse, {reshaped(builder, z, {count})}, {1}, {length, rows}, {2, count}, true});
  const View log_x = reshaped(builder, at(both, 0, 0), shape), x = reshaped(builder, at(both, 0, 1), shape);
  builder.facts().remember_exponential(x, log_x);
  return x;
}

std::size_t one_less(std::size_t length) { return length - 1; }

/// x = u / |u| of a u that is given a standard normal density, but for its constant: any direction is as likely as
/// another.
double sphere_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t length = size(instruction);
  double log_density = 0;
  for_each_input<1>(instruction, arena, [&](const Inputs<1>& at) {
    const double square = kernels::dot(at.in[0], at.in[0], length), inverse = 1 / std::sqrt(square);
    for (std::size_t k = 0; k < length; ++k) at.out[k] = at.in[0][k] * inverse;
    log_density -= 0.5 * square;
  });
  return log_density;
}

void sphere_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t length = size(instruction);
  for_each_adjoint<1>(instruction, arena, [&](const Adjoints<1>& at) {
    const double inverse = 1 / std::sqrt(kernels::dot(at.in[0], at.in[0], length));
    const double radial = kernels::dot(at.out, at.out_adjoint, length);
    for (std::size_t k = 0; k < length; ++k) {
      at.in_adjoint[0][k] += (at.out_adjoint[k] - radial * at.out[k]) * inverse - at.in[0][k];
    }
  });
}

View constrain_unit_vector(Builder& builder, const View& u, const Shape& shape) {
  const std::size_t length = shape.back();
  return emit_batched(builder, {sphere_forward, sphere_reverse, {u}, {1}, {length}, {length}, true});
}

void unconstrain_sum_to_zero(std::span<const double> x, std::size_t length, std::span<double> u) {
  double later = 0;
  for (std::size_t k = length; k-- > 1;) {
    const auto n = static_cast<double>(k);
    const double w = (later - x[k]) / n;
    u[k - 1] = w * std::sqrt(n * (n + 1));
    later += w;
  }
}

/// ln x less its mean has sum zero, and x as its softmax.
void unconstrain_simplex(std::span<const double> x, std::size_t length, std::span<double> u) {
  std::vector<double> z(length);
  double mean = 0;
  for (std::size_t k = 0; k < length; ++k) mean += (z[k] = std::log(x[k])) / static_cast<double>(length);
  for (double& element : z) element -= mean;
  unconstrain_sum_to_zero(z, length, u);
}

/// Of all vectors of that direction the one of length 1.
void unconstrain_unit_vector(std::span<const double> x, std::size_t, std::span<double> u) {
  std::copy(x.begin(), x.end(), u.begin());
}

}  // namespace

const Support kSumToZeroSupport{.name = "sum_to_zero",
                                .constrain = constrain_sum_to_zero,
                                .domain = &kSumToZero,
                                .unconstrain = unconstrain_sum_to_zero,
                                .event_rank = 1,
                                .free_elements = one_less,
                                .points = "vectors of sum 0",
                                .sampled = "K - 1",
                                .transform = "an isometry, so that lengths and densities stay"};
const Support kSimplexSupport{
    .name = "simplex",
    .constrain = constrain_simplex,
    .domain = &kOpenSimplex,
    .unconstrain = unconstrain_simplex,
    .event_rank = 1,
    .free_elements = one_less,
    .points = "x > 0 of sum 1",
    .sampled = "K - 1",
    .transform = "softmax of a `sum_to_zero` vector; density with respect to x_0 ... x_{K-2}"};
const Support kUnitVectorSupport{
    .name = "unit_vector",
    .constrain = constrain_unit_vector,
    .domain = &kUnitVector,
    .unconstrain = unconstrain_unit_vector,
    .event_rank = 1,
    .least_length = 2,
    .points = "vectors of length 1, K >= 2",
    .sampled = "K",
    .transform = "u / \\|u\\|, with -\\|u\\|^2 / 2 in the log density: a normal u has any direction alike"};

}  // namespace exmc::density
