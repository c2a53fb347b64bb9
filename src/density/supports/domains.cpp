#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "../kernels/dense_kernels.hpp"
#include "../kernels/require_kernel.hpp"
#include "covariance.hpp"
#include "exmc/core/text.hpp"
#include "support.hpp"

/// Domains of vectors and matrices of data. Sums, symmetry and lengths may be off by what writing decimals costs.
namespace exmc::density {
namespace {

constexpr double kTolerance = 1e-8;

using Event = std::span<const double>;

std::string check_simplex(Event x, std::size_t) {
  const double sum = std::accumulate(x.begin(), x.end(), 0.0);
  return std::abs(sum - 1) <= kTolerance ? "" : "expected numbers that sum to 1, found a sum of " + shortest(sum);
}

std::string check_sum_to_zero(Event x, std::size_t) {
  const double sum = std::accumulate(x.begin(), x.end(), 0.0);
  const double size = std::accumulate(x.begin(), x.end(), 1.0, [](double a, double b) { return a + std::abs(b); });
  return std::abs(sum) <= kTolerance * size ? "" : "expected numbers that sum to 0, found a sum of " + shortest(sum);
}

std::string check_unit_vector(Event x, std::size_t) {
  const double length = std::sqrt(std::inner_product(x.begin(), x.end(), x.begin(), 0.0));
  return std::abs(length - 1) <= kTolerance ? "" : "expected a vector of length 1, found " + shortest(length);
}

std::string check_increasing(Event x, std::size_t) {
  const auto found = std::adjacent_find(x.begin(), x.end(), [](double a, double b) { return !(a < b); });
  if (found == x.end()) return "";
  return "expected increasing numbers, found " + shortest(*found) + " before " + shortest(*(found + 1));
}

std::string check_symmetric(Event a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double below = a[i * n + j], above = a[j * n + i];
      if (std::abs(below - above) <= kTolerance * std::max(std::abs(below), std::abs(above))) continue;
      return "expected a symmetric matrix, found " + shortest(below) + " at [" + std::to_string(i) + ", " +
             std::to_string(j) + "] and " + shortest(above) + " across the diagonal";
    }
  }
  return "";
}

std::string check_covariance(Event a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    if (a[i * n + i] >= 0) continue;
    return "expected no negative number on the diagonal, found " + shortest(a[i * n + i]) + " in row " +
           std::to_string(i);
  }
  return check_symmetric(a, n);
}

std::string check_positive_definite(Event a, std::size_t n) {
  std::string found = check_symmetric(a, n);
  if (!found.empty()) return found;
  constexpr std::size_t beyond = 8;  // the kernel may touch what lies behind
  std::vector<double> matrix(a.begin(), a.end()), factor(n * n + beyond);
  matrix.resize(n * n + beyond);
  kernels::factorise(matrix.data(), factor.data(), n);
  for (std::size_t i = 0; i < n; ++i) {
    if (!(factor[i * n + i] > 0)) {
      return "expected a positive definite matrix, found that its first " + std::to_string(i + 1) +
             " rows and columns are not";
    }
  }
  return "";
}

std::string check_lower_triangle(Event l, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const std::string place = " at [" + std::to_string(i) + ", ";
    if (!(l[i * n + i] > 0)) {
      return "expected a positive diagonal, found " + shortest(l[i * n + i]) + place + std::to_string(i) + "]";
    }
    for (std::size_t j = i + 1; j < n; ++j) {
      if (l[i * n + j] == 0) continue;
      return "expected zeros above the diagonal, found " + shortest(l[i * n + j]) + place + std::to_string(j) + "]";
    }
  }
  return "";
}

std::string check_correlation(Event a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    if (std::abs(a[i * n + i] - 1) <= kTolerance) continue;
    return "expected ones on the diagonal, found " + shortest(a[i * n + i]) + " in row " + std::to_string(i);
  }
  return check_positive_definite(a, n);
}

std::string check_correlation_factor(Event l, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    const Event row = l.subspan(i * n, n);
    const double square = std::inner_product(row.begin(), row.end(), row.begin(), 0.0);
    if (std::abs(square - 1) <= kTolerance) continue;
    return "expected rows of length 1, found " + shortest(std::sqrt(square)) + " in row " + std::to_string(i);
  }
  return check_lower_triangle(l, n);
}

// The same of what depends on parameters.

bool is_any(const EventOperand&, std::size_t) { return true; }

bool is_simplex(const EventOperand& x, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += x(i);
  return std::abs(sum - 1) <= kTolerance;
}

bool is_increasing(const EventOperand& x, std::size_t n) {
  for (std::size_t i = 1; i < n; ++i) {
    if (!(x(i - 1) < x(i))) return false;
  }
  return true;
}

/// By what is above the diagonal, which nothing else looks at; that may be off as a product of matrices is.
/// Relative to the diagonal.
bool is_mirrored(const EventOperand& a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const double scale = std::sqrt(a(i, i)) * std::sqrt(a(j, j));
      if (!(std::abs(a(i, j) - a(j, i)) <= kTolerance * scale)) return false;
    }
  }
  return true;
}

bool is_symmetric(const EventOperand& a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    if (!(a(i, i) > 0)) return false;
  }
  return is_mirrored(a, n);
}

bool is_covariance(const EventOperand& a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    if (!(a(i, i) >= 0)) return false;
  }
  return is_mirrored(a, n);
}

bool is_lower_triangle(const EventOperand& l, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    if (!(l(i, i) > 0)) return false;
    for (std::size_t j = i + 1; j < n; ++j) {
      if (l(i, j) != 0) return false;
    }
  }
  return true;
}

bool is_finite(double x) { return std::isfinite(x); }
constexpr std::string_view kFinite = "a finite number";

}  // namespace

double all_within(const Instruction& instruction, const Arena& arena) {
  return events_within<is_any>(instruction, arena);
}

const Domain kSimplex{"a number between 0 and 1", [](double x) { return x >= 0 && x <= 1; }, check_simplex, kUnit,
                      events_within<is_simplex>};
const Domain kOpenSimplex{"a number above 0, at most 1", [](double x) { return x > 0 && x <= 1; }, check_simplex, kUnit,
                          events_within<is_simplex>};
const Domain kIncreasing{kFinite, is_finite, check_increasing, {}, events_within<is_increasing>};
const Domain kPositiveIncreasing{"a positive number", [](double x) { return x > 0 && std::isfinite(x); },
                                 check_increasing, kPositiveNumbers, events_within<is_increasing>};
const Domain kSumToZero{kFinite, is_finite, check_sum_to_zero};
const Domain kUnitVector{kFinite, is_finite, check_unit_vector};
const Domain kPositiveDefinite{kFinite, is_finite, check_positive_definite, {}, events_within<is_symmetric>};
const Domain kCovariance{kFinite, is_finite, check_covariance, {}, events_within<is_covariance>};
const Domain kLowerTriangle{kFinite, is_finite, check_lower_triangle, {}, events_within<is_lower_triangle>};
const Domain kCorrelation{kFinite, is_finite, check_correlation, {}, events_within<is_symmetric>};
const Domain kCorrelationFactor{kFinite, is_finite, check_correlation_factor, {}, events_within<is_lower_triangle>};
}  // namespace exmc::density
