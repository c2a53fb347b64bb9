#include "exmc/density/point_transform.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "density/supports/support.hpp"
#include "exmc/density/evaluator.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

using Eigen::VectorXd;

std::shared_ptr<const Program> program_of(const std::string& nodes) {
  OutputSelection bounds;
  bounds.bounds = true;
  return compile(testing::parse_model(R"({"exmc_ir": 1, "nodes": {)" + nodes + "}}"), kDefaultMemory, bounds);
}

/// The parameters' values at a position.
NamedValues constrained(const std::shared_ptr<const Program>& program, const VectorXd& position) {
  ModelDensity density(program);
  std::vector<double> row(density.saved_size());
  density.write_saved(position, row);
  NamedValues values;
  for (const FreeParameter& parameter : density.parameters()) {
    for (const SavedVariable& saved : density.saved_variables()) {
      if (saved.name != parameter.name || saved.group != OutputGroup::posterior) continue;
      const auto begin = row.begin() + static_cast<std::ptrdiff_t>(saved.offset);
      values[saved.name] = {saved.shape, {begin, begin + static_cast<std::ptrdiff_t>(element_count(saved.shape))}};
    }
  }
  return values;
}

VectorXd scattered(std::size_t size, double scale) {
  VectorXd u(static_cast<Eigen::Index>(size));
  for (Eigen::Index i = 0; i < u.size(); ++i) u[i] = scale * std::cos(1.7 * static_cast<double>(i) + 0.3);
  return u;
}

/// There and back again.
void expect_round_trip(const std::string& nodes, double scale, double tolerance) {
  const auto program = program_of(nodes);
  PointTransform transform(program);
  const VectorXd from = scattered(transform.dimension(), scale);
  VectorXd back = VectorXd::Constant(from.size(), 0.125);
  const auto outside = transform.place(constrained(program, from), back);
  ASSERT_FALSE(outside) << nodes << ": " << outside->parameter << outside->element << ": " << outside->reason;
  EXPECT_LT((back - from).norm(), tolerance) << nodes;
}

TEST(PointTransform, EverySupportIsInverted) {
  for (const std::string& name : support_names()) {
    const Support& support = *find_support(name);
    for (std::size_t length = support.least_length; length < 7; ++length) {
      const std::string n = std::to_string(length);
      const std::string shape = support.event_rank == 2 ? "[2, 3, " + n + ", " + n + "]" : "[2, 3, " + n + "]";
      const std::string node = R"("x": {"dist": "flat", "support": ")" + name + R"(", "shape": )" + shape + "}";
      if (name == "unit_vector") {  // a direction has lost its length
        const auto program = program_of(node);
        PointTransform transform(program);
        const NamedValues values = constrained(program, scattered(transform.dimension(), 1));
        VectorXd back(static_cast<Eigen::Index>(transform.dimension()));
        ASSERT_FALSE(transform.place(values, back));
        const NamedValues again = constrained(program, back);
        for (std::size_t i = 0; i < again.at("x").values.size(); ++i) {
          EXPECT_NEAR(again.at("x").values[i], values.at("x").values[i], 1e-15);
        }
        continue;
      }
      expect_round_trip(node, 1.5, 1e-12);
      const bool squares = name == "corr" || name == "cov";  // which lose half of the digits
      expect_round_trip(node, squares ? 2 : 4, squares ? 1e-6 : 1e-9);
    }
  }
}

TEST(PointTransform, BoundsAreInvertedInTheOrderThatTheyDependOnEachOther) {
  expect_round_trip(R"--(
      "z": {"dist": "pareto", "alpha": 2, "m": "w"},
      "y": {"dist": "flat", "upper": "x"},
      "x": {"dist": "uniform", "lower": "a", "upper": "a + w * [1, 2, 3]", "shape": [2, 3]},
      "t": {"dist": "normal", "mu": 0, "sigma": 1, "lower": "sum(x)"},
      "v": {"dist": "von_mises", "mu": 0, "kappa": 1},
      "c": {"dist": "lkj_corr", "eta": 2, "n": 4},
      "p": {"dist": "dirichlet", "a": [1, 2, 3]},
      "o": {"dist": "normal", "mu": 0, "sigma": 1, "shape": ["1 - 1"]},
      "w": {"dist": "half_flat"}, "a": {"dist": "flat"})--",
                    1.5, 1e-12);
}

