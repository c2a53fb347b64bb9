#pragma once

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "exmc/density/model_density.hpp"
#include "models.hpp"

/// Models in learned coordinates, for tests.
namespace exmc::density {

inline ir::Model model_of(const std::string& data, const std::string& nodes) {
  return testing::parse_model(R"({"exmc_ir": 1, "data": {)" + data + R"(}, "nodes": {)" + nodes + "}}");
}

inline ModelDensity learning(const ir::Model& model) {
  return ModelDensity(compile(model, kDefaultMemory, {}, CoordinatesChoice::automatic));
}

/// Gives all that is learned positive random values: coordinates as learning might leave them.
inline void scramble(ModelDensity& density, std::uint64_t seed) {
  std::string bytes = density.coordinates();
  std::mt19937_64 random(seed);
  for (std::size_t at = 16; at < bytes.size(); at += 8) {
    const double slot = std::exp(std::uniform_real_distribution<double>(-2, 2)(random));
    std::memcpy(bytes.data() + at, &slot, sizeof slot);
  }
  density.set_coordinates(bytes);
}

inline Eigen::VectorXd random_position(std::size_t dimension, std::uint64_t seed, double width = 1.5) {
  std::mt19937_64 random(seed);
  Eigen::VectorXd position(static_cast<Eigen::Index>(dimension));
  for (double& x : position) x = std::uniform_real_distribution<double>(-width, width)(random);
  return position;
}

/// Requires that what is learned is, in some order, k and h of two elements, which are these, and s of a scale.
inline void expect_learned(const ModelDensity& density, const std::vector<double>& messages, double tolerance) {
  const std::string bytes = density.coordinates();
  std::vector<double> slots((bytes.size() - 16) / 8);
  std::memcpy(slots.data(), bytes.data() + 16, bytes.size() - 16);
  ASSERT_EQ(slots.size(), 5U);
  for (const double expected : messages) {
    EXPECT_TRUE(std::any_of(slots.begin(), slots.end(), [&](double s) { return std::abs(s - expected) < tolerance; }))
        << expected;
  }
}

struct Case {
  std::string name;
  ir::Model model;
};

/// Gaussian processes and correlated effects, by what their matrix is given as and how they are written.
[[nodiscard]] std::vector<Case> vector_cases();

}  // namespace exmc::density
