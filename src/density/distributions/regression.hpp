#pragma once

#include <optional>

#include "../program/builder.hpp"

namespace exmc::density {

/// Data y (n) and its linear predictor mu (n), reduced to as many rows as mu has coefficients:
/// |y - mu|^2 = |values - predictor|^2 + squares, whatever the coefficients are.
struct ReducedRegression {
  View values;     ///< constant
  View predictor;  ///< of the same length
  double squares;  ///< of what no coefficients explain
};

/// Empty where mu is not known to be linear in its variables, where that saves nothing (few rows), takes too long (very
/// many columns) or is not possible (numbers that are not finite, or whose squares are not).
[[nodiscard]] std::optional<ReducedRegression> reduce_regression(Builder& builder, const View& y, const View& mu);

}  // namespace exmc::density
