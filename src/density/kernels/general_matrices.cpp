#include "general_matrices.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "dense_kernels.hpp"

namespace exmc::density::kernels {
namespace {

/// Rows p and q of a matrix with rows of n: p := c p - s q, q := s p + c q.
void rotate_rows(double* p, double* q, double c, double s, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) {
    const double before = p[k];
    p[k] = c * before - s * q[k];
    q[k] = s * before + c * q[k];
  }
}

void rotate_columns(double* a, std::size_t p, std::size_t q, double c, double s, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) {
    double* const row = a + k * n;
    const double before = row[p];
    row[p] = c * before - s * row[q];
    row[q] = s * before + c * row[q];
  }
}

/// Makes a_pq zero. False where it is nothing beside the diagonal.
bool annihilate(double* a, double* vectors, std::size_t p, std::size_t q, std::size_t n) {
  const double off = a[p * n + q], of_p = a[p * n + p], of_q = a[q * n + q];
  constexpr double nothing = std::numeric_limits<double>::epsilon() / 16;
  if (!(std::abs(off) > nothing * std::sqrt(std::abs(of_p)) * std::sqrt(std::abs(of_q)))) return false;
  const double theta = (of_q - of_p) / (2 * off);
  const double t = std::copysign(1 / (std::abs(theta) + std::hypot(theta, 1)), theta);
  const double c = 1 / std::hypot(t, 1), s = t * c;
  rotate_rows(a + p * n, a + q * n, c, s, n);
  rotate_columns(a, p, q, c, s, n);
  a[p * n + q] = a[q * n + p] = 0;
  rotate_rows(vectors + p * n, vectors + q * n, c, s, n);
  return true;
}

/// to (n x n) := a b
void multiply(double* to, const double* a, const double* b, std::size_t n) {
  std::fill_n(to, n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) add_multiple(to + i * n, a[i * n + k], b + k * n, n);
  }
}

double greatest_row_sum(const double* a, std::size_t n) {
  double greatest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < n; ++j) sum += std::abs(a[i * n + j]);
    greatest = sum > greatest || std::isnan(sum) ? sum : greatest;
  }
  return greatest;
}

}  // namespace

void factorise_general(double* a, double* pivots, std::size_t n) {
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k + 1; i < n; ++i) {
      if (std::abs(a[i * n + k]) > std::abs(a[pivot * n + k])) pivot = i;
    }
    pivots[k] = static_cast<double>(pivot);
    if (pivot != k) std::swap_ranges(a + k * n, a + (k + 1) * n, a + pivot * n);
    const double inverse = 1 / a[k * n + k];
    for (std::size_t i = k + 1; i < n; ++i) {
      double* const row = a + i * n;
      row[k] *= inverse;
      add_multiple(row + k + 1, -row[k], a + k * n + k + 1, n - k - 1);
    }
  }
}

void solve_general(const double* factors, const double* pivots, double* x, std::size_t n, std::size_t columns) {
  const auto row = [&](std::size_t i) { return x + i * columns; };
  for (std::size_t k = 0; k < n; ++k) {
    const auto pivot = static_cast<std::size_t>(pivots[k]);
    if (pivot != k) std::swap_ranges(row(k), row(k + 1), row(pivot));
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) add_multiple(row(i), -factors[i * n + k], row(k), columns);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) add_multiple(row(i), -factors[i * n + k], row(k), columns);
    for (std::size_t j = 0; j < columns; ++j) row(i)[j] /= factors[i * n + i];
  }
}

void solve_general_transposed(const double* factors, const double* pivots, double* x, std::size_t n,
                              std::size_t columns) {
  const auto row = [&](std::size_t i) { return x + i * columns; };
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < columns; ++j) row(i)[j] /= factors[i * n + i];
    for (std::size_t k = i + 1; k < n; ++k) add_multiple(row(k), -factors[i * n + k], row(i), columns);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = 0; k < i; ++k) add_multiple(row(k), -factors[i * n + k], row(i), columns);
  }
  for (std::size_t k = n; k-- > 0;) {
    const auto pivot = static_cast<std::size_t>(pivots[k]);
    if (pivot != k) std::swap_ranges(row(k), row(k + 1), row(pivot));
  }
}

