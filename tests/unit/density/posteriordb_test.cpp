// The models of posteriordb (tests/data/posteriordb) at points of their own parameters: how the log density differs
// from that at the first point, as an independent implementation of each model has it.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "exmc/density/evaluator.hpp"
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

/// With respect to the parameters themselves.
double log_density(Evaluator& evaluator, const nlohmann::json& point) {
  NamedValues values;
  for (const FreeParameter& parameter : evaluator.density().parameters()) {
    const nlohmann::json& given = point.at(parameter.name);
    values[parameter.name] = {parameter.shape,
                              given.is_array() ? given.get<std::vector<double>>() : std::vector{given.get<double>()}};
  }
  Eigen::VectorXd position = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(evaluator.density().dimension()));
  const std::optional<PointFault> fault = evaluator.transform().place(values, position);
  if (fault) throw std::invalid_argument(fault->parameter + ": " + fault->reason);
  return evaluator.evaluate(position).without_jacobian;
}

/// The differential equation of a model, null where it has none.
nlohmann::json* equation_of(nlohmann::json& model) {
  for (nlohmann::json& node : model.at("nodes")) {
    if (node.contains("ode")) return &node.at("ode");
  }
  return nullptr;
}

struct Tolerance {
  double relative, absolute;  ///< the larger one counts
};

void expect_differences(const nlohmann::json& model, const nlohmann::json& reference, Tolerance tolerance) {
  Evaluator density(testing::parse_model(model.dump()));
  const nlohmann::json& points = reference.at("points");
  const double first = log_density(density, points.at(0));
  ASSERT_GE(points.size(), 4U);
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double expected = reference.at("difference_to_first").at(i).get<double>();
    EXPECT_NEAR(log_density(density, points.at(i)) - first, expected,
                std::max(tolerance.absolute, tolerance.relative * std::abs(expected)))
        << "at point " << i;
  }
}

class PosteriorDb : public ::testing::TestWithParam<std::string> {};

TEST_P(PosteriorDb, DiffersBetweenPointsAsAnIndependentDensityDoes) {
  nlohmann::json model = read("models/" + GetParam() + ".json");
  model["data"] = read("data/" + GetParam().substr(0, GetParam().find('-')) + ".json");
  const nlohmann::json reference = read("references/" + GetParam() + ".json");
  nlohmann::json* const equation = equation_of(model);
  if (equation != nullptr) {
    expect_differences(model, reference, {.relative = 0, .absolute = 1e-3});  // what default tolerances leave
    equation->update({{"rtol", 1e-11}, {"atol", 1e-11}});
  }
  expect_differences(model, reference, {.relative = 1e-6, .absolute = 1e-6});
}

INSTANTIATE_TEST_SUITE_P(Models, PosteriorDb, ::testing::ValuesIn(names()), [](const auto& name) {
  std::string label = name.param;
  for (char& c : label) c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
  return label;
});

}  // namespace
}  // namespace exmc::density
