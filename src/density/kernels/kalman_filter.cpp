#include "kalman_filter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dense_kernels.hpp"

namespace exmc::density::kernels {
namespace {

constexpr double kLogTwoPi = 1.83787706640934548356065947281;

/// c (rows x columns, dense) += factor a (rows x inner) b (inner x columns).
void add_to(double* c, double factor, Strided a, Strided b, Sizes sizes) {
  for (std::size_t i = 0; i < sizes.rows; ++i) {
    for (std::size_t k = 0; k < sizes.inner; ++k) {
      const double scale = factor * *a.at(i, k);
      for (std::size_t j = 0; j < sizes.columns; ++j) c[i * sizes.columns + j] += scale * *b.at(k, j);
    }
  }
}

void set_to(double* c, Strided a, Strided b, Sizes sizes) {
  std::fill_n(c, sizes.rows * sizes.columns, 0.0);
  add_to(c, 1, a, b, sizes);
}

/// Half of a square matrix and half of its transpose, in its place.
void make_symmetric(double* a, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) a[i * n + j] = a[j * n + i] = 0.5 * (a[i * n + j] + a[j * n + i]);
  }
}

template <class T>
struct Matrices {
  T *transition, *transition_cov, *observation, *observation_cov, *mean, *cov;

  Matrices(T* at, std::size_t s, std::size_t m)
      : transition(at),
        transition_cov(at + s * s),
        observation(at + 2 * s * s),
        observation_cov(observation + m * s),
        mean(observation_cov + m * m),
        cov(mean + s) {}
};

/// What the filter knows at one step. Of those present among the outputs, `count` (their numbers in `which`), the rows
/// of H, M = P H', W = S^-1 of the covariance S of their residual v, and u = W v.
template <class T>
struct Step {
  T *mean, *cov, *filtered_mean, *filtered_cov, *count, *which, *rows, *m, *w, *u;

  Step(T* at, std::size_t s, std::size_t outputs)
      : mean(at),
        cov(at + s),
        filtered_mean(cov + s * s),
        filtered_cov(filtered_mean + s),
        count(filtered_cov + s * s),
        which(count + 1),
        rows(which + outputs),
        m(rows + outputs * s),
        w(m + outputs * s),
        u(w + outputs * outputs) {}
  [[nodiscard]] static std::size_t size(std::size_t s, std::size_t outputs) {
    return 2 * s + 2 * s * s + 1 + 2 * outputs + 2 * outputs * s + outputs * outputs;
  }
};

/// Room for working matrices of either sweep.
std::size_t working_size(std::size_t s, std::size_t m) {
  const std::size_t widest = std::max(s, m);
  constexpr std::size_t beyond = 8;  // what dense kernels may touch
  return 9 * widest * widest + 6 * widest + beyond;
}

void find_present(const StateSpace& of, std::size_t t, const double* observation, const Step<double>& step) {
  std::size_t count = 0;
  for (std::size_t k = 0; k < of.outputs; ++k) {
    if (of.present[t * of.outputs + k] == 0) continue;
    std::copy_n(observation + k * of.states, of.states, step.rows + count * of.states);
    step.which[count++] = static_cast<double>(k);
  }
  *step.count = static_cast<double>(count);
}

/// w := s^-1 by its factor, into `factor`. Returns ln det s.
double invert(double* w, const double* s, double* factor, std::size_t n) {
  factorise(s, factor, n);
  std::fill_n(w, n * n, 0.0);
  double log_determinant = 0;
  for (std::size_t i = 0; i < n; ++i) {
    w[i * (n + 1)] = 1;
    log_determinant += 2 * std::log(factor[i * (n + 1)]);
  }
  solve_lower(factor, {w, n}, n, n);
  solve_lower_transposed(factor, {w, n}, n, n);
  make_symmetric(w, n);
  return log_determinant;
}

/// to := 1 - K H
void complement(double* to, const double* gain, const double* rows, std::size_t s, std::size_t n) {
  std::fill_n(to, s * s, 0.0);
  for (std::size_t i = 0; i < s; ++i) to[i * (s + 1)] = 1;
  add_to(to, -1, rows_of(gain, n), rows_of(rows, s), {s, n, s});
}

/// (1 - K H) P (1 - K H)' + K R K', which is positive whatever the rounding (Joseph's form).
void filter_covariance(const Step<double>& step, const double* gain, const double* noise, std::size_t s, std::size_t n,
                       double* work) {
  double *const rest = work, *const product = rest + s * s;
  complement(rest, gain, step.rows, s, n);
  set_to(product, rows_of(rest, s), rows_of(step.cov, s), {s, s, s});
  set_to(step.filtered_cov, rows_of(product, s), transpose_of(rest, s), {s, s, s});
  set_to(product, rows_of(gain, n), rows_of(noise, n), {s, n, n});
  add_to(step.filtered_cov, 1, rows_of(product, n), transpose_of(gain, n), {s, n, s});
  make_symmetric(step.filtered_cov, s);
}

