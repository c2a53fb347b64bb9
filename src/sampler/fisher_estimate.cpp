#include "fisher_estimate.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace exmc::sampler {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Eigensystem = Eigen::SelfAdjointEigenSolver<MatrixXd>;

/// The weight, against the sum over draws, of the standard normal that each covariance is shrunk towards (nuts-rs).
/// Where draws do not fill the space it has to stand above rounding, squared and beside the square of their number; the
/// mean does not depend on it there.
double shrinkage(const ScaledDraws& draws) {
  constexpr double smallest = 1e-5;
  const Index n = draws.positions.cols();
  return draws.positions.rows() < n ? smallest : smallest * static_cast<double>(n);
}

/// Orthonormal columns that span positions and gradients; none where that is all of space.
MatrixXd joint_basis(const ScaledDraws& draws) {
  const Index d = draws.positions.rows(), n = draws.positions.cols();
  if (d <= 2 * n) return {};
  MatrixXd both(d, 2 * n);
  both << draws.positions, draws.gradients;
  const Eigen::ColPivHouseholderQR<MatrixXd> factors(both);
  return factors.householderQ() * MatrixXd::Identity(d, factors.rank());
}

MatrixXd sum_of_squares(const MatrixXd& columns, double shrunk) {
  MatrixXd sum = columns * columns.transpose();
  sum.diagonal().array() += shrunk;
  return sum;
}

/// f of a symmetric positive definite matrix whose eigenvalues are given.
MatrixXd function_of(const Eigensystem& system, const VectorXd& values) {
  return system.eigenvectors() * values.asDiagonal() * system.eigenvectors().transpose();
}

VectorXd root_of_positive(const VectorXd& values) {
  const double least = 1e-16 * values.maxCoeff();
  return values.cwiseMax(least).cwiseSqrt();
}

/// c # g^-1 = g^-1/2 (g^1/2 c g^1/2)^1/2 g^-1/2 (Bhatia 2007, "Positive Definite Matrices", chapter 4).
MatrixXd geometric_mean(const MatrixXd& c, const MatrixXd& g) {
  const Eigensystem of_g(g);
  const VectorXd roots = root_of_positive(of_g.eigenvalues());
  const MatrixXd root = function_of(of_g, roots), inverse_root = function_of(of_g, roots.cwiseInverse());
  const MatrixXd inner = root * c * root;
  const Eigensystem of_inner(0.5 * (inner + inner.transpose()));
  const MatrixXd middle = function_of(of_inner, root_of_positive(of_inner.eigenvalues()));
  const MatrixXd mean = inverse_root * middle * inverse_root;
  return 0.5 * (mean + mean.transpose());
}

/// The direction in which the columns vary most, roughly: power iteration on their sum of squares.
VectorXd widest_direction(const MatrixXd& columns) {
  constexpr int iterations = 12;
  Index longest = 0;
  columns.colwise().squaredNorm().maxCoeff(&longest);
  VectorXd direction = columns.col(longest), along(columns.cols());
  for (int i = 0; i < iterations; ++i) {
    const double norm = direction.norm();
    if (!(norm > 0)) return direction;
    direction /= norm;
    along.noalias() = columns.transpose() * direction;
    direction.noalias() = columns * along;
  }
  return direction.normalized();
}

}  // namespace

Stretches fisher_stretches(const ScaledDraws& draws) {
  const MatrixXd basis = joint_basis(draws);
  const bool whole_space = basis.size() == 0;
  const double shrunk = shrinkage(draws);
  const auto part_of = [&](const MatrixXd& columns) {
    return sum_of_squares(whole_space ? columns : MatrixXd(basis.transpose() * columns), shrunk);
  };
  const MatrixXd mean = geometric_mean(part_of(draws.positions), part_of(draws.gradients));
  const Eigensystem system(mean);
  const VectorXd values = system.eigenvalues();
  std::vector<Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), Index{0});
  const auto distance = [&](Index i) { return values[i] > 0 ? std::abs(std::log(values[i])) : 0; };
  std::ranges::stable_sort(order, [&](Index a, Index b) { return distance(a) > distance(b); });
  Stretches result{MatrixXd(draws.positions.rows(), values.size()), VectorXd(values.size())};
  for (Index k = 0; k < values.size(); ++k) {
    const Index i = order[static_cast<std::size_t>(k)];
    result.stretches[k] = values[i] > 0 ? values[i] : 1;
    if (whole_space) {
      result.directions.col(k) = system.eigenvectors().col(i);
    } else {
      result.directions.col(k).noalias() = basis * system.eigenvectors().col(i);
    }
  }
  return result;
}

double fisher_divergence(const ScaledDraws& draws, const Stretches& metric) {
  const MatrixXd x = metric.directions.transpose() * draws.positions;
  const MatrixXd g = metric.directions.transpose() * draws.gradients;
  const Eigen::ArrayXd root = metric.stretches.array().sqrt();
  // Outside the directions the metric is one.
  const double all = (draws.positions + draws.gradients).squaredNorm() - (x + g).squaredNorm();
  const double within = ((g.array().colwise() * root) + (x.array().colwise() / root)).square().sum();
  return (all + within) / static_cast<double>(draws.positions.cols());
}

Reach reach_of(const ScaledDraws& draws) {
  Reach reach;
  for (const MatrixXd* columns : {&draws.positions, &draws.gradients}) {
    const VectorXd direction = widest_direction(*columns);
    const double ratio =
        (draws.positions.transpose() * direction).norm() / (draws.gradients.transpose() * direction).norm();
    if (!(ratio > 0) || !std::isfinite(ratio)) continue;
    reach.least = std::min(reach.least, ratio);
    reach.most = std::max(reach.most, ratio);
  }
  return reach;
}

}  // namespace exmc::sampler
