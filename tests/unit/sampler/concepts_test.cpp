#include "exmc/sampler/concepts.hpp"

#include <Eigen/Core>
#include <cstddef>

#include "densities.hpp"

// All of this is checked by compiling it.
namespace exmc::sampler {
namespace {

struct FloatDensity {
  [[nodiscard]] int dimension() const { return 1; }
  float log_density(const Eigen::VectorXd&, Eigen::VectorXd&) { return 0; }
};
struct WithoutDimension {
  double log_density(const Eigen::VectorXd&, Eigen::VectorXd&) { return 0; }
};
struct DimensionOfAMutableOnly {
  std::size_t dimension() { return 1; }
  double log_density(const Eigen::VectorXd&, Eigen::VectorXd&) { return 0; }
};
struct WithoutGradient {
  [[nodiscard]] std::size_t dimension() const { return 1; }
  double log_density(const Eigen::VectorXd&) { return 0; }
};
struct WritesThePosition {
  [[nodiscard]] std::size_t dimension() const { return 1; }
  double log_density(Eigen::VectorXd&, Eigen::VectorXd&) { return 0; }
};
struct ReturnsNothing {
  [[nodiscard]] std::size_t dimension() const { return 1; }
  void log_density(const Eigen::VectorXd&, Eigen::VectorXd&) {}
};

static_assert(LogDensity<Gaussian> && LogDensity<CorrelatedGaussian> && LogDensity<StudentT3>);
static_assert(LogDensity<FloatDensity>);
static_assert(!LogDensity<WithoutDimension>);
static_assert(!LogDensity<DimensionOfAMutableOnly>);
static_assert(!LogDensity<WithoutGradient>);
static_assert(!LogDensity<WritesThePosition>);
static_assert(!LogDensity<ReturnsNothing>);
static_assert(!LogDensity<int>);

}  // namespace
}  // namespace exmc::sampler
