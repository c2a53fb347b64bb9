#pragma once

#include <Eigen/Core>
#include <string>
#include <vector>

#include "exmc/core/random.hpp"
#include "exmc/sampler/concepts.hpp"
#include "exmc/sampler/coordinates.hpp"
#include "exmc/sampler/leapfrog.hpp"
#include "exmc/sampler/metric.hpp"
#include "exmc/sampler/metric_choice.hpp"
#include "exmc/sampler/phase_point.hpp"
#include "exmc/sampler/properness.hpp"
#include "exmc/sampler/starting_point.hpp"

namespace exmc::sampler {

/// Whether sampled positions may be others than the model's.
template <LogDensity Density>
[[nodiscard]] bool learns(const Density& density) {
  if constexpr (LearnsCoordinates<Density>) return density.learns();
  return false;
}

/// What the density has learned so far, as bytes; none where it does not learn.
template <LogDensity Density>
[[nodiscard]] std::string learned_by(const Density& density) {
  if constexpr (LearnsCoordinates<Density>) {
    if (density.learns()) return density.coordinates();
  }
  return {};
}

/// Operations of a gradient: as the density says, else a guess by its dimension.
template <LogDensity Density>
[[nodiscard]] double gradient_cost(const Density& density) {
  if constexpr (KnowsItsCost<Density>) return density.cost();
  constexpr double least = 1000, of_element = 20;
  return least + of_element * static_cast<double>(density.dimension());
}

/// Has the density sampled in the coordinates given; where they know of none it keeps its own, which are noted there.
template <LogDensity Density>
void take_coordinates(Density& density, Coordinates& coordinates) {
  if constexpr (LearnsCoordinates<Density>) {
    if (density.learns() && !coordinates.learned.empty()) density.set_coordinates(coordinates.learned);
  }
  coordinates.learned = learned_by(density);
}

/// Log density of the model at a sampled position, of which `lp` is the density's.
template <LogDensity Density>
[[nodiscard]] double model_lp(Density& density, const Eigen::VectorXd& position, double lp) {
  if constexpr (LearnsCoordinates<Density>) {
    if (density.learns()) return lp - density.log_jacobian(position);
  }
  return lp;
}

/// A density as a function of model positions; gradients are those of the sampled ones.
template <LearnsCoordinates Density>
class AtModelPositions {
 public:
  explicit AtModelPositions(Density& density) : density_(&density) {}
  [[nodiscard]] std::size_t dimension() const { return density_->dimension(); }
  double log_density(const Eigen::VectorXd& position, Eigen::VectorXd& gradient) {
    sampled_ = position;
    density_->from_model(sampled_);
    return density_->log_density(sampled_, gradient);
  }

 private:
  Density* density_;
  Eigen::VectorXd sampled_;
};

/// Finds a start as find_start() does, in the space of the model; sets the sampled position, log density and gradient.
/// @throws SamplingError where there is none.
template <LogDensity Density>
void find_sampled_start(Density& density, StreamKey key, const Start& start, PhasePoint& point) {
  if constexpr (LearnsCoordinates<Density>) {
    if (density.learns()) {
      AtModelPositions<Density> model(density);
      find_start(model, key, start, point);
      density.from_model(point.position);
      return;
    }
  }
  find_start(density, key, start, point);
}

/// Learns what a window tells: the density its coordinates, in which `window` and `current` are expressed then, and the
/// metric from positions and gradients in those. Evaluates the density once for every position of the window.
/// @param last  of the windows
/// @throws SamplingError where it is not that of a proper posterior (require_proper()).
template <LogDensity Density>
void learn_from(std::vector<Eigen::VectorXd>& window, bool last, MetricKind wanted, Density& density,
                Coordinates& coordinates, Eigen::VectorXd& current) {
  if constexpr (LearnsCoordinates<Density>) {
    if (density.learns()) {
      density.to_model(current);
      density.learn(window);
      density.from_model(current);
    }
  }
  coordinates.learned = learned_by(density);
  if (wanted == MetricKind::unit) return;
  const Eigen::Index d = current.size();
  ScoredDraws draws{Eigen::MatrixXd(d, window.size()), Eigen::MatrixXd(d, window.size())};
  Eigen::VectorXd gradient(d);
  for (std::size_t i = 0; i < window.size(); ++i) {
    density.log_density(window[i], gradient);
    const auto column = static_cast<Eigen::Index>(i);
    draws.positions.col(column) = window[i];
    draws.gradients.col(column) = gradient;
  }
  require_proper(draws, last, density);
  estimate_metric(draws, wanted, gradient_cost(density), coordinates);
}

}  // namespace exmc::sampler
