#include <array>
#include <numbers>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../kernels/elementary.hpp"
#include "../operations/batched.hpp"
#include "../operations/covariance.hpp"
#include "../operations/join.hpp"
#include "../operations/linear_algebra.hpp"
#include "../operations/matmul.hpp"
#include "families.hpp"

/// Covariance functions of Gaussian processes in expressions.
namespace exmc::density {
namespace {

/// A matrix's last two axes exchanged.
View exchanged(const View& x) {
  std::vector<std::size_t> order(x.rank());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return permuted(x, order);
}

/// Numbers, or vectors in the last axis, as (inputs, n).
View directions(const Arguments& given, std::size_t place) {
  const View& x = given[place];
  if (x.rank() == 0) given.refuse("takes points: a vector of numbers, or a matrix with a row for each point");
  return x.rank() == 1 ? with_new_axis(x, 0) : exchanged(x);
}

/// Of the first argument and, where it is given, that at `place`.
std::pair<View, View> points(const Arguments& given, std::size_t place) {
  const View x = directions(given, 0), z = given.has(place) ? directions(given, place) : x;
  if (given.has(place) && (given[0].rank() == 1) != (given[place].rank() == 1)) {
    given.refuse("takes numbers or vectors for both sets of points, found shapes " + to_string(given[0].shape) +
                 " and " + to_string(given[place].shape));
  }
  if (x.shape[x.rank() - 2] != z.shape[z.rank() - 2]) {
    given.refuse("takes points with as many coordinates, found shapes " + to_string(given[0].shape) + " and " +
                 to_string(given[place].shape));
  }
  return {x, z};
}

void require_batches(const Arguments& given, const CovarianceArguments& of) {
  std::optional<Shape> batch = broadcast(batch_of(of.rows.shape, 2), batch_of(of.columns.shape, 2));
  if (batch) batch = broadcast(*batch, of.sigma.shape);
  if (batch) batch = broadcast(*batch, batch_of(of.length_scale.shape, 1));
  if (!batch) given.refuse("takes numbers, or one for each of several matrices: the first axes do not broadcast");
}

template <Correlation correlation>
View stationary(Builder& builder, const Arguments& given) {
  const auto [x, z] = points(given, 3);
  const std::size_t inputs = x.shape[x.rank() - 2];
  View scale = given[2];
  if (given[0].rank() == 1 || scale.rank() == 0) scale = with_new_axis(scale, scale.rank());
  if (scale.shape.back() != inputs && scale.shape.back() != 1) {
    given.refuse("takes one length scale or " + std::to_string(inputs) + ", found shape " + to_string(given[2].shape));
  }
  Shape wide = scale.shape;
  wide.back() = inputs;
  const CovarianceArguments of{x, z, given[1], broadcast_to(scale, wide)};
  require_batches(given, of);
  return covariance(builder, correlation, of);
}

/// Numbers x as points on a circle of radius 1, so that squared distances are 4 sin^2(pi (x - z) / period).
View on_circle(Builder& builder, const View& x, const View& period) {
  const View rate = builder.apply<Divide>({builder.constant(2 * std::numbers::pi), period});
  const View angle = builder.apply<Multiply>({with_new_axis(rate, rate.rank()), x});
  return stacked(builder, std::array{builder.apply<Unary<Sin>>({angle}), builder.apply<Unary<Cos>>({angle})},
                 angle.rank() - 1);
}

View periodic(Builder& builder, const Arguments& given) {
  const bool has_other = given.has(4);
  if (given[0].rank() != 1 || (has_other && given[4].rank() != 1)) {
    given.refuse("takes numbers, found shape " + to_string(given[given[0].rank() != 1 ? 0 : 4].shape));
  }
  const View x = on_circle(builder, given[0], given[3]);
  const View scale = with_new_axis(given[2], given[2].rank());
  Shape wide = scale.shape;
  wide.back() = 2;
  const CovarianceArguments of{x, has_other ? on_circle(builder, given[4], given[3]) : x, given[1],
                               broadcast_to(scale, wide)};
  require_batches(given, of);
  return covariance(builder, Correlation::exponentiated_quadratic, of);
}

View dot_product(Builder& builder, const Arguments& given) {
  const auto [x, z] = points(given, 2);
  const View& sigma = given[1];
  const View variance = builder.apply<Square>({with_new_axis(with_new_axis(sigma, sigma.rank()), sigma.rank() + 1)});
  const View products = matmul(builder, exchanged(x), z, given.where());
  if (!broadcast(variance.shape, products.shape)) given.refuse("takes one sigma, or one for each of several matrices");
  const View matrix = builder.apply<Add>({variance, products});
  if (x == z && !matrix.constant()) remember_symmetric(builder, matrix);
  return matrix;
}

View add_diag(Builder& builder, const Arguments& given) {
  const View &a = given[0], &d = given[1];
  const Shape& shape = a.shape;
  if (shape.size() < 2 || shape[shape.size() - 2] != shape.back() || shape.back() == 0) {
    given.refuse("expected a square matrix in the last two axes, found shape " + to_string(shape));
  }
  const std::size_t n = shape.back();
  const View along = d.rank() == 0 ? with_new_axis(d, 0) : d;
  const auto batch = broadcast(batch_of(shape, 2), batch_of(along.shape, 1));
  if (!batch || (along.shape.back() != n && along.shape.back() != 1)) {
    given.refuse("takes a number or " + std::to_string(n) + " of them for the diagonal, found shape " +
                 to_string(d.shape));
  }
  const View sum = add_diagonal(builder, a, broadcast_to(along, joined(batch_of(along.shape, 1), {n})));
  remember_symmetric(builder, a, builder.constant(0.0), sum);
  return sum;
}

constexpr auto kOptional = Argument::Kind::optional;

template <Correlation correlation>
Function stationary_function(std::string_view name, std::string_view about) {
  return {name, {{"x"}, {"sigma"}, {"length_scale"}, {"z", kOptional}}, stationary<correlation>, about};
}

const std::vector<Function> kFunctions = {
    stationary_function<Correlation::exponentiated_quadratic>("gp_exp_quad_cov",
                                                              "sigma^2 e^(-r^2 / 2), the squared exponential"),
    stationary_function<Correlation::matern_half>("gp_matern12_cov", "sigma^2 e^-r, the exponential covariance"),
    stationary_function<Correlation::matern_three_halves>("gp_matern32_cov", "sigma^2 (1 + a) e^-a, a = sqrt(3) r"),
    stationary_function<Correlation::matern_five_halves>("gp_matern52_cov",
                                                         "sigma^2 (1 + a + a^2 / 3) e^-a, a = sqrt(5) r"),
    {"gp_periodic_cov",
     {{"x"}, {"sigma"}, {"length_scale"}, {"period"}, {"z", kOptional}},
     periodic,
     "sigma^2 e^(-2 sin^2(pi (x - z) / period) / length_scale^2) of numbers"},
    {"gp_dot_prod_cov", {{"x"}, {"sigma"}, {"z", kOptional}}, dot_product, "sigma^2 + x'z, of linear functions"},
    {"add_diag",
     {{"a"}, {"d"}},
     add_diag,
     "the matrix with `d`, a number or a vector, added to its diagonal: noise, or what keeps it positive definite"},
};

}  // namespace

std::span<const Function> covariance_functions() { return kFunctions; }

}  // namespace exmc::density
