#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "../numbers/simd.hpp"
#include "kernels.hpp"
#include "learnable.hpp"
#include "learning.hpp"
#include "spread.hpp"

/// Runs of a program in both directions.
namespace exmc::density {

double run_density(const Program& program, const Arena& arena) {
  std::fill_n(arena.adjoints, program.adjoints, 0.0);
  double log_density = program.log_constant;
  for (const Instruction& instruction : program.density) {
    const double term = instruction.forward(instruction, arena);
    if (term == -detail::kInfinity) return term;
    log_density += term;
  }
  if (std::isnan(log_density)) return -detail::kInfinity;
  for (auto it = program.density.rbegin(); it != program.density.rend(); ++it) {
    if (it->reverse != nullptr) it->reverse(*it, arena);
  }
  return log_density;
}

void run_forward(const Program& program, const Arena& arena) {
  for (const Instruction& instruction : program.density) (void)instruction.forward(instruction, arena);
}

void run_inverse(const Program& program, const Arena& arena) {
  auto inverse = program.inverses.begin();
  for (std::size_t i = 0; i < program.density.size(); ++i) {
    const Instruction& instruction = program.density[i];
    if (inverse != program.inverses.end() && inverse->instruction == i) {
      (void)(inverse++)->kernel(instruction, arena);
    } else {
      (void)instruction.forward(instruction, arena);
    }
  }
}

void model_position(const Program& program, const Arena& arena, std::span<double> position) {
  std::copy_n(position.data(), program.dimension, arena.values);
  run_forward(program, arena);
  const auto place = [&](std::size_t view) { return position.data() + program.inner_views[view].offset; };
  for (const LearnedVariable& variable : program.learnable->variables) {
    const std::size_t from = variable.models.value_or(variable.standardised ? *variable.z : variable.x);
    copy_elements(arena.values, program.inner_views[from], place(variable.eta));
  }
  for (const LearnedScale& scale : program.learnable->scales) {
    const std::vector<double> s = read_view(program, arena, scale.s);
    for (std::size_t i = 0; i < scale.size; ++i) {
      double& u = place(scale.u)[i];
      u = SoftLogarithm::value(std::array{u, s[i]}.data());
    }
  }
}

void sampled_position(const Program& program, const Arena& arena, std::span<double> position) {
  std::copy_n(position.data(), program.dimension, arena.values);
  run_inverse(program, arena);
  std::copy_n(arena.values, program.dimension, position.data());
}

double log_jacobian_of_map(const Program& program, const Arena& arena) {
  run_forward(program, arena);
  double sum = 0;
  for (const LearnedVariable& variable : program.learnable->variables) sum += log_jacobian_of(variable, program, arena);
  for (const LearnedScale& scale : program.learnable->scales) {
    const std::vector<double> u = read_view(program, arena, scale.u), s = read_view(program, arena, scale.s);
    for (std::size_t i = 0; i < scale.size; ++i) {
      sum += SoftLogarithm::log_slope(u[i], s[i]);
    }
  }
  return sum;
}

}  // namespace exmc::density
