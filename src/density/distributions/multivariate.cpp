#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

#include "../numbers/special.hpp"
#include "../operations/batched.hpp"
#include "../operations/linear_algebra.hpp"
#include "distribution.hpp"
#include "loops.hpp"
#include "terms.hpp"
#include "variates.hpp"

/// Vectors around a mean with a covariance, a scale matrix or its inverse.
namespace exmc::density {
namespace {

constexpr double kHalfLogTwoPi = 0.918938533204672741780329736406;

/// (x - mu)' S^-1 (x - mu) and ln det(S) / 2 of a scale matrix S.
struct Distance {
  View squares, log_scale;
};

Distance distance(Builder& builder, const Variable& v, std::string_view matrix) {
  const View difference = builder.apply<Subtract>({v.value, v["mu"]});
  if (v.has("tau")) {
    const View log_scale = log_diagonal_sum(builder, cholesky(builder, v["tau"]));
    return {quadratic_form(builder, v["tau"], difference), builder.apply<Negate>({log_scale})};
  }
  const View factor = v.has("chol") ? v["chol"] : cholesky(builder, v[matrix]);
  const View whitened = solve_vector(builder, factor, difference);
  return {squared_norm(builder, whitened), log_diagonal_sum(builder, factor)};
}

void lower_mv_normal(Builder& builder, const Variable& v) {
  const Distance of = distance(builder, v, "cov");
  const Shape batch = batch_of(v.value.shape, 1);
  add_multiple(builder, -0.5, of.squares, batch);
  add_multiple(builder, -1, of.log_scale, batch);
  builder.add_constant(-kHalfLogTwoPi * static_cast<double>(v.value.shape.back()), batch);
}

/// ln Gamma((nu + k) / 2) - ln Gamma(nu / 2) - k ln(nu / 2) / 2 over (nu, k), half step by half step.
struct MvStudentNormaliser {
  static constexpr std::size_t kOperands = 2;
  static constexpr std::array kVariants = {0b01U, 0b11U};
  template <class T>
  static T value(const T* p) {
    T total{};
    for (double j = 0; j < first_lane(p[1]); ++j) {
      total += half_step_log_gamma(0.5 * (p[0] + j)).value + 0.5 * log1p(j / p[0]);
    }
    return total;
  }
  template <class T>
  static void partials(const T* p, T, T* d) {
    d[0] = d[1] = T{};
    for (double j = 0; j < first_lane(p[1]); ++j) {
      d[0] += 0.5 * (half_step_log_gamma(0.5 * (p[0] + j)).slope - j / (p[0] * (p[0] + j)));
    }
  }
};

/// normaliser - (nu + k) / 2 ln(1 + q / nu) over (q, nu, k, normaliser).
struct MvStudentTerm {
  static constexpr std::size_t kOperands = 4;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b0001U, 0b1111U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    const T logarithm = log1p(p[0] / p[1]), half = 0.5 * (p[1] + p[2]), slope = half / (p[1] + p[0]);
    d[0] = -slope;
    d[1] = slope * p[0] / p[1] - 0.5 * logarithm;
    d[2] = T{};
    d[3] = T{} + 1.0;
    return p[3] - half * logarithm;
  }
};

void lower_mv_student_t(Builder& builder, const Variable& v) {
  const Distance of = distance(builder, v, "scale");
  const Shape batch = batch_of(v.value.shape, 1);
  const auto length = static_cast<double>(v.value.shape.back());
  const View k = builder.constant(length), &nu = v["nu"];
  builder.add_term<MvStudentTerm>(
      {broadcast_to(of.squares, batch), nu, k, builder.apply<MvStudentNormaliser>({nu, k})});
  add_multiple(builder, -1, of.log_scale, batch);
  builder.add_constant(-kHalfLogTwoPi * length, batch);
}

/// How the matrix of a variable gives its shape to independent normal numbers z.
enum class Shaping { factor, precision };

/// mu + scale L z, or mu + scale L'^-1 z with L the factor of the precision; in place.
template <Shaping shaping>
void shape_event(const EventOperand& mu, const EventOperand& factor, double scale, std::size_t length, double* event,
                 RandomStream& random) {
  for (std::size_t i = 0; i < length; ++i) event[i] = random.normal();
  for (std::size_t i = length; i-- > 0;) {
    if constexpr (shaping == Shaping::factor) {
      double sum = 0;
      for (std::size_t j = 0; j <= i; ++j) sum += factor(i, j) * event[j];
      event[i] = sum;
    } else {
      for (std::size_t j = i + 1; j < length; ++j) event[i] -= factor(j, i) * event[j];
      event[i] /= factor(i, i);
    }
  }
  for (std::size_t i = 0; i < length; ++i) event[i] = mu(i) + scale * event[i];
}

/// Given mu and a factor.
template <Shaping shaping>
void draw_normal_vector(const EventOperand* operands, const std::size_t* lengths, double* event, RandomStream& random) {
  shape_event<shaping>(operands[0], operands[1], 1, lengths[0], event, random);
}

/// Given mu, a factor and nu.
template <Shaping shaping>
void draw_student_vector(const EventOperand* operands, const std::size_t* lengths, double* event,
                         RandomStream& random) {
  const double half = 0.5 * *operands[2];
  const double scale = std::exp(0.5 * (std::log(half) - draw_log_gamma(half, random)));
  shape_event<shaping>(operands[0], operands[1], scale, lengths[0], event, random);
}

/// Operands mu, and the factor of whichever matrix is given.
std::vector<Builder::EventView> location_and_factor(Builder& builder, const Variable& v, std::string_view matrix) {
  const View factor = v.has("chol") ? v["chol"] : cholesky(builder, v.has("tau") ? v["tau"] : v[matrix]);
  return {{v["mu"], 1}, {factor, 2}};
}

View draw_mv_normal(Builder& builder, const Variable& v, const Shape& shape) {
  const EventDraw draw = v.has("tau") ? draw_normal_vector<Shaping::precision> : draw_normal_vector<Shaping::factor>;
  return builder.draw_events(draw, location_and_factor(builder, v, "cov"), shape, 1);
}

View draw_mv_student_t(Builder& builder, const Variable& v, const Shape& shape) {
  const EventDraw draw = v.has("tau") ? draw_student_vector<Shaping::precision> : draw_student_vector<Shaping::factor>;
  std::vector<Builder::EventView> operands = location_and_factor(builder, v, "scale");
  operands.push_back({v["nu"]});
  return builder.draw_events(draw, operands, shape, 1);
}

const Parameter kLocation{.name = "mu", .domain = &kReal, .axes = "k"},
    kFactor{.name = "chol", .domain = &kLowerTriangle, .axes = "kk"},
    kPrecision{.name = "tau", .domain = &kPositiveDefinite, .axes = "kk"}, kFreedom{"nu", &kPositive};

Parameter matrix(std::string_view name) { return {.name = name, .domain = &kPositiveDefinite, .axes = "kk"}; }

const std::array kFamily = {
    Distribution{.name = "mv_normal",
                 .about = "`chol` is the Cholesky factor of `cov`, `tau` its inverse",
                 .points = "vectors",
                 .parametrisations = {{kLocation, matrix("cov")}, {kLocation, kFactor}, {kLocation, kPrecision}},
                 .generator = {.array = draw_mv_normal},
                 .support = &kRealSupport,
                 .data = &kReal,
                 .axes = "k",
                 .lower = lower_mv_normal},
    Distribution{.name = "mv_student_t",
                 .about = "`chol` is the Cholesky factor of `scale`, `tau` its inverse",
                 .points = "vectors",
                 .parametrisations = {{kFreedom, kLocation, matrix("scale")},
                                      {kFreedom, kLocation, kFactor},
                                      {kFreedom, kLocation, kPrecision}},
                 .generator = {.array = draw_mv_student_t},
                 .support = &kRealSupport,
                 .data = &kReal,
                 .axes = "k",
                 .lower = lower_mv_student_t},
};

}  // namespace

std::span<const Distribution> multivariate_family() { return kFamily; }

}  // namespace exmc::density
