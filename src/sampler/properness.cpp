#include "exmc/sampler/properness.hpp"

#include <array>
#include <cstdio>
#include <string>

#include "exmc/core/error.hpp"

namespace exmc::sampler {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

constexpr double kFar = 1e10;
constexpr Index kFewest = 20;

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

[[noreturn]] void refuse(double far, const std::string& where) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2g", far);
  throw SamplingError("the warm-up ran off to " + std::string(text.data()) + where +
                      ", where the density is flat: the posterior is improper (give its parameters proper priors)");
}

}  // namespace

void require_proper(const ScoredDraws& draws) {
  const auto &x = draws.positions, &g = draws.gradients;
  if (x.cols() < kFewest || x.rows() == 0 || !x.allFinite() || !g.allFinite()) return;
  if (!(x.cwiseAbs().maxCoeff() > kFar)) return;
  for (Index i = 0; i < x.rows(); ++i) {
    if (has_run_off(x.row(i), g.row(i))) {
      refuse(x.row(i).cwiseAbs().maxCoeff(), " in unconstrained coordinate " + std::to_string(i));
    }
  }
  const double scale = x.cwiseAbs().maxCoeff();
  const Eigen::MatrixXd centred = (x / scale).colwise() - (x / scale).rowwise().mean();
  Index farthest = 0;
  centred.colwise().squaredNorm().maxCoeff(&farthest);
  const VectorXd direction = centred.col(farthest).normalized();
  const VectorXd along = x.transpose() * direction;
  if (has_run_off(along, g.transpose() * direction)) {
    refuse(along.cwiseAbs().maxCoeff(), " along a direction of several coordinates");
  }
}

}  // namespace exmc::sampler
