#include "state_space.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "../kernels/dense_kernels.hpp"
#include "../kernels/kalman_filter.hpp"
#include "batched.hpp"

namespace exmc::density {
namespace {

/// One of six arrays that stand one after the other; rows of 1 for a vector.
struct Block {
  std::size_t rows, columns;
  bool symmetric;

  [[nodiscard]] std::size_t size() const { return rows * columns; }
};

std::array<Block, 6> blocks(std::size_t s, std::size_t m) {
  return {{{s, s, false}, {s, s, true}, {m, s, false}, {m, m, true}, {1, s, false}, {s, s, true}}};
}

/// Sizes (states, outputs).
double pack_forward(const Instruction& instruction, const Arena& arena) {
  for_each_input<6>(instruction, arena, [&](const Inputs<6>& at) {
    double* to = at.out;
    std::size_t k = 0;
    for (const Block& block : blocks(size(instruction), size(instruction, 1))) {
      const double* const from = at.in[k++];
      std::copy_n(from, block.size(), to);
      for (std::size_t i = 0; block.symmetric && i < block.rows; ++i) {
        for (std::size_t j = 0; j < i; ++j) to[j * block.columns + i] = from[i * block.columns + j];
      }
      to += block.size();
    }
  });
  return 0;
}

void pack_reverse(const Instruction& instruction, const Arena& arena) {
  for_each_adjoint<6>(instruction, arena, [&](const Adjoints<6>& at) {
    const double* from = at.out_adjoint;
    std::size_t k = 0;
    for (const Block& block : blocks(size(instruction), size(instruction, 1))) {
      double* const to = at.in_adjoint[k++];
      for (std::size_t i = 0; to != nullptr && i < block.rows; ++i) {
        const std::size_t row = i * block.columns, count = block.symmetric ? i + 1 : block.columns;
        kernels::add_multiple(to + row, 1, from + row, count);
        for (std::size_t j = 0; block.symmetric && j < i; ++j) to[row + j] += from[j * block.columns + i];
      }
      from += block.size();
    }
  });
}

/// Sizes (states, outputs, steps); operands are the matrices, y and what of it is present.
kernels::StateSpace state_space(const Instruction& instruction, const std::array<const double*, 3>& in) {
  return {size(instruction), size(instruction, 1), size(instruction, 2), in[0], in[1], in[2]};
}

/// The output is the log density, and behind it what the filter leaves.
double log_density_forward(const Instruction& instruction, const Arena& arena) {
  for_each_input<3>(instruction, arena, [&](const Inputs<3>& at) {
    *at.out = kernels::kalman_filter(state_space(instruction, at.in), at.out + 1);
  });
  return 0;
}

void log_density_reverse(const Instruction& instruction, const Arena& arena) {
  for_each_adjoint<3>(instruction, arena, [&](const Adjoints<3>& at) {
    if (*at.out_adjoint == 0) return;
    kernels::reverse_kalman_filter(state_space(instruction, at.in), at.out + 1, *at.out_adjoint, at.in_adjoint[0],
                                   at.in_adjoint[1], at.out_adjoint + 1);
  });
}

/// A square matrix l with l l' = a for a that may be singular, whose pivots that are nothing count as 0.
std::vector<double> factor_of(const double* a, std::size_t n) {
  std::vector<double> l(n * n);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      double rest = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) rest -= l[i * n + k] * l[j * n + k];
      constexpr double nothing = 1e-14;
      const double diagonal = l[j * n + j];
      if (i == j) {
        l[i * n + i] = std::abs(rest) <= nothing * std::abs(a[i * n + i]) ? 0 : std::sqrt(rest);
      } else {
        l[i * n + j] = diagonal == 0 ? 0 : rest / diagonal;
      }
    }
  }
  return l;
}

void add_noise(double* x, const std::vector<double>& factor, std::size_t n, RandomStream& random) {
  for (std::size_t k = 0; k < n; ++k) {
    const double z = random.normal();
    for (std::size_t i = k; i < n; ++i) x[i] += factor[i * n + k] * z;
  }
}

void add_product(double* to, const double* a, const std::vector<double>& x, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < x.size(); ++k) to[i] += a[i * x.size() + k] * x[k];
  }
}

/// Given the matrices, dense, and how many states there are.
void draw_series(const EventOperand* operands, const std::size_t* lengths, double* y, RandomStream& random) {
  const auto s = static_cast<std::size_t>(*operands[1]);
  const std::size_t steps = lengths[0], m = lengths[1];
  std::array<const double*, 6> at{};
  const double* next = operands[0].data;
  std::size_t count = 0;
  for (const Block& block : blocks(s, m)) {
    at[count++] = next;
    next += block.size();
  }
  const std::vector<double> noise = factor_of(at[1], s), of_output = factor_of(at[3], m);
  std::vector<double> state(at[4], at[4] + s);
  add_noise(state.data(), factor_of(at[5], s), s, random);
  for (std::size_t t = 0; t < steps; ++t, y += m) {
    std::fill_n(y, m, 0.0);
    add_product(y, at[2], state, m);
    add_noise(y, of_output, m, random);
    std::vector<double> moved(s);
    add_product(moved.data(), at[0], state, s);
    add_noise(moved.data(), noise, s, random);
    state = std::move(moved);
  }
}

}  // namespace

View packed(Builder& builder, const StateSpaceViews& of) {
  const std::size_t s = of.initial_mean.shape.back(), m = of.observation_cov.shape.back();
  return emit_batched(
      builder, {pack_forward,
                pack_reverse,
                {of.transition, of.transition_cov, of.observation, of.observation_cov, of.initial_mean, of.initial_cov},
                {2, 2, 2, 2, 1, 2},
                {s, m},
                {kernels::StateSpace::size(s, m)}});
}

View state_space_log_density(Builder& builder, const View& matrices, std::size_t states, const View& y,
                             const View& present) {
  const std::size_t outputs = y.shape.back(), steps = y.shape[y.rank() - 2];
  const std::size_t room = kernels::kalman_room(states, outputs, steps);
  const View all = emit_batched(builder, {log_density_forward,
                                          log_density_reverse,
                                          {matrices, y, present},
                                          {1, 2, 2},
                                          {states, outputs, steps},
                                          {1 + room}});
  return at(all, all.rank() - 1, 0);
}

View draw_state_space(Builder& builder, const View& matrices, std::size_t states, const Shape& shape) {
  const std::array<Builder::EventView, 2> operands{{{matrices, 1}, {builder.constant(static_cast<double>(states))}}};
  return builder.draw_events(draw_series, operands, shape, 2);
}

}  // namespace exmc::density
