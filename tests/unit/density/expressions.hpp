#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "exmc/ir/expression.hpp"
#include "exmc/ir/model.hpp"

/// Models built by hand, for tests that should not depend on the parser.
namespace exmc::density::testing {

inline ir::ExpressionPtr make(decltype(ir::Expression::node) node) {
  return std::make_shared<const ir::Expression>(ir::Expression{std::move(node), 0});
}
inline ir::ExpressionPtr number(double value) { return make(ir::Literal{Array::scalar(value)}); }
inline ir::ExpressionPtr name(std::string text) { return make(ir::Name{std::move(text)}); }
inline ir::ExpressionPtr call(std::string function, std::vector<ir::ExpressionPtr> arguments) {
  return make(ir::Call{std::move(function), std::move(arguments), {}});
}
inline ir::ExpressionPtr binary(ir::BinaryOperator op, ir::ExpressionPtr left, ir::ExpressionPtr right) {
  return make(ir::Binary{op, std::move(left), std::move(right)});
}

using Parameters = std::map<std::string, ir::ExpressionPtr>;

inline ir::Node random_variable(std::string node, std::string distribution, Parameters parameters,
                                std::vector<ir::ExpressionPtr> shape = {}, ir::ExpressionPtr observed = nullptr) {
  ir::RandomVariable variable;
  variable.distribution = std::move(distribution);
  variable.parameters = std::move(parameters);
  if (!shape.empty()) variable.shape = std::move(shape);
  variable.observed = std::move(observed);
  return {std::move(node), std::move(variable)};
}
inline ir::Node derived(std::string node, ir::ExpressionPtr value, bool save = true) {
  return {std::move(node), ir::Derived{std::move(value), save}};
}

}  // namespace exmc::density::testing
