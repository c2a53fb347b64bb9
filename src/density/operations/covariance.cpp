#include "covariance.hpp"

#include <array>

#include "../functions/functions.hpp"
#include "../kernels/covariance_kernels.hpp"
#include "../supports/support.hpp"
#include "batched.hpp"

namespace exmc::density {
namespace {

/// Sizes (rows, columns, inputs); operands are the points of rows and columns, sigma, the inverse length scales.
template <bool Symmetric>
kernels::Covariance covariance_of(const Instruction& instruction, const std::array<const double*, 4>& in) {
  const std::size_t rows = size(instruction), columns = size(instruction, 1);
  return {size(instruction, 2), {in[0], rows}, {in[1], columns}, Symmetric, *in[2], in[3]};
}

template <class Kernel, bool Symmetric>
double covariance_forward(const Instruction& instruction, const Arena& arena) {
  for_each_input<4>(instruction, arena, [&](const Inputs<4>& at) {
    kernels::covariance<Kernel>(covariance_of<Symmetric>(instruction, at.in), at.out);
  });
  return 0;
}

template <class Kernel, bool Symmetric>
void covariance_reverse(const Instruction& instruction, const Arena& arena) {
  for_each_adjoint<4>(instruction, arena, [&](const Adjoints<4>& at) {
    kernels::reverse_covariance<Kernel>(covariance_of<Symmetric>(instruction, at.in), at.out, at.out_adjoint,
                                        {at.in_adjoint[2], at.in_adjoint[3], at.in_adjoint[0], at.in_adjoint[1]});
  });
}

template <class Kernel>
Builder::Kernels kernels_of(bool symmetric) {
  if (symmetric) return {covariance_forward<Kernel, true>, covariance_reverse<Kernel, true>};
  return {covariance_forward<Kernel, false>, covariance_reverse<Kernel, false>};
}

Builder::Kernels choose(Correlation correlation, bool symmetric) {
  switch (correlation) {
    case Correlation::exponentiated_quadratic:
      return kernels_of<kernels::ExponentiatedQuadratic>(symmetric);
    case Correlation::matern_half:
      return kernels_of<kernels::MaternHalf>(symmetric);
    case Correlation::matern_three_halves:
      return kernels_of<kernels::MaternThreeHalves>(symmetric);
    case Correlation::matern_five_halves:
      break;
  }
  return kernels_of<kernels::MaternFiveHalves>(symmetric);
}

bool is_symmetric(Builder& builder, const View& x) {
  if (x.rank() == 0) return true;
  const std::size_t n = x.shape.back();
  if (x.rank() < 2 || x.shape[x.rank() - 2] != n) return false;
  if (!x.constant()) return builder.facts().known_events(x, 2, kPositiveDefinite.events);
  const Array array = builder.evaluate(x);
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    const std::size_t row = i / n % n, column = i % n;
    if (array.values[i] != array.values[i - row * n - column + column * n + row]) return false;
  }
  return true;
}

}  // namespace

View covariance(Builder& builder, Correlation correlation, const CovarianceArguments& of) {
  const bool symmetric = of.rows == of.columns;
  const std::size_t inputs = of.rows.shape[of.rows.rank() - 2], n = of.rows.shape.back(), m = of.columns.shape.back();
  const View inverse = builder.apply<Divide>({builder.constant(1.0), of.length_scale});
  const auto [forward, reverse] = choose(correlation, symmetric);
  const View matrix = emit_batched(
      builder, {forward, reverse, {of.rows, of.columns, of.sigma, inverse}, {2, 2, 0, 1}, {n, m, inputs}, {n, m}});
  if (symmetric) remember_symmetric(builder, matrix);
  return matrix;
}

void remember_symmetric(Builder& builder, const View& matrix) {
  builder.facts().remember_events(matrix, 2, kPositiveDefinite.events);
}

void remember_symmetric(Builder& builder, const View& a, const View& b, const View& result) {
  const std::size_t rank = result.rank();
  if (result.constant() || rank < 2 || result.shape[rank - 1] != result.shape[rank - 2]) return;
  if (is_symmetric(builder, a) && is_symmetric(builder, b)) remember_symmetric(builder, result);
}

}  // namespace exmc::density
