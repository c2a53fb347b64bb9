#include "exmc/sampler/properness.hpp"

#include <array>
#include <cstdio>

#include "exmc/core/error.hpp"

namespace exmc::sampler {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr double kFar = 1e10;
constexpr Index kFewest = 10;

/// Of positions and gradients along one direction: -E[(x - E x) g], which is 1 where the density is proper.
double hold(const VectorXd& x, const VectorXd& g) {
  const double far = x.cwiseAbs().maxCoeff();  // squares of positions may overflow
  const VectorXd centred = (x / far).array() - (x / far).mean();
  return -(centred.array() * (far * g).array()).mean();
}

/// Whether it has run off where nothing holds it.
bool has_run_off(const VectorXd& x, const VectorXd& g) {
  constexpr double clearly = 0.25;
  const double far = x.cwiseAbs().maxCoeff();
  return far > kFar && x.maxCoeff() > x.minCoeff() && hold(x, g) < clearly;
}

/// The draw that is farthest out along a direction in which they have run off.
RunOff farthest_along(const ScoredDraws& draws, const VectorXd& direction, const std::string& along) {
  const VectorXd x = draws.positions.transpose() * direction;
  Index farthest = 0;
  RunOff found;
  found.far = x.cwiseAbs().maxCoeff(&farthest);
  found.from = draws.positions.col(farthest);
  found.along = along;
  const VectorXd outward = x[farthest] < 0 ? -direction : direction;
  const VectorXd far_out = (found.from.array().abs() > kFar).select(found.from, 0.0);
  for (const VectorXd* way : {&outward, &far_out}) {
    if (way->cwiseAbs().maxCoeff() > 0) found.directions.push_back(*way / way->cwiseAbs().maxCoeff());
  }
  return found;
}

}  // namespace

std::optional<RunOff> find_run_off(const ScoredDraws& draws) {
  const auto &x = draws.positions, &g = draws.gradients;
  if (x.cols() < kFewest || x.rows() == 0 || !x.allFinite() || !g.allFinite()) return std::nullopt;
  const double scale = x.cwiseAbs().maxCoeff();
  if (!(scale > kFar)) return std::nullopt;
  for (Index i = 0; i < x.rows(); ++i) {
    if (!has_run_off(x.row(i), g.row(i))) continue;
    return farthest_along(draws, VectorXd::Unit(x.rows(), i), " in unconstrained coordinate " + std::to_string(i));
  }
  const Eigen::MatrixXd centred = (x / scale).colwise() - (x / scale).rowwise().mean();
  Index farthest = 0;
  centred.colwise().squaredNorm().maxCoeff(&farthest);
  const VectorXd direction = centred.col(farthest).normalized();
  if (!has_run_off(x.transpose() * direction, g.transpose() * direction)) return std::nullopt;
  return farthest_along(draws, direction, " along a direction of several coordinates");
}

void refuse_improper(const RunOff& run_off) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2g", run_off.far);
  throw SamplingError("the warm-up ran off to " + std::string(text.data()) + run_off.along +
                      ", where the density is flat: the posterior is improper (give its parameters proper priors)");
}

}  // namespace exmc::sampler
