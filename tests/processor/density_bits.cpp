// Prints hashes of log densities and gradients, to the last bit: of each distribution at the points of its exact table,
// and of random expressions. Two levels with equal output have equal bits.
#include <cstdio>
#include <functional>
#include <string>

#include "unit/density/exact_table.hpp"
#include "unit/density/models.hpp"
#include "unit/density/random_program.hpp"

namespace exmc::density::testing {
namespace {

/// With as many digits as tell doubles apart.
std::string values_of(const std::string& distribution) {
  std::string text;
  for (const ExactCase& exact : read_exact_table(distribution)) {
    for (ExactPoint point : exact.points) {
      point.error.assign(point.error.size(), -1);  // nothing is so near, hence everything is in the text
      for (const Layout layout : {Layout::scalars, Layout::arrays, Layout::shared_parameters, Layout::data}) {
        for (const Form form : {Form::sum, Form::pointwise}) text += mismatch(exact, point, layout, form);
      }
    }
  }
  return text;
}

std::string values_of_program(std::uint64_t seed) {
  RandomProgram program = random_program(seed);
  ModelDensity density(compile(parse_model(program.text)));
  Eigen::VectorXd position(static_cast<Eigen::Index>(density.dimension())), gradient(position.size());
  for (double& x : position) x = 0.6 * program.random.normal();
  const double log_density = density.log_density(position, gradient);
  std::string values(reinterpret_cast<const char*>(&log_density), sizeof log_density);
  return values.append(reinterpret_cast<const char*>(gradient.data()), sizeof(double) * density.dimension());
}

void print(const std::string& what, const std::string& values) {
  std::printf("%s %zu %016zx\n", what.c_str(), values.size(), std::hash<std::string>()(values));
}

}  // namespace
}  // namespace exmc::density::testing

int main() {
  namespace testing = exmc::density::testing;
  for (const std::string& name : exmc::density::distribution_names()) testing::print(name, testing::values_of(name));
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    testing::print("program " + std::to_string(seed), testing::values_of_program(seed));
  }
}