void eigen_symmetric(const double* a, double* values, double* vectors, double* room, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) room[i * n + j] = room[j * n + i] = a[i * n + j];
    std::fill_n(vectors + i * n, n, 0.0);
    vectors[i * n + i] = 1;
  }
  constexpr int most_sweeps = 60;  // seven or so are needed
  bool moved = true;
  for (int sweep = 0; moved && sweep < most_sweeps; ++sweep) {
    moved = false;
    for (std::size_t p = 0; p + 1 < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) moved = annihilate(room, vectors, p, q, n) || moved;
    }
  }
  for (std::size_t i = 0; i < n; ++i) values[i] = room[i * (n + 1)];
  for (std::size_t i = 0; i < n; ++i) {
    const auto least = static_cast<std::size_t>(std::min_element(values + i, values + n) - values);
    if (least == i) continue;
    std::swap(values[i], values[least]);
    std::swap_ranges(vectors + i * n, vectors + (i + 1) * n, vectors + least * n);
  }
}

void exponentiate(double* a, double* room, std::size_t n) {
  constexpr std::array b{64764752532480000.0,
                         32382376266240000.0,
                         7771770303897600.0,
                         1187353796428800.0,
                         129060195264000.0,
                         10559470521600.0,
                         670442572800.0,
                         33522128640.0,
                         1323241920.0,
                         40840800.0,
                         960960.0,
                         16380.0,
                         182.0,
                         1.0};
  constexpr double enough = 5.371920351148152;  // no more is needed for double precision up to this norm
  const double norm = greatest_row_sum(a, n);
  if (!std::isfinite(norm)) {
    std::fill_n(a, n * n, std::numeric_limits<double>::quiet_NaN());
    return;
  }
  const int squarings = norm > enough ? static_cast<int>(std::ceil(std::log2(norm / enough))) : 0;
  const std::size_t size = n * n;
  double *const a2 = room, *const a4 = a2 + size, *const a6 = a4 + size, *const u = a6 + size, *const v = u + size,
                *const sum = v + size, *const other = sum + size, *const pivots = other + size;
  for (std::size_t i = 0; i < size; ++i) a[i] = std::ldexp(a[i], -squarings);
  multiply(a2, a, a, n);
  multiply(a4, a2, a2, n);
  multiply(a6, a4, a2, n);
  const auto combine = [&](double* to, double of_6, double of_4, double of_2) {
    for (std::size_t i = 0; i < size; ++i) to[i] = of_6 * a6[i] + of_4 * a4[i] + of_2 * a2[i];
  };
  const auto half = [&](double* to, std::size_t odd) {  // a6 (b13 a6 + b11 a4 + b9 a2) + b7 a6 + ... of these indices
    combine(sum, b[12 + odd], b[10 + odd], b[8 + odd]);
    multiply(to, a6, sum, n);
    combine(sum, b[6 + odd], b[4 + odd], b[2 + odd]);
    for (std::size_t i = 0; i < size; ++i) to[i] += sum[i];
    for (std::size_t i = 0; i < size; i += n + 1) to[i] += b[odd];
  };
  half(other, 1);
  multiply(u, a, other, n);
  half(v, 0);
  for (std::size_t i = 0; i < size; ++i) {
    other[i] = v[i] - u[i];
    a[i] = v[i] + u[i];
  }
  factorise_general(other, pivots, n);
  solve_general(other, pivots, a, n, n);
  for (int k = 0; k < squarings; ++k) {
    multiply(sum, a, a, n);
    std::copy_n(sum, size, a);
  }
}

}  // namespace exmc::density::kernels
