#include "dense_kernels.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "../numbers/simd.hpp"

namespace exmc::density::kernels {
namespace {

/// Columns of a panel: its square of doubles fits into the first-level cache several times.
constexpr std::size_t kPanel = 24;

/// `Height` rows by `Packs` packs of c, in registers while the inner index passes by. Of the last pack `last` lanes
/// count.
template <std::size_t Height, std::size_t Packs>
void add_tile(Rows c, double factor, Strided a, const double* b, std::size_t b_stride, std::size_t inner,
              std::size_t last) {
  Pack sums[Height][Packs] = {};
  for (std::size_t k = 0; k < inner; ++k) {
    const double* const row = b + k * b_stride;
    Pack from[Packs];
    for (std::size_t j = 0; j < Packs; ++j) from[j] = load(row + j * kLanes);
    for (std::size_t i = 0; i < Height; ++i) {
      const double scale = *a.at(i, k);
      for (std::size_t j = 0; j < Packs; ++j) sums[i][j] += scale * from[j];
    }
  }
  for (std::size_t i = 0; i < Height; ++i) {
    double* const to = c.row(i);
    if (last < kLanes) sums[i][Packs - 1] = select(first_lanes(last), sums[i][Packs - 1], Pack{});
    for (std::size_t j = 0; j < Packs; ++j) store(to + j * kLanes, load(to + j * kLanes) + factor * sums[i][j]);
  }
}

template <std::size_t Height>
void add_rows(Rows c, double factor, Strided a, const double* b, std::size_t b_stride, Sizes sizes) {
  std::size_t column = 0;
  const auto tile = [&](auto packs, std::size_t last) {
    add_tile<Height, decltype(packs)::value>({c.data + column, c.stride}, factor, a, b + column, b_stride, sizes.inner,
                                             last);
    column += decltype(packs)::value * kLanes;
  };
  while (column + 2 * kLanes <= sizes.columns) tile(std::integral_constant<std::size_t, 2>{}, kLanes);
  while (column < sizes.columns) {
    tile(std::integral_constant<std::size_t, 1>{}, std::min(kLanes, sizes.columns - column));
  }
}

/// The factor of a panel of `size` rows and columns on the diagonal, transposed: rows of u = l' from its diagonal on,
/// to the end of the matrix.
void factorise_panel(Rows u, std::size_t start, std::size_t size, std::size_t n) {
  for (std::size_t k = start; k < start + size; ++k) {
    double* const row = u.row(k);
    row[k] = std::sqrt(row[k]);
    const double inverse = 1.0 / row[k];
    for (std::size_t j = k + 1; j < n; ++j) row[j] *= inverse;
    for (std::size_t i = k + 1; i < start + size; ++i) add_multiple(u.row(i) + i, -row[i], row + i, n - i);
  }
}

/// Murray's unblocked reverse on a panel: `l` and `adjoint` point to its diagonal block, rows `n` apart.
void reverse_panel(const double* l, double* adjoint, std::size_t size, std::size_t n) {
  for (std::size_t k = size; k-- > 0;) {
    const double inverse = 1.0 / l[k * n + k];
    double& diagonal = adjoint[k * n + k];
    for (std::size_t i = k + 1; i < size; ++i) diagonal -= l[i * n + k] * adjoint[i * n + k] * inverse;
    for (std::size_t i = k; i < size; ++i) adjoint[i * n + k] *= inverse;
    for (std::size_t j = 0; j < k; ++j) {
      for (std::size_t i = k; i < size; ++i) adjoint[k * n + j] -= adjoint[i * n + k] * l[i * n + j];
      for (std::size_t i = k + 1; i < size; ++i) adjoint[i * n + j] -= adjoint[i * n + k] * l[k * n + j];
    }
    diagonal *= 0.5;
  }
}

/// Rows of c (size wide) := c d^-1 for a lower triangle d whose rows are n apart.
void divide_rows(Rows c, const double* d, std::size_t rows, std::size_t size, std::size_t n) {
  for (std::size_t i = 0; i < rows; ++i) {
    double* const row = c.row(i);
    for (std::size_t k = size; k-- > 0;) {
      row[k] /= d[k * n + k];
      for (std::size_t j = 0; j < k; ++j) row[j] -= row[k] * d[k * n + j];
    }
  }
}

}  // namespace

double dot(const double* a, const double* b, std::size_t length) {
  Pack total{};
  std::size_t i = 0;
  for (; i + kLanes <= length; i += kLanes) total += load(a + i) * load(b + i);
  if (i < length) total += select(first_lanes(length - i), load(a + i) * load(b + i), Pack{});
  return sum(total);
}

void add_multiple(double* y, double factor, const double* x, std::size_t length) {
  for (std::size_t i = 0; i < length; ++i) y[i] += factor * x[i];
}

void add_product(Rows c, double factor, Strided a, const double* b, std::size_t b_stride, Sizes sizes) {
  std::size_t row = 0;
  const auto strip = [&](auto height) {
    constexpr std::size_t H = decltype(height)::value;
    add_rows<H>({c.row(row), c.stride}, factor, {a.at(row, 0), a.row_stride, a.column_stride}, b, b_stride, sizes);
    row += H;
  };
  while (row + 4 <= sizes.rows) strip(std::integral_constant<std::size_t, 4>{});
  while (row < sizes.rows) strip(std::integral_constant<std::size_t, 1>{});
}

void factorise(const double* a, double* l, std::size_t n) {
  // By rows of the transpose, which stands in the upper triangle until it is done.
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) l[j * n + i] = a[i * n + j];
  }
  const Rows u{l, n};
  for (std::size_t start = 0; start < n; start += kPanel) {
    const std::size_t size = std::min(kPanel, n - start), end = start + size;
    factorise_panel(u, start, size, n);
    for (std::size_t i = end; i < n; i += kPanel) {
      const std::size_t rows = std::min(kPanel, n - i);
      add_product({u.row(i) + i, n}, -1, transpose_of(u.row(start) + i, n), u.row(start) + i, n, {rows, size, n - i});
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      l[j * n + i] = l[i * n + j];
      l[i * n + j] = 0;
    }
  }
}

