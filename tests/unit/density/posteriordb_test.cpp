// The models of posteriordb (tests/data/posteriordb) at points of their own parameters: how the log density differs
// from that at the first point, as an independent implementation of each model has it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "models.hpp"

namespace exmc::density {
namespace {

const std::string kFolder = std::string(EXMC_SOURCE_DIR) + "/tests/data/posteriordb/";

nlohmann::json read(const std::string& file) {
  std::ifstream stream(kFolder + file);
  if (!stream) throw std::runtime_error("no " + kFolder + file);
  return nlohmann::json::parse(stream);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder + "models")) {
    names.push_back(entry.path().stem().string());
  }
  return names;
}

/// A point on the unconstrained scale, and the log-Jacobian of the transform that takes it from there.
struct Unconstrained {
  Eigen::VectorXd position;
  double log_jacobian = 0;
};

/// A simplex of two, whose first number is 1 / (1 + e^(-sqrt(2) u)).
void unconstrain_pair(const std::vector<double>& values, Eigen::Ref<Eigen::VectorXd> u, Unconstrained& to) {
  ASSERT_EQ(values.size(), 2U);
  u[0] = std::log(values[0] / values[1]) / std::sqrt(2.0);
  to.log_jacobian += std::log(std::sqrt(2.0) * values[0] * values[1]);
}

void unconstrain(const FreeParameter& parameter, const std::vector<double>& values, Unconstrained& to) {
  auto u = to.position.segment(static_cast<Eigen::Index>(parameter.offset), static_cast<Eigen::Index>(parameter.size));
  if (parameter.support == "simplex") return unconstrain_pair(values, u, to);
  const bool ordered = parameter.support == "ordered" || parameter.support == "positive_ordered";
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& element = u[static_cast<Eigen::Index>(i)];
    const double x = values[i];
    if (parameter.support == "real" || (parameter.support == "ordered" && i == 0)) {
      element = x;
    } else if (parameter.support == "positive" || ordered) {
      element = std::log(ordered && i > 0 ? x - values[i - 1] : x);
      to.log_jacobian += element;
    } else if (parameter.support == "unit_interval") {
      element = std::log(x / (1 - x));
      to.log_jacobian += std::log(x * (1 - x));
    } else {
      throw std::logic_error("a support that this test does not know: " + parameter.support);
    }
  }
}

/// With respect to the parameters themselves.
double log_density(ModelDensity& density, const nlohmann::json& point) {
  Unconstrained at{Eigen::VectorXd::Zero(static_cast<Eigen::Index>(density.dimension())), 0};
  for (const FreeParameter& parameter : density.parameters()) {
    const nlohmann::json& values = point.at(parameter.name);
    unconstrain(parameter, values.is_array() ? values.get<std::vector<double>>() : std::vector{values.get<double>()},
                at);
  }
  Eigen::VectorXd gradient(at.position.size());
  return density.log_density(at.position, gradient) - at.log_jacobian;
}

class PosteriorDb : public ::testing::TestWithParam<std::string> {};

TEST_P(PosteriorDb, DiffersBetweenPointsAsAnIndependentDensityDoes) {
  nlohmann::json model = read("models/" + GetParam() + ".json");
  model["data"] = read("data/" + GetParam().substr(0, GetParam().find('-')) + ".json");
  const nlohmann::json reference = read("references/" + GetParam() + ".json");
  ModelDensity density(compile(testing::parse_model(model.dump())));
  const nlohmann::json& points = reference.at("points");
  const double first = log_density(density, points.at(0));
  ASSERT_GE(points.size(), 4U);
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double expected = reference.at("difference_to_first").at(i).get<double>();
    EXPECT_NEAR(log_density(density, points.at(i)) - first, expected, 1e-6 * std::max(1.0, std::abs(expected)))
        << "at point " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Models, PosteriorDb, ::testing::ValuesIn(names()), [](const auto& name) {
  std::string label = name.param;
  for (char& c : label) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return label;
});

}  // namespace
}  // namespace exmc::density