TEST(PointTransform, SomeValuesLeaveTheOthersWhereTheyAre) {
  PointTransform transform(program_of(R"(
      "s": {"dist": "half_normal", "sigma": 1}, "x": {"dist": "flat", "lower": "s"}, "y": {"dist": "flat"})"));
  VectorXd position(3);
  position << std::log(2.0), 7, 0.5;
  ASSERT_FALSE(transform.place({{"x", Array::scalar(5)}}, position));
  EXPECT_DOUBLE_EQ(position[1], std::log(5.0 - 2.0));
  EXPECT_EQ(position[2], 0.5);
}

TEST(PointTransform, WhatIsOutsideIsNamed) {
  const auto at = [](const std::string& node, const Array& value) {
    PointTransform transform(program_of("\"x\": " + node));
    VectorXd position = VectorXd::Zero(static_cast<Eigen::Index>(transform.dimension()));
    const auto found = transform.place({{"x", value}}, position);
    return found ? found->parameter + found->element + ": " + found->reason : "inside";
  };
  EXPECT_EQ(at(R"({"dist": "half_normal", "sigma": 1, "shape": [3]})", {{3}, {1, -2, 3}}),
            "x[1]: expected a positive number, found -2");
  EXPECT_EQ(at(R"({"dist": "half_normal", "sigma": 1})", Array::scalar(0)), "x: expected a positive number, found 0");
  EXPECT_EQ(at(R"({"dist": "uniform", "lower": 1, "upper": 2})", Array::scalar(2)),
            "x: expected a number between 1 and 2, found 2");
  EXPECT_EQ(at(R"({"dist": "flat", "lower": 1})", Array::scalar(0.5)), "x: expected a number above 1, found 0.5");
  EXPECT_EQ(at(R"({"dist": "flat", "upper": 1})", Array::scalar(1.5)), "x: expected a number below 1, found 1.5");
  EXPECT_EQ(at(R"({"dist": "dirichlet", "a": [1, 1, 1]})", {{3}, {0.5, 0.5, 0.5}}),
            "x: expected numbers that sum to 1, found a sum of 1.5");
  EXPECT_EQ(at(R"({"dist": "dirichlet", "a": [1, 1, 1], "shape": [2, 3]})", {{2, 3}, {0.2, 0.3, 0.5, 0.5, 0.5, 0.5}}),
            "x[1, 0]: expected numbers that sum to 1, found a sum of 1.5");
  EXPECT_EQ(at(R"({"dist": "flat", "support": "ordered", "shape": [2]})", {{2}, {2, 1}}),
            "x: expected increasing numbers, found 2 before 1");
  EXPECT_EQ(at(R"({"dist": "flat", "support": "unit_vector", "shape": [2]})", {{2}, {1, 1}}),
            "x: expected a vector of length 1, found 1.4142135623730951");
  EXPECT_EQ(at(R"({"dist": "flat", "support": "sum_to_zero", "shape": [2]})", {{2}, {1, 1}}),
            "x: expected numbers that sum to 0, found a sum of 2");
  EXPECT_EQ(at(R"({"dist": "lkj_corr", "eta": 1, "n": 2})", {{2, 2}, {1, 2, 2, 1}}),
            "x: expected a positive definite matrix, found that its first 2 rows and columns are not");
  EXPECT_EQ(at(R"({"dist": "von_mises", "mu": 0, "kappa": 1})", Array::scalar(std::acos(-1.0))),
            "x: found a value at the edge of support \"interval\"");
}

TEST(PointTransform, NamesAndShapesMustFit) {
  const PointTransform transform(program_of(R"("mu": {"dist": "flat"}, "beta": {"dist": "flat", "shape": [2]})"));
  const auto message = [&](const NamedValues& values, bool every) -> std::string {
    const auto found = transform.find_misfit(values, every);
    return found ? found->parameter + ": " + found->reason : "";
  };
  EXPECT_EQ(message({{"mu", Array::scalar(1)}}, false), "");
  EXPECT_EQ(message({{"mu", Array::scalar(1)}}, true), ": lacks a value of \"beta\"");
  EXPECT_EQ(message({{"mue", Array::scalar(1)}}, false), "mue: no parameter is called \"mue\" (did you mean \"mu\"?)");
  EXPECT_EQ(message({{"beta", Array::scalar(1)}}, false), "beta: expected shape (2), found ()");
}

TEST(Evaluator, ThePartsAreTheWhole) {
  Evaluator evaluator(testing::parse_model(R"({"exmc_ir": 1, "data": {"y": [1, 2, 3]}, "nodes": {
      "s": {"dist": "half_normal", "sigma": 2},
      "x": {"dist": "uniform", "lower": "s", "upper": "s + 3", "shape": [2]},
      "L": {"dist": "lkj_corr_cholesky", "eta": 2, "n": 3},
      "m": {"expr": "x[0] * s"}, "hidden": {"expr": "m + 1", "save": false},
      "noise": {"generated": {"dist": "normal", "mu": "m", "sigma": 1}},
      "pull": {"potential": "-x ** 2"},
      "lik": {"dist": "normal", "mu": "hidden", "sigma": "s", "shape": [3], "observed": "y"}}})"));
  const VectorXd position = scattered(6, 1.2);
  const Evaluation found = evaluator.evaluate(position);
  EXPECT_NEAR(found.without_jacobian + found.log_jacobian, found.log_density, 1e-12);
  EXPECT_THAT(found.terms, ::testing::SizeIs(5));
  EXPECT_EQ(found.log_jacobians.at("s"), position[0]);
  const double s = std::exp(position[0]);
  const auto& x = found.values.at("x").values;
  EXPECT_DOUBLE_EQ(found.terms.at("pull"), -x[0] * x[0] - x[1] * x[1]);
  EXPECT_NEAR(found.terms.at("x"), -2 * std::log(3.0), 1e-14);
  EXPECT_DOUBLE_EQ(found.values.at("m").values.front(), x[0] * s);
  const auto log_normal = [&](double y) {
    const double z = (y - x[0] * s - 1) / s;
    return -0.5 * z * z - std::log(s) - 0.5 * std::log(2 * std::acos(-1.0));
  };
  EXPECT_NEAR(found.terms.at("lik"), log_normal(1) + log_normal(2) + log_normal(3), 1e-12);
  EXPECT_EQ(found.gradient.size(), 6);
}

}  // namespace
}  // namespace exmc::density