void reverse_factorise(const double* l, double* adjoint, std::size_t n) {
  const Rows bar{adjoint, n};
  std::array<double, kPanel*(kPanel + kLanes)> both{};  // of the diagonal block's adjoint, symmetric
  for (std::size_t end = n; end > 0;) {
    const std::size_t size = std::min(kPanel, end), start = end - size, below = n - end;
    const double* const r = l + start * n;        // before the diagonal block
    const double* const c = l + end * n + start;  // below it
    const double* const b = l + end * n;          // below and before
    const Rows r_bar{bar.row(start), n}, d_bar{bar.row(start) + start, n}, c_bar{adjoint + end * n + start, n};
    divide_rows(c_bar, r + start, below, size, n);
    add_product({adjoint + end * n, n}, -1, rows_of(c_bar.data, n), r, n, {below, size, start});
    for (std::size_t i = 0; i < size; ++i) {
      add_product({d_bar.row(i), n}, -1, transpose_of(c_bar.data + i, n), c, n, {1, below, i + 1});
    }
    add_product(r_bar, -1, transpose_of(c_bar.data, n), b, n, {size, below, start});
    reverse_panel(r + start, d_bar.data, size, n);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) both[i * size + j] = d_bar.row(std::max(i, j))[std::min(i, j)];
      both[i * size + i] *= 2;
    }
    add_product(r_bar, -1, rows_of(both.data(), size), r, n, {size, size, start});
    end = start;
  }
}

void solve_lower(const double* l, Rows x, std::size_t n, std::size_t columns) {
  for (std::size_t i = 0; i < n; ++i) {
    double* const row = x.row(i);
    if (columns == 1 && x.stride == 1) {
      row[0] = (row[0] - dot(l + i * n, x.data, i)) / l[i * n + i];
      continue;
    }
    if (i % kPanel == 0) {
      add_product({row, x.stride}, -1, rows_of(l + i * n, n), x.data, x.stride, {std::min(kPanel, n - i), i, columns});
    }
    for (std::size_t k = i / kPanel * kPanel; k < i; ++k) add_multiple(row, -l[i * n + k], x.row(k), columns);
    const double inverse = 1.0 / l[i * n + i];
    for (std::size_t j = 0; j < columns; ++j) row[j] *= inverse;
  }
}

void solve_lower_transposed(const double* l, Rows x, std::size_t n, std::size_t columns) {
  for (std::size_t i = n; i-- > 0;) {
    double* const row = x.row(i);
    const double inverse = 1.0 / l[i * n + i];
    if (columns == 1 && x.stride == 1) {
      row[0] *= inverse;
      add_multiple(x.data, -row[0], l + i * n, i);
      continue;
    }
    for (std::size_t j = 0; j < columns; ++j) row[j] *= inverse;
    const std::size_t first = i / kPanel * kPanel;
    for (std::size_t k = first; k < i; ++k) add_multiple(x.row(k), -l[i * n + k], row, columns);
    if (i == first) {
      const std::size_t rows = std::min(kPanel, n - i);
      add_product({x.data, x.stride}, -1, transpose_of(l + i * n, n), row, x.stride, {i, rows, columns});
    }
  }
}

}  // namespace exmc::density::kernels