/// Learns from the outputs of a step. Returns their log density.
double update(const StateSpace& of, std::size_t t, const Matrices<const double>& given, const Step<double>& step,
              double* work) {
  const std::size_t s = of.states;
  find_present(of, t, given.observation, step);
  const auto n = static_cast<std::size_t>(*step.count);
  std::copy_n(step.mean, s, step.filtered_mean);
  std::copy_n(step.cov, s * s, step.filtered_cov);
  if (n == 0) return 0;
  double *const covariance = work, *const factor = covariance + n * n, *const gain = factor + n * n,
                *const residual = gain + s * n, *const noise = residual + n;
  set_to(step.m, rows_of(step.cov, s), transpose_of(step.rows, s), {s, s, n});
  set_to(covariance, rows_of(step.rows, s), rows_of(step.m, n), {n, s, n});
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = static_cast<std::size_t>(step.which[i]);
    residual[i] = of.y[t * of.outputs + row];
    for (std::size_t k = 0; k < s; ++k) residual[i] -= step.rows[i * s + k] * step.mean[k];
    for (std::size_t j = 0; j < n; ++j) {
      noise[i * n + j] = given.observation_cov[row * of.outputs + static_cast<std::size_t>(step.which[j])];
      covariance[i * n + j] += noise[i * n + j];
    }
  }
  const double log_determinant = invert(step.w, covariance, factor, n);
  set_to(step.u, rows_of(step.w, n), rows_of(residual, 1), {n, n, 1});
  add_to(step.filtered_mean, 1, rows_of(step.m, n), rows_of(step.u, 1), {s, n, 1});
  set_to(gain, rows_of(step.m, n), rows_of(step.w, n), {s, n, n});
  double squares = 0;
  for (std::size_t i = 0; i < n; ++i) squares += residual[i] * step.u[i];
  filter_covariance(step, gain, noise, s, n, noise + n * n);
  return -0.5 * (static_cast<double>(n) * kLogTwoPi + log_determinant + squares);
}

/// What a step has for H, R and y of the outputs that are present, to where theirs are.
void pass_on(const StateSpace& of, std::size_t t, const Step<const double>& step, const double* rows,
             const double* covariance, const double* y_adjoint, const Matrices<double>* to, double* y) {
  const std::size_t s = of.states;
  const auto n = static_cast<std::size_t>(*step.count);
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = static_cast<std::size_t>(step.which[i]);
    if (y != nullptr) y[t * of.outputs + row] += y_adjoint[i];
    if (to == nullptr) continue;
    add_multiple(to->observation + row * s, 1, rows + i * s, s);
    for (std::size_t j = 0; j < n; ++j) {
      to->observation_cov[row * of.outputs + static_cast<std::size_t>(step.which[j])] += covariance[i * n + j];
    }
  }
}

/// The adjoints of mean and covariance after an update, in place those of before it. With the gain K = M W and
/// L = 1 - K H the filtered mean moves by L dmean, and the filtered covariance by L dcov L' + K dR K', so that nothing
/// cancels where outputs are exact: S^-1 is large there, and L small.
void reverse_update(const StateSpace& of, std::size_t t, double seed, const Step<const double>& step, double* mean,
                    double* cov, const Matrices<double>* to, double* y, double* work) {
  const std::size_t s = of.states;
  const auto n = static_cast<std::size_t>(*step.count);
  if (n == 0) return;
  double *const gain = work, *const part = gain + s * n, *const of_v = part + s * n, *const of_s = of_v + n,
                *const of_rows = of_s + n * n, *const rest = of_rows + n * s, *const moved = rest + s * s,
                *const direction = moved + s * s;
  set_to(gain, rows_of(step.m, n), rows_of(step.w, n), {s, n, n});
  set_to(part, rows_of(cov, s), rows_of(gain, n), {s, s, n});
  set_to(of_v, transpose_of(gain, n), rows_of(mean, 1), {n, s, 1});
  set_to(of_s, transpose_of(gain, n), rows_of(part, n), {n, s, n});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      of_s[i * n + j] +=
          0.5 * seed * (step.u[i] * step.u[j] - step.w[i * n + j]) - 0.5 * (of_v[i] * step.u[j] + step.u[i] * of_v[j]);
    }
  }
  // H: u (P m)' - K' m x' - 2 K' C P + seed (u x' - K'), with x, P filtered and m, C their adjoints.
  set_to(direction, rows_of(step.filtered_cov, s), rows_of(mean, 1), {s, s, 1});
  add_multiple(direction, seed, step.filtered_mean, s);
  set_to(of_rows, rows_of(step.u, 1), rows_of(direction, s), {n, 1, s});
  add_to(of_rows, -1, rows_of(of_v, 1), rows_of(step.filtered_mean, s), {n, 1, s});
  add_to(of_rows, -2, transpose_of(part, n), rows_of(step.filtered_cov, s), {n, s, s});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < s; ++k) of_rows[i * s + k] -= seed * gain[k * n + i];
  }
  for (std::size_t i = 0; i < n; ++i) of_v[i] -= seed * step.u[i];
  complement(rest, gain, step.rows, s, n);
  // mean: L' m + seed H' u; cov: L' C L + L' m (H' u)' + seed H' (u u' - W) H / 2
  set_to(moved, transpose_of(rest, s), rows_of(mean, 1), {s, s, 1});
  std::copy_n(moved, s, mean);
  set_to(moved, rows_of(cov, s), rows_of(rest, s), {s, s, s});
  set_to(cov, transpose_of(rest, s), rows_of(moved, s), {s, s, s});
  set_to(direction, transpose_of(step.rows, s), rows_of(step.u, 1), {s, n, 1});
  add_to(cov, 1, rows_of(mean, 1), rows_of(direction, s), {s, 1, s});
  add_to(cov, 0.5 * seed, rows_of(direction, 1), rows_of(direction, s), {s, 1, s});
  set_to(moved, rows_of(step.w, n), rows_of(step.rows, s), {n, n, s});
  add_to(cov, -0.5 * seed, transpose_of(step.rows, s), rows_of(moved, s), {s, n, s});
  make_symmetric(cov, s);
  add_multiple(mean, seed, direction, s);
  pass_on(of, t, step, of_rows, of_s, of_v, to, y);
}

