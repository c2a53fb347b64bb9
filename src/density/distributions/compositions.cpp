#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "../functions/functions.hpp"
#include "../numbers/special.hpp"
#include "../operations/batched.hpp"
#include "../operations/reductions.hpp"
#include "../supports/support.hpp"
#include "distribution.hpp"
#include "exmc/core/text.hpp"
#include "terms.hpp"
#include "variates.hpp"

/// Shares of a whole, and counts by share.
namespace exmc::density {
namespace {

constexpr double kHalfLogTwoPi = 0.918938533204672741780329736406;

/// What each element adds, over (x, ln x, a, ln a, A, ln A) with A the sum of the a: a ln(A x / a) - ln x, and the rest
/// of -ln Gamma(a) by Stirling. Of x and ln x it is the logarithm that has the derivative, of the others the number.
struct DirichletTerm {
  static constexpr std::size_t kOperands = 6;
  static constexpr double kConstant = -kHalfLogTwoPi;
  static constexpr std::array kVariants = {0b000011U, 0b001111U, 0b111111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T expected = p[4] * p[0];
    const T log_ratio = deviance(p[2], expected, expected - p[2], p[1] + (p[5] - p[3])).log_ratio;
    const StirlingError<T> error = stirling_error(p[2]);
    d[0] = d[3] = d[5] = T{};
    d[1] = p[2] - 1.0;
    d[2] = log_ratio - 1.0 + 0.5 / p[2] - error.slope;
    d[4] = p[2] / p[4];
    return p[2] * log_ratio + 0.5 * p[3] - error.value - p[1];
  }
};

/// What the sum A adds, over (A, ln A).
struct DirichletSumTerm {
  static constexpr std::size_t kOperands = 2;
  static constexpr double kConstant = kHalfLogTwoPi;
  static constexpr std::array kVariants = {0b11U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const StirlingError<T> error = stirling_error(p[0]);
    d[0] = error.slope;
    d[1] = T{} - 0.5;
    return error.value - 0.5 * p[1];
  }
};

void lower_dirichlet(Builder& builder, const Variable& v) {
  const View &x = v.value, &a = v["a"];
  const View sum = reduce_sum(builder, a, std::array{a.rank() - 1});
  const View log_sum = logarithm(builder, sum), log_a = logarithm(builder, a);
  const View column = with_new_axis(sum, sum.rank()), log_column = with_new_axis(log_sum, log_sum.rank());
  builder.add_term<DirichletTerm>({x, logarithm(builder, x), a, log_a, column, log_column});
  const Shape batch = batch_of(x.shape, 1);
  builder.add_term<DirichletSumTerm>({broadcast_to(sum, batch), broadcast_to(log_sum, batch)});
}

/// x ln p over (x, ln p), 0 where x is 0.
struct CountedLogTerm {
  static constexpr std::size_t kOperands = 2;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b01U, 0b11U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = T{};
    d[1] = p[0];
    return select(p[0] > 0.0, p[0] * p[1], T{});
  }
};

/// The multinomial coefficients' logarithms, in extended precision: they are differences of large numbers.
View log_coefficients(Builder& builder, const View& x, const View& n) {
  const Array counts = builder.evaluate(x);
  const Shape batch = batch_of(x.shape, 1);
  const Array trials = builder.evaluate(broadcast_to(n, batch));
  const std::size_t length = x.shape.back();
  Array logs{batch, {}};
  for (std::size_t i = 0; i < trials.values.size(); ++i) {
    long double sum = 0, log = std::lgamma(static_cast<long double>(trials.values[i]) + 1);
    for (std::size_t k = 0; k < length; ++k) {
      const long double count = counts.values[i * length + k];
      sum += count;
      log -= std::lgamma(count + 1);
    }
    if (sum != static_cast<long double>(trials.values[i])) {
      const std::string element = element_name(batch, i);
      builder.refuse("expected counts that sum to n = " + shortest(trials.values[i]) + ", found a sum of " +
                     shortest(static_cast<double>(sum)) + (element.empty() ? "" : " at " + element));
    }
    logs.values.push_back(static_cast<double>(log));
  }
  return builder.constant(logs);
}

void lower_multinomial(Builder& builder, const Variable& v) {
  builder.add_values(log_coefficients(builder, v.value, v["n"]));
  builder.add_term<CountedLogTerm>({v.value, logarithm(builder, v["p"])});
}

/// Shares of gamma variates, by their logarithms. Given a.
void draw_shares(const EventOperand* operands, const std::size_t* lengths, double* shares, RandomStream& random) {
  const std::span<double> all(shares, lengths[0]);
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = draw_log_gamma(operands[0](k), random);
  const double largest = *std::ranges::max_element(all);
  double sum = 0;
  for (double& x : all) sum += x = std::exp(x - largest);
  for (double& x : all) x /= sum;
}

View draw_dirichlet(Builder& builder, const Variable& v, const Shape& shape) {
  const std::array<Builder::EventView, 1> operands{{{v["a"], 1}}};
  return builder.draw_events(draw_shares, operands, shape, 1);
}

/// One category after the other, of what is left by those before. Given p and n.
void draw_counts(const EventOperand* operands, const std::size_t* lengths, double* counts, RandomStream& random) {
  const EventOperand& p = operands[0];
  double later = 0, left = *operands[1];
  for (std::size_t k = lengths[0]; k-- > 0;) counts[k] = later += p(k);
  for (std::size_t k = 0; k < lengths[0]; ++k) {
    counts[k] = left == 0 ? 0 : draw_binomial(left, p(k) / counts[k], random);
    left -= counts[k];
  }
}

View draw_multinomial(Builder& builder, const Variable& v, const Shape& shape) {
  const std::array<Builder::EventView, 2> operands{{{v["p"], 1}, {v["n"]}}};
  return builder.draw_events(draw_counts, operands, shape, 1);
}

const std::array kFamily = {
    Distribution{.name = "dirichlet",
                 .parametrisations = {{{.name = "a", .domain = &kPositive, .axes = "k"}}},
                 .generator = {.array = draw_dirichlet},
                 .support = &kSimplexSupport,
                 .data = &kOpenSimplex,
                 .axes = "k",
                 .lower = lower_dirichlet},
    Distribution{.name = "multinomial",
                 .points = "counts whose sum is `n`",
                 .parametrisations = {{{.name = "n", .domain = &kCount, .data = true},
                                       {.name = "p", .domain = &kSimplex, .axes = "k"}}},
                 .generator = {.array = draw_multinomial},
                 .support = nullptr,
                 .data = &kCount,
                 .discrete = true,
                 .axes = "k",
                 .lower = lower_multinomial},
};

}  // namespace

std::span<const Distribution> composition_family() { return kFamily; }

}  // namespace exmc::density
