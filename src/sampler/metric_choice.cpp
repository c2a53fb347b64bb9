#include "exmc/sampler/metric_choice.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "fisher_estimate.hpp"

namespace exmc::sampler {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A direction is kept where its stretch is beyond this or its inverse (nuts-rs).
constexpr double kWorthKeeping = 2;
/// So many draws, evenly spread, are enough for directions: twice as many can be told apart.
constexpr Index kMostDraws = 128;
/// Where the directions that vary most reach no farther than this, no metric is looked for that costs more than diag.
constexpr double kReachesFar = 1.2;

std::vector<Index> finite_columns(const ScoredDraws& draws) {
  std::vector<Index> columns;
  for (Index i = 0; i < draws.positions.cols(); ++i) {
    if (draws.positions.col(i).allFinite() && draws.gradients.col(i).allFinite()) columns.push_back(i);
  }
  return columns;
}

MatrixXd centred(const MatrixXd& columns) { return columns.colwise() - columns.rowwise().mean(); }

/// Sets the variances of a diagonal metric, and divides by them: positions by the root, gradients times it.
void scale(ScaledDraws& draws, VectorXd& inverse_mass) {
  for (Index i = 0; i < inverse_mass.size(); ++i) {
    const double x = draws.positions.row(i).norm(), g = draws.gradients.row(i).norm();
    const double variance = g > 0 ? x / g : x * x / static_cast<double>(draws.positions.cols() - 1);
    if (variance > 0 && std::isfinite(variance)) inverse_mass[i] = variance;
    const double sd = std::sqrt(inverse_mass[i]);
    draws.positions.row(i) /= sd;
    draws.gradients.row(i) *= sd;
  }
}

/// Every `stride`-th column from `first` on.
ScaledDraws some_of(const ScaledDraws& draws, Index first, Index stride) {
  const auto columns = Eigen::seq(first, draws.positions.cols() - 1, stride);
  return {draws.positions(Eigen::all, columns), draws.gradients(Eigen::all, columns)};
}

Stretches first_of(const Stretches& all, Index count) {
  return {all.directions.leftCols(count), all.stretches.head(count)};
}

/// How many come before the first that is not worth keeping.
Index worth_keeping(const Stretches& all) {
  Index count = 0;
  const double log_worth = std::log(kWorthKeeping);
  while (count < all.stretches.size() && std::abs(std::log(all.stretches[count])) > log_worth) ++count;
  return count;
}

/// Steps that a trajectory takes, relative to a density whose stretches are all one: it is as long as the widest
/// direction wants it, in steps as small as the narrowest does.
double relative_steps(const Stretches& all, Index kept) {
  double least = 1, most = 1;
  for (Index i = kept; i < all.stretches.size(); ++i) {
    least = std::min(least, all.stretches[i]);
    most = std::max(most, all.stretches[i]);
  }
  return std::sqrt(most / least);
}

/// The metric in which a draw costs least: operations of a step times steps of a trajectory.
struct Choice {
  MetricKind kind = MetricKind::diag;
  Index directions = 0;
};

Choice cheapest(const Stretches& all, bool dense_is_known, double gradient_cost) {
  constexpr double step_per_element = 20;  // of integrator and tree
  const auto d = static_cast<double>(all.directions.rows());
  const double step = gradient_cost + step_per_element * d;
  Choice best;
  double least = step * relative_steps(all, 0);
  const auto consider = [&](Choice choice, double operations) {
    if (operations < least) {
      least = operations;
      best = choice;
    }
  };
  // A product with the low-rank factor takes 4 d operations a direction, with a triangular one d^2; a step takes two.
  const Index kept = std::min(worth_keeping(all), most_directions(all.directions.rows()));
  for (Index count = 1; count <= kept; ++count) {
    consider({MetricKind::low_rank, count}, (step + 8 * d * static_cast<double>(count)) * relative_steps(all, count));
  }
  if (dense_is_known) consider({MetricKind::dense, 0}, step + 2 * d * d);
  return best;
}

/// Whether the directions hold for draws that they were not fitted to: fitted to every other draw, they leave less of
/// the Fisher divergence of the others than a diagonal metric does.
bool holds_for_other_draws(const ScaledDraws& draws) {
  constexpr double clearly = 0.9;
  const ScaledDraws fitted = some_of(draws, 0, 2), others = some_of(draws, 1, 2);
  const Stretches all = fisher_stretches(fitted);
  const Stretches kept = first_of(all, worth_keeping(all));
  return fisher_divergence(others, kept) <
         clearly * (others.positions + others.gradients).squaredNorm() / static_cast<double>(others.positions.cols());
}

/// Puts a metric into the coordinates in place of the one there.
void set_metric(const Choice& choice, const VectorXd& variances, const Stretches& all, Coordinates& coordinates) {
  const Coordinates none = Coordinates::initial(choice.kind, variances.size());
  coordinates.metric = choice.kind;
  coordinates.inverse_mass = choice.kind == MetricKind::dense ? none.inverse_mass : variances;
  coordinates.directions = none.directions;
  coordinates.stretches = none.stretches;
  coordinates.dense_inverse_mass = none.dense_inverse_mass;
  if (choice.kind == MetricKind::low_rank && choice.directions > 0) {
    coordinates.directions = all.directions.leftCols(choice.directions);
    coordinates.stretches = all.stretches.head(choice.directions);
  }
  if (choice.kind == MetricKind::dense) {
    const VectorXd sd = variances.cwiseSqrt(), beyond_one = all.stretches.array() - 1;
    MatrixXd& covariance = coordinates.dense_inverse_mass;
    covariance.noalias() += all.directions * beyond_one.asDiagonal() * all.directions.transpose();
    covariance = sd.asDiagonal() * covariance * sd.asDiagonal();
  }
}

/// The variances that the present metric has, be it dense.
VectorXd present_variances(const Coordinates& coordinates, Index dimension) {
  if (coordinates.metric == MetricKind::dense) return coordinates.dense_inverse_mass.diagonal();
  return coordinates.inverse_mass.size() == dimension ? coordinates.inverse_mass : VectorXd::Ones(dimension);
}

/// What was asked for, or for automatic what costs least; `draws` are on the scale of the diagonal metric.
Choice choose(const ScaledDraws& draws, const Stretches& all, MetricKind wanted, double gradient_cost) {
  const Index d = draws.positions.rows(), n = draws.positions.cols();
  if (wanted == MetricKind::dense) return {MetricKind::dense, 0};
  if (wanted == MetricKind::low_rank) return {wanted, std::min(worth_keeping(all), most_directions(d))};
  const Choice best = cheapest(all, d <= std::min(n / 2, kMostDense), gradient_cost);
  const bool holds = best.kind == MetricKind::diag || holds_for_other_draws(draws);
  return holds ? best : Choice{};
}

/// Whether it is worth the time to look for directions at all.
bool may_need_directions(const ScaledDraws& draws, MetricKind wanted) {
  constexpr Index fewest_draws = 8;
  if (wanted != MetricKind::automatic) return wanted != MetricKind::diag;
  if (draws.positions.rows() < 2 || draws.positions.cols() < fewest_draws) return false;
  const Reach reach = reach_of(draws);
  return reach.most > kReachesFar || reach.least < 1 / kReachesFar;
}

/// Enough draws to find directions: all, or where that would be costly some of them.
ScaledDraws enough_of(const ScaledDraws& draws) {
  const Index n = draws.positions.cols();
  if (draws.positions.rows() <= n || n <= kMostDraws) return draws;
  return some_of(draws, 0, (n + kMostDraws - 1) / kMostDraws);
}

}  // namespace

void estimate_metric(const ScoredDraws& draws, MetricKind wanted, double gradient_cost, Coordinates& coordinates) {
  const std::vector<Index> columns = finite_columns(draws);
  const Index d = draws.positions.rows();
  if (wanted == MetricKind::unit || columns.size() < 2 || d == 0) return;
  ScaledDraws scaled{centred(draws.positions(Eigen::all, columns)), centred(draws.gradients(Eigen::all, columns))};
  VectorXd variances = present_variances(coordinates, d);
  scale(scaled, variances);
  if (!may_need_directions(scaled, wanted)) return set_metric({}, variances, {}, coordinates);
  const ScaledDraws enough = enough_of(scaled);
  const Stretches all = fisher_stretches(enough);
  set_metric(choose(enough, all, wanted, gradient_cost), variances, all, coordinates);
}

}  // namespace exmc::sampler