/// The adjoints of mean and covariance of the next step, in place those of this one after its update.
void reverse_prediction(const StateSpace& of, const Matrices<const double>& given, const Step<const double>& step,
                        double* mean, double* cov, const Matrices<double>* to, double* work) {
  const std::size_t s = of.states;
  double *const product = work, *const moved = work + s * s;
  set_to(product, rows_of(cov, s), rows_of(given.transition, s), {s, s, s});
  if (to != nullptr) {
    add_to(to->transition, 1, rows_of(mean, 1), rows_of(step.filtered_mean, 1), {s, 1, s});
    add_to(to->transition, 2, rows_of(product, s), rows_of(step.filtered_cov, s), {s, s, s});
    add_multiple(to->transition_cov, 1, cov, s * s);
  }
  set_to(cov, transpose_of(given.transition, s), rows_of(product, s), {s, s, s});
  make_symmetric(cov, s);
  set_to(moved, transpose_of(given.transition, s), rows_of(mean, 1), {s, s, 1});
  std::copy_n(moved, s, mean);
}

}  // namespace

std::size_t kalman_room(std::size_t states, std::size_t outputs, std::size_t steps) {
  return steps * Step<double>::size(states, outputs) + working_size(states, outputs);
}

double kalman_filter(const StateSpace& of, double* room) {
  const std::size_t s = of.states, size = Step<double>::size(s, of.outputs);
  const Matrices<const double> given(of.matrices, s, of.outputs);
  double* const work = room + of.steps * size;
  double log_density = 0;
  for (std::size_t t = 0; t < of.steps; ++t) {
    const Step<double> step(room + t * size, s, of.outputs);
    if (t == 0) {
      std::copy_n(given.mean, s, step.mean);
      std::copy_n(given.cov, s * s, step.cov);
    } else {
      const Step<double> before(room + (t - 1) * size, s, of.outputs);
      set_to(step.mean, rows_of(given.transition, s), rows_of(before.filtered_mean, 1), {s, s, 1});
      set_to(work, rows_of(given.transition, s), rows_of(before.filtered_cov, s), {s, s, s});
      std::copy_n(given.transition_cov, s * s, step.cov);
      add_to(step.cov, 1, rows_of(work, s), transpose_of(given.transition, s), {s, s, s});
    }
    log_density += update(of, t, given, step, work);
  }
  return log_density;
}

void reverse_kalman_filter(const StateSpace& of, const double* room, double seed, double* matrices, double* y,
                           double* work) {
  const std::size_t s = of.states, size = Step<double>::size(s, of.outputs);
  const Matrices<const double> given(of.matrices, s, of.outputs);
  const Matrices<double> adjoints(matrices, s, of.outputs), *const to = matrices == nullptr ? nullptr : &adjoints;
  double *const mean = work, *const cov = mean + s, *const rest = cov + s * s;
  std::fill_n(work, s + s * s, 0.0);
  for (std::size_t t = of.steps; t-- > 0;) {
    const Step<const double> step(room + t * size, s, of.outputs);
    reverse_update(of, t, seed, step, mean, cov, to, y, rest);
    if (t == 0) break;
    const Step<const double> before(room + (t - 1) * size, s, of.outputs);
    reverse_prediction(of, given, before, mean, cov, to, rest);
  }
  if (to == nullptr) return;
  add_multiple(to->mean, 1, mean, s);
  add_multiple(to->cov, 1, cov, s * s);
}

}  // namespace exmc::density::kernels
