#pragma once

#include <Eigen/Core>
#include <cmath>
#include <cstddef>

namespace exmc::sampler {

/// Independent normals with the given standard deviations.
struct Gaussian {
  Eigen::VectorXd sd;

  [[nodiscard]] static Gaussian standard(Eigen::Index dimension) { return {Eigen::VectorXd::Ones(dimension)}; }
  [[nodiscard]] std::size_t dimension() const { return static_cast<std::size_t>(sd.size()); }
  double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    gradient.array() = -x.array() / sd.array().square();
    return 0.5 * gradient.dot(x);
  }
};

/// Normal with mean zero and the given precision matrix.
struct CorrelatedGaussian {
  Eigen::MatrixXd precision;

  [[nodiscard]] std::size_t dimension() const { return static_cast<std::size_t>(precision.rows()); }
  double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    gradient.noalias() = -precision * x;
    return 0.5 * gradient.dot(x);
  }
};

/// Student t with three degrees of freedom in each coordinate: no Gaussian, so nothing holds by accident.
struct StudentT3 {
  std::size_t n = 1;

  [[nodiscard]] std::size_t dimension() const { return n; }
  double log_density(const Eigen::VectorXd& x, Eigen::VectorXd& gradient) {
    gradient.array() = -4 * x.array() / (3 + x.array().square());
    return -2 * (1 + x.array().square() / 3).log().sum();
  }
};

}  // namespace exmc::sampler
