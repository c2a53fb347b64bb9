#include "hidden_markov.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "../kernels/hidden_markov_kernels.hpp"
#include "../numbers/special.hpp"
#include "batched.hpp"

namespace exmc::density {
namespace {

/// Sizes (states, steps, how many transitions there are).
kernels::HiddenChain chain_of(const Instruction& instruction, const std::array<const double*, 4>& in) {
  const std::size_t states = size(instruction), steps = size(instruction, 1);
  const std::size_t next = size(instruction, 2) > 1 ? states * states : 0;
  return {states, steps, static_cast<std::size_t>(*in[3]), in[0], in[1], next, in[2]};
}

/// The output is the log density, and behind it what the filter leaves.
double log_density_forward(const Instruction& instruction, const Arena& arena) {
  for_each_input<4>(instruction, arena, [&](const Inputs<4>& at) {
    const kernels::HiddenChain chain = chain_of(instruction, at.in);
    *at.out = kernels::filter(chain, kernels::filtered_at(at.out + 1, chain.states, chain.steps));
  });
  return 0;
}

void log_density_reverse(const Instruction& instruction, const Arena& arena) {
  for_each_adjoint<4>(instruction, arena, [&](const Adjoints<4>& at) {
    if (*at.out_adjoint == 0 || !std::isfinite(*at.out)) return;
    const kernels::HiddenChain chain = chain_of(instruction, at.in);
    double* const room = const_cast<double*>(at.out) + 1;  // read only by this kernel, as filtered_at() has it
    kernels::reverse_filter(chain, kernels::filtered_at(room, chain.states, chain.steps), *at.out_adjoint,
                            {at.in_adjoint[0], at.in_adjoint[1], at.in_adjoint[2]}, at.out_adjoint + 1);
  });
}

double smoothed_forward(const Instruction& instruction, const Arena& arena) {
  for_each_input<4>(instruction, arena, [&](const Inputs<4>& at) {
    const kernels::HiddenChain chain = chain_of(instruction, at.in);
    const kernels::Filtered filtered = kernels::filtered_at(at.out, chain.states, chain.steps);
    const bool possible = std::isfinite(kernels::filter(chain, filtered));
    if (possible) kernels::smooth(chain, filtered, filtered.sums + chain.steps);
    const std::size_t known = possible ? chain.length * chain.states : 0;
    std::fill(at.out + known, at.out + chain.steps * chain.states, detail::kNaN);
  });
  return 0;
}

double path_forward(const Instruction& instruction, const Arena& arena) {
  for_each_input<4>(instruction, arena, [&](const Inputs<4>& at) {
    const kernels::HiddenChain chain = chain_of(instruction, at.in);
    std::fill_n(at.out, chain.steps, detail::kNaN);
    kernels::most_likely_path(chain, at.out, at.out + chain.steps);
  });
  return 0;
}

/// An operation whose output has `size` numbers for each sequence.
View emit_for_each(Builder& builder, ForwardKernel forward, ReverseKernel reverse, const HiddenMarkov& of,
                   std::size_t size) {
  const std::size_t steps = of.log_emissions.shape.back(), states = of.initial.shape.back();
  const std::size_t transitions = of.transition.shape[of.transition.rank() - 3];
  return emit_batched(builder, {forward,
                                reverse,
                                {of.initial, of.transition, of.log_emissions, of.lengths},
                                {1, 3, 2, 0},
                                {states, steps, transitions},
                                {size}});
}

/// The first `count` numbers of the last axis.
View first(const View& view, std::size_t count) { return sliced(view, view.rank() - 1, {0, 1, count}); }

/// Given the probabilities of the first state, the transitions, how many states there are, and how far it is from one
/// transition to the next: 0 or 1.
void draw_path(const EventOperand* operands, const std::size_t* lengths, double* path, RandomStream& random) {
  const auto states = static_cast<std::size_t>(*operands[2]);
  const std::ptrdiff_t* const strides = operands[1].strides;
  for (std::size_t t = 0; t < lengths[0]; ++t) {
    const double* weights = operands[0].data;
    std::ptrdiff_t stride = operands[0].strides[0];
    if (t > 0) {
      if (std::isnan(path[t - 1])) return std::fill(path + t, path + lengths[0], detail::kNaN);
      const double step = *operands[3] * static_cast<double>(t - 1);
      weights = operands[1].data + static_cast<std::ptrdiff_t>(step) * strides[0] +
                static_cast<std::ptrdiff_t>(path[t - 1]) * strides[1];
      stride = strides[2];
    }
    double rest = random.uniform();
    path[t] = detail::kNaN;
    for (std::size_t k = 0; k < states; ++k) {
      const double weight = weights[static_cast<std::ptrdiff_t>(k) * stride];
      if (weight > 0) path[t] = static_cast<double>(k);
      if (rest < weight) break;
      rest -= weight;
    }
  }
}

}  // namespace

View hidden_markov_log_density(Builder& builder, const HiddenMarkov& of) {
  const std::size_t room = kernels::filtered_size(of.initial.shape.back(), of.log_emissions.shape.back());
  const View all = emit_for_each(builder, log_density_forward, log_density_reverse, of, 1 + room);
  return at(all, all.rank() - 1, 0);
}

View hidden_markov_smoothed(Builder& builder, const HiddenMarkov& of) {
  const std::size_t states = of.initial.shape.back(), steps = of.log_emissions.shape.back();
  const std::size_t room = kernels::filtered_size(states, steps) + 2 * states;
  const View all = emit_for_each(builder, smoothed_forward, nullptr, of, room);
  return split_last(first(all, steps * states), states);
}

View hidden_markov_path(Builder& builder, const HiddenMarkov& of) {
  const std::size_t states = of.initial.shape.back(), steps = of.log_emissions.shape.back();
  return first(emit_for_each(builder, path_forward, nullptr, of, steps + (steps + 1) * states), steps);
}

View draw_hidden_path(Builder& builder, const View& initial, const View& transition, const Shape& shape) {
  builder.require_axes(shape.size() + 2);
  const bool one = transition.shape[transition.rank() - 3] == 1;
  const View states = builder.constant(static_cast<double>(initial.shape.back()));
  const std::array<Builder::EventView, 4> operands{
      {{initial, 1}, {transition, 3}, {states}, {builder.constant(one ? 0.0 : 1.0)}}};
  return builder.draw_events(draw_path, operands, shape, 1);
}

}  // namespace exmc::density
