// Evaluates models at points for differential_test.py. Each line of the input is {"model": IR, "points": [[...], ...]},
// positions on the unconstrained scale; the line of output is {"log_density": [...], "gradient": [[...], ...]}, numbers
// as text of 17 digits, or {"refused": message}.
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/density/model_density.hpp"
#include "unit/density/models.hpp"

namespace {

std::string text_of(double x) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.17g", x);
  return text.data();
}

nlohmann::json answer(const nlohmann::json& question) {
  using exmc::density::ModelDensity;
  ModelDensity density(exmc::density::compile(exmc::density::testing::parse_model(question.at("model").dump())));
  nlohmann::json log_densities = nlohmann::json::array(), gradients = nlohmann::json::array();
  Eigen::VectorXd gradient;
  for (const auto& point : question.at("points")) {
    const auto numbers = point.get<std::vector<double>>();
    const Eigen::VectorXd position = Eigen::VectorXd::Map(numbers.data(), static_cast<Eigen::Index>(numbers.size()));
    log_densities.push_back(text_of(density.log_density(position, gradient)));
    std::vector<std::string> slopes;
    for (const double slope : gradient) slopes.push_back(text_of(slope));
    gradients.push_back(slopes);
  }
  return {{"log_density", log_densities}, {"gradient", gradients}};
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    nlohmann::json answered;
    try {
      answered = answer(nlohmann::json::parse(line));
    } catch (const exmc::InputError& refusal) {
      answered = {{"refused", refusal.what()}};
    }
    std::cout << answered.dump() << std::endl;
  }
}
