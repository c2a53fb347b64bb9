#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>

#include "differences.hpp"
#include "exmc/core/random.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

/// A point with the log density, less its parameter-free terms, and the gradient that Stan 2.35 gives there.
struct Reference {
  Eigen::VectorXd point, gradient;
  double log_density;
};

Reference read_reference(const std::string& model) {
  std::ifstream file(std::string(EXMC_SOURCE_DIR) + "/tests/data/race/" + model + ".check.json");
  const nlohmann::json json = nlohmann::json::parse(file);
  const auto point = json.at("point").get<std::vector<double>>(), gradient = json.at("grad").get<std::vector<double>>();
  return {Eigen::VectorXd::Map(point.data(), static_cast<Eigen::Index>(point.size())),
          Eigen::VectorXd::Map(gradient.data(), static_cast<Eigen::Index>(gradient.size())),
          json.at("lp_stan_dropped_constants").get<double>()};
}

/// ln of the normaliser of `count` normals with a known sd, or with sd 1 where it is a parameter.
double normals(double count, double sd = 1) { return -count * (std::log(sd) + 0.5 * std::log(2 * std::numbers::pi)); }
double half_normals(double count, double sd) { return count * std::numbers::ln2 + normals(count, sd); }

double parameter_free_terms(const std::string& model) {
  if (model == "simple") return normals(1, 10) + half_normals(1, 5) + normals(50);
  if (model == "medium") return normals(1, 10) + half_normals(2, 5) + normals(2) + normals(40);
  if (model == "stress") return normals(1, 10) + half_normals(4, 5) + normals(3) + normals(90);
  if (model == "eight_schools") {
    double terms = normals(1, 5) + half_normals(1, 5) + normals(8);
    for (const double sd : {15, 10, 16, 11, 9, 11, 10, 18}) terms += normals(1, sd);
    return terms;
  }
  if (model == "funnel") return normals(1, 3) + normals(9);
  if (model == "logistic") return normals(21, 10);
  return std::log(50) + std::log(0.1) + normals(100) - 50 * std::log(std::numbers::pi);  // sv
}

class Race : public ::testing::TestWithParam<const char*> {};

TEST_P(Race, AgreesWithStan) {
  const Reference reference = read_reference(GetParam());
  ModelDensity density(compile(testing::load_example(GetParam())));
  ASSERT_EQ(density.dimension(), static_cast<std::size_t>(reference.point.size()));
  Eigen::VectorXd gradient(reference.point.size());
  const double log_density = density.log_density(reference.point, gradient) - parameter_free_terms(GetParam());
  EXPECT_NEAR(log_density, reference.log_density, 1e-12 * std::abs(reference.log_density));
  for (Eigen::Index i = 0; i < gradient.size(); ++i) {
    EXPECT_NEAR(gradient[i], reference.gradient[i], 1e-9 * std::abs(reference.gradient[i])) << "of parameter " << i;
  }
}

TEST_P(Race, GradientsAgreeWithDifferencesAtRandomPoints) {
  ModelDensity density(compile(testing::load_example(GetParam())));
  const auto size = static_cast<Eigen::Index>(density.dimension());
  for (std::uint64_t trial = 0; trial < 3; ++trial) {
    RandomStream random({17, ChainId{0}}, Purpose::start, trial);
    Eigen::VectorXd position(size), gradient(size);
    for (double& x : position) x = 2 * random.uniform() - 1;
    density.log_density(position, gradient);
    const double scale = std::max(1.0, gradient.cwiseAbs().maxCoeff());
    for (Eigen::Index i = 0; i < size; ++i) {
      EXPECT_NEAR(gradient[i], testing::extrapolated_difference(density, position, i), 1e-8 * scale) << "of " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, Race,
                         ::testing::Values("simple", "medium", "stress", "eight_schools", "funnel", "logistic", "sv"),
                         [](const auto& model) { return std::string(model.param); });

}  // namespace
}  // namespace exmc::density
