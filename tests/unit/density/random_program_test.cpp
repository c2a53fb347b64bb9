#include "random_program.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "differences.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

TEST(RandomPrograms, HaveExactGradients) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    testing::RandomProgram program = testing::random_program(seed);
    SCOPED_TRACE(program.text);
    ModelDensity density(compile(testing::parse_model(program.text)));
    const auto size = static_cast<Eigen::Index>(density.dimension());
    Eigen::VectorXd position(size), gradient(size);
    for (double& x : position) x = 0.6 * program.random.normal();
    ASSERT_TRUE(std::isfinite(density.log_density(position, gradient)));
    for (Eigen::Index i = 0; i < size; ++i) {
      const double difference = testing::extrapolated_difference(density, position, i, 0.01);
      ASSERT_NEAR(gradient[i], difference, 1e-6 * std::max(1.0, std::abs(gradient[i]))) << "of " << i;
    }
  }
}

}  // namespace
}  // namespace exmc::density
