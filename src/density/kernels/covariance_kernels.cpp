#include "covariance_kernels.hpp"

#include <algorithm>

namespace exmc::density::kernels {
namespace {

Pack difference(const Covariance& of, std::size_t direction, std::size_t row, std::size_t column) {
  return load(of.columns.direction(direction) + column) - of.rows.direction(direction)[row];
}

Pack squared_distance(const Covariance& of, std::size_t row, std::size_t column) {
  Pack q{};
  for (std::size_t d = 0; d < of.inputs; ++d) {
    const Pack scaled = difference(of, d, row, column) * of.inverse[d];
    q += scaled * scaled;
  }
  return q;
}

void store_first(double* to, Pack values, std::size_t count) {
  if (count == kLanes) return store(to, values);
  for (std::size_t lane = 0; lane < count; ++lane) to[lane] = values[lane];
}

/// Calls body(column, how many) for packs of a row.
template <class Body>
void for_each_pack(std::size_t width, Body&& body) {
  for (std::size_t column = 0; column < width; column += kLanes) body(column, std::min(kLanes, width - column));
}

/// The strict upper triangle added to the lower one, which then stands for both.
void fold(double* adjoint, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) adjoint[i * n + j] += adjoint[j * n + i];
  }
}

}  // namespace

template <class Correlation>
void covariance(const Covariance& of, double* matrix) {
  const std::size_t n = of.columns.count;
  const double variance = of.sigma * of.sigma;
  for (std::size_t i = 0; i < of.rows.count; ++i) {
    for_each_pack(of.width(i), [&](std::size_t j, std::size_t count) {
      store_first(matrix + i * n + j, variance * Correlation::value(squared_distance(of, i, j)), count);
    });
  }
  if (!of.symmetric) return;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) matrix[j * n + i] = matrix[i * n + j];
  }
}

namespace {

/// In place of a row of adjoints what moves with q, twice: 2 adjoint matrix slope. Returns the sum of adjoint * matrix.
template <class Correlation>
double weigh_row(const Covariance& of, const double* matrix, double* adjoint, std::size_t row, bool distances) {
  Pack total{};
  for_each_pack(of.width(row), [&](std::size_t j, std::size_t count) {
    const Pack given = load(adjoint + j), value = load(matrix + j);
    const Pack w = select((given == 0.0) | !first_lanes(count), Pack{}, given * value);
    total += w;
    if (!distances) return;
    const Pack moved = 2.0 * w * Correlation::slope(squared_distance(of, row, j));
    store_first(adjoint + j, select(w == 0.0, Pack{}, moved), count);
  });
  return sum(total);
}

/// What a row passes on along one direction, x being a difference in it and v the inverse of the length scale: x^2 v to
/// the latter, x v^2 to a coordinate of the column and less as much to that of the row.
void pass_on(const Covariance& of, const double* moved, std::size_t row, std::size_t d, const CovarianceAdjoints& to) {
  const double v = of.inverse[d];
  Pack of_inverse{}, of_row{};
  for_each_pack(of.width(row), [&](std::size_t j, std::size_t count) {
    const Pack w = select(first_lanes(count), load(moved + j), Pack{});
    const Pack x = select(w == 0.0, Pack{}, difference(of, d, row, j)), along = w * x;
    of_inverse += along * x;
    of_row += along;
    if (to.columns == nullptr) return;
    double* const column = to.columns + d * of.columns.count + j;
    for (std::size_t lane = 0; lane < count; ++lane) column[lane] += along[lane] * v * v;
  });
  if (to.inverse != nullptr) to.inverse[d] += sum(of_inverse) * v;
  if (to.rows != nullptr) to.rows[d * of.rows.count + row] -= sum(of_row) * v * v;
}

}  // namespace

template <class Correlation>
void reverse_covariance(const Covariance& of, const double* matrix, double* adjoint, const CovarianceAdjoints& to) {
  const std::size_t n = of.columns.count;
  const bool distances = to.inverse != nullptr || to.rows != nullptr || to.columns != nullptr;
  if (of.symmetric) fold(adjoint, n);
  double total = 0;
  for (std::size_t i = 0; i < of.rows.count; ++i) {
    double* const row = adjoint + i * n;
    total += weigh_row<Correlation>(of, matrix + i * n, row, i, distances);
    for (std::size_t d = 0; distances && d < of.inputs; ++d) pass_on(of, row, i, d, to);
  }
  if (to.sigma != nullptr && of.sigma != 0) *to.sigma += 2 * total / of.sigma;
}

template void covariance<ExponentiatedQuadratic>(const Covariance&, double*);
template void covariance<MaternHalf>(const Covariance&, double*);
template void covariance<MaternThreeHalves>(const Covariance&, double*);
template void covariance<MaternFiveHalves>(const Covariance&, double*);
template void reverse_covariance<ExponentiatedQuadratic>(const Covariance&, const double*, double*,
                                                         const CovarianceAdjoints&);
template void reverse_covariance<MaternHalf>(const Covariance&, const double*, double*, const CovarianceAdjoints&);
template void reverse_covariance<MaternThreeHalves>(const Covariance&, const double*, double*,
                                                    const CovarianceAdjoints&);
template void reverse_covariance<MaternFiveHalves>(const Covariance&, const double*, double*,
                                                   const CovarianceAdjoints&);

}  // namespace exmc::density::kernels
