// What numpy makes of expressions (tests/data/expressions/numpy.json) is what a model makes of them: of parameters, in
// the density, and of data, at load. Their gradients are compared with differences.

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "differences.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

using json = nlohmann::ordered_json;  // the order of nodes is that of the position

const json& table() {
  static const json read =
      json::parse(std::ifstream(std::string(EXMC_SOURCE_DIR) + "/tests/data/expressions/numpy.json"));
  return read;
}

void append_elements(const json& array, std::vector<double>& elements) {
  if (array.is_number()) return elements.push_back(array.get<double>());
  for (const json& part : array) append_elements(part, elements);
}

json shape_of(const json& array) {
  json shape = json::array();
  for (const json* part = &array; part->is_array(); part = &part->front()) shape.push_back(part->size());
  return shape;
}

/// A model of one expression, with the arrays it uses as parameters or as data.
struct ExpressionModel {
  json text{{"exmc_ir", 1}, {"name", "m"}, {"data", json::object()}, {"nodes", json::object()}};
  std::vector<double> position;

  ExpressionModel(const json& example, bool of_parameters) {
    const json& arrays = table().at("arrays");
    for (const std::string name : example.at("uses")) {
      if (!arrays.contains(name)) {
        text["data"][name] = table().at("indices").at(name);
      } else if (!of_parameters) {
        text["data"][name] = arrays.at(name);
      } else {
        text["nodes"][name] = {{"dist", "flat"}};
        if (const json shape = shape_of(arrays.at(name)); !shape.empty()) text["nodes"][name]["shape"] = shape;
        append_elements(arrays.at(name), position);
      }
    }
    text["nodes"]["the_value"] = {{"expr", example.at("expression")}};
    text["nodes"]["the_density"] = {{"potential", "log1p(square(the_value))"}};
  }
};

void expect_values(const json& example, const std::vector<double>& row, const SavedVariable& saved) {
  EXPECT_EQ(saved.shape, example.at("shape").get<Shape>());
  const auto& values = example.at("values");
  ASSERT_EQ(element_count(saved.shape), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto expected = values[i].get<double>();
    EXPECT_NEAR(row[saved.offset + i], expected, 2e-14 * std::max(1.0, std::abs(expected))) << "element " << i;
  }
}

void check(const json& example, bool of_parameters) {
  const ExpressionModel model(example, of_parameters);
  ModelDensity density(compile(testing::parse_model(model.text.dump())));
  const auto size = static_cast<Eigen::Index>(density.dimension());
  ASSERT_EQ(density.dimension(), model.position.size());
  const Eigen::VectorXd position = Eigen::Map<const Eigen::VectorXd>(model.position.data(), size);
  std::vector<double> row(density.saved_size());
  density.write_saved(position, row);
  expect_values(example, row, density.saved_variables().back());

  double expected = 0;
  for (const json& value : example.at("values")) expected += std::log1p(value.get<double>() * value.get<double>());
  Eigen::VectorXd gradient(size);
  EXPECT_NEAR(density.log_density(position, gradient), expected, 1e-12 * std::max(1.0, std::abs(expected)));
  for (Eigen::Index i = 0; i < size; ++i) {
    const double difference = testing::extrapolated_difference(density, position, i, 0.004);
    EXPECT_NEAR(gradient[i], difference, 1e-8 * std::max(1.0, std::abs(difference))) << "derivative " << i;
  }
}

TEST(ExpressionTable, IsWhatNumpySays) {
  ASSERT_GT(table().at("cases").size(), 250U);
  for (const json& example : table().at("cases")) {
    SCOPED_TRACE(example.at("expression").get<std::string>());
    check(example, true);
    check(example, false);
  }
}

}  // namespace
}  // namespace exmc::density
