#include <cmath>

#include "../operations/batched.hpp"
#include "support.hpp"

/// Increasing vectors: a first element and positive steps, summed up.
namespace exmc::density {
namespace {

double cumulate_forward(const Instruction& instruction, const Arena& arena) {
  const std::size_t steps = size(instruction);
  for_each_input<2>(instruction, arena, [&](const Inputs<2>& at) {
    at.out[0] = at.in[0][0];
    for (std::size_t i = 0; i < steps; ++i) at.out[i + 1] = at.out[i] + at.in[1][i];
  });
  return 0;
}

void cumulate_reverse(const Instruction& instruction, const Arena& arena) {
  const std::size_t steps = size(instruction);
  for_each_adjoint<2>(instruction, arena, [&](const Adjoints<2>& at) {
    double above = 0;
    for (std::size_t i = steps; i-- > 0;) at.in_adjoint[1][i] += above += at.out_adjoint[i + 1];
    at.in_adjoint[0][0] += above + at.out_adjoint[0];
  });
}

/// first, first + step_0, first + step_0 + step_1, ... for vectors of at least one step.
View cumulate(Builder& builder, const View& first, const View& steps) {
  const std::size_t count = steps.shape.back();
  return emit_batched(builder, {cumulate_forward, cumulate_reverse, {first, steps}, {1, 1}, {count}, {count + 1}});
}

View elements(const View& vectors, std::size_t first, std::size_t count) {
  return sliced(vectors, vectors.rank() - 1, {static_cast<std::ptrdiff_t>(first), 1, count});
}

/// x_0 = u_0, x_k = x_{k-1} + e^(u_k) with log-Jacobian sum of u_k, k > 0.
View constrain_ordered(Builder& builder, const View& u, const Shape& shape) {
  if (shape.back() == 1) return u;
  const View steps = elements(u, 1, shape.back() - 1);
  return cumulate(builder, elements(u, 0, 1), kPositiveSupport.constrain(builder, steps, steps.shape));
}

/// The same with x_0 = e^(u_0).
View constrain_positive_ordered(Builder& builder, const View& u, const Shape& shape) {
  const View increments = kPositiveSupport.constrain(builder, u, shape);
  if (shape.back() == 1) return increments;
  return cumulate(builder, elements(increments, 0, 1), elements(increments, 1, shape.back() - 1));
}

void unconstrain_steps(std::span<const double> x, std::span<double> u) {
  for (std::size_t i = 1; i < x.size(); ++i) u[i] = std::log(x[i] - x[i - 1]);
}

void unconstrain_ordered(std::span<const double> x, std::size_t, std::span<double> u) {
  u[0] = x[0];
  unconstrain_steps(x, u);
}

void unconstrain_positive_ordered(std::span<const double> x, std::size_t, std::span<double> u) {
  u[0] = std::log(x[0]);
  unconstrain_steps(x, u);
}

}  // namespace

const Support kOrderedSupport{.name = "ordered",
                              .constrain = constrain_ordered,
                              .domain = &kIncreasing,
                              .unconstrain = unconstrain_ordered,
                              .event_rank = 1,
                              .points = "x_0 < x_1 < ...",
                              .sampled = "K",
                              .transform = "first element, then logarithms of the steps"};
const Support kPositiveOrderedSupport{.name = "positive_ordered",
                                      .constrain = constrain_positive_ordered,
                                      .domain = &kPositiveIncreasing,
                                      .unconstrain = unconstrain_positive_ordered,
                                      .event_rank = 1,
                                      .points = "0 < x_0 < x_1 < ...",
                                      .sampled = "K",
                                      .transform = "logarithms of the first element and the steps"};

}  // namespace exmc::density
