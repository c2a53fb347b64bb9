#include "spread.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "../kernels/dense_kernels.hpp"
#include "../numbers/simd.hpp"

namespace exmc::density {
namespace {

using Numbers = std::vector<double>;

/// Matrices L (m, n) and factors R (n, n), one of each for each vector, with room to read beyond the last.
struct Matrices {
  Numbers matrix, factor;
  std::size_t vectors, m, n;

  Matrices(const LearnedVariable::Vectors& of, const Program& program, const Arena& arena)
      : matrix(read_view(program, arena, of.matrix)), factor(read_view(program, arena, of.factor)) {
    const Shape& shape = program.inner_views[of.matrix].shape;
    n = shape.back();
    m = shape[shape.size() - 2];
    vectors = matrix.size() / (m * n);
    matrix.resize(matrix.size() + kLanes);
    factor.resize(factor.size() + kLanes);
  }
};

/// of(row of L, R) for each element of x, in the order of x.
template <class Of>
Numbers by_element(const LearnedVariable::Vectors& of, const Matrices& all, Of&& value) {
  Numbers result(all.vectors * all.m);
  for (std::size_t v = 0; v < all.vectors; ++v) {
    for (std::size_t i = 0; i < all.m; ++i) {
      const std::size_t element = of.columns ? i * all.vectors + v : v * all.m + i;
      result[element] = value(&all.matrix[(v * all.m + i) * all.n], &all.factor[v * all.n * all.n]);
    }
  }
  return result;
}

double sum_of_logarithms(const Numbers& numbers) {
  double sum = 0;
  for (const double x : numbers) sum += std::log(std::abs(x));
  return sum;
}

double log_diagonals(const Numbers& matrices, std::size_t count, std::size_t n) {
  double sum = 0;
  for (std::size_t v = 0; v < count; ++v) {
    for (std::size_t i = 0; i < n; ++i) sum += std::log(std::abs(matrices[v * n * n + i * (n + 1)]));
  }
  return sum;
}

}  // namespace

Numbers read_view(const Program& program, const Arena& arena, std::size_t index) {
  const View& view = program.inner_views[index];
  Numbers numbers(element_count(view.shape));
  copy_elements(view.constant() ? arena.constants : arena.values, view, numbers.data());
  return numbers;
}

Numbers log_prior_scales(const LearnedVariable& variable, const Program& program, const Arena& arena) {
  if (variable.vectors) {
    const Matrices all(*variable.vectors, program, arena);
    return by_element(*variable.vectors, all,
                      [&](const double* row, const double*) { return 0.5 * std::log(kernels::dot(row, row, all.n)); });
  }
  Numbers scales = read_view(program, arena, variable.scale);
  for (double& scale : scales) scale = std::log(scale);
  return scales;
}

/// u^2 c^2, or of vectors the diagonal of L A^-1 L'.
Numbers conditional_variances(const LearnedVariable& variable, const Program& program, const Arena& arena) {
  if (variable.vectors) {
    const Matrices all(*variable.vectors, program, arena);
    Numbers solved(all.n + kLanes);
    return by_element(*variable.vectors, all, [&](const double* row, const double* factor) {
      std::copy_n(row, all.n, solved.begin());
      kernels::solve_lower(factor, {solved.data(), 1}, all.n, 1);
      return kernels::dot(solved.data(), solved.data(), all.n);
    });
  }
  Numbers variances = read_view(program, arena, variable.scale);
  const Numbers c = read_view(program, arena, *variable.c);
  for (std::size_t i = 0; i < variances.size(); ++i) variances[i] *= variances[i] * c[i] * c[i];
  return variances;
}

double log_jacobian_of(const LearnedVariable& variable, const Program& program, const Arena& arena) {
  if (variable.vectors) {
    const Matrices all(*variable.vectors, program, arena);
    const double of_z = -log_diagonals(all.factor, all.vectors, all.n);
    return variable.standardised ? of_z : of_z + log_diagonals(all.matrix, all.vectors, all.n);
  }
  const auto logarithms = [&](std::size_t index) { return sum_of_logarithms(read_view(program, arena, index)); };
  double sum = variable.standardised ? 0 : logarithms(variable.scale);
  if (variable.c) sum += logarithms(*variable.c);
  if (variable.outer) sum -= static_cast<double>(variable.size) * logarithms(*variable.outer);
  if (!variable.first_scale) return sum;
  const Numbers u = read_view(program, arena, variable.scale), c = read_view(program, arena, *variable.c);
  const std::size_t length = program.inner_views[variable.x].shape.back();
  for (std::size_t i = 0; i < variable.size; i += length) sum -= std::log(std::abs(u[i])) + std::log(c[i]);
  return sum + logarithms(*variable.first_scale) + logarithms(*variable.first_c);
}

}  // namespace exmc::density
