#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "exmc/core/random.hpp"
#include "exmc/density/model_density.hpp"
#include "job.hpp"

namespace exmc::app {

/// What the output has of each draw, and how it is computed. The quantities of the second program are made from the
/// parameters as they are saved: whoever has the draw can make them again with the same bits.
class DrawRow {
 public:
  DrawRow(const Job& job, const Programs& programs);
  /// Of a job that keeps all.
  explicit DrawRow(const Programs& programs);

  /// In the order of a row, with their offsets in it: the posterior first.
  [[nodiscard]] const std::vector<density::SavedVariable>& variables() const { return variables_; }
  [[nodiscard]] std::size_t size() const;

  /// Appends a row at a sampled position of `density`, which is of the first program. `warmup`: its posterior alone.
  void append(density::ModelDensity& density, const Eigen::VectorXd& position, const RandomSource& random, bool warmup,
              std::vector<double>& row);

 private:
  /// Elements [begin, begin + count) of a row of the first program.
  struct Run {
    std::size_t begin, count;
  };

  using Saved = std::function<std::vector<Run>(density::SavedVariable& variable)>;
  DrawRow(const Programs& programs, const Saved& saved);
  void append_quantities(const RandomSource& random, std::vector<double>& row);

  std::vector<density::SavedVariable> variables_;
  std::vector<Run> posterior_, log_prior_;
  std::vector<Run> parameters_;  ///< the position of the second program
  std::optional<density::ModelDensity> quantities_;
  bool rounded_ = false;       ///< the parameters, as the output has them
  std::vector<double> whole_;  ///< a row of the first program
  Eigen::VectorXd position_;   ///< of the second
};

}  // namespace exmc::app
