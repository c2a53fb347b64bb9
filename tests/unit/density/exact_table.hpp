#pragma once

#include <optional>
#include <string>
#include <vector>

#include "density/distributions/distribution.hpp"
#include "exmc/core/array.hpp"

/// The tables that tests/python/make_exact_table.py makes.
namespace exmc::density::testing {

/// ln f, or the logarithm of the probability of a tail, and its derivatives at a point, and how far off each may be.
struct ExactPoint {
  Array x;                        ///< of the shape of one draw
  std::vector<Array> parameters;  ///< each of the shape that is its own
  double log_density = 0;
  std::vector<double> gradient;  ///< in x, where it has one, then in the parameters that have one
  std::vector<double> error;     ///< of the log density and each derivative
};

/// The points of one parametrisation.
struct ExactCase {
  std::string distribution;
  std::vector<std::string> parameters;
  std::vector<std::string> constant;  ///< without derivatives; may name "x"
  std::optional<Tail> tail;           ///< whose probability it is, if not the density
  std::vector<ExactPoint> points;
};

/// @param folder within tests/data.
[[nodiscard]] std::vector<ExactCase> read_exact_table(const std::string& distribution,
                                                      const std::string& folder = "exact");

/// How operands are laid out, which decides what kernels run.
enum class Layout {
  scalars,            ///< one element
  arrays,             ///< all operands stepped through
  shared_parameters,  ///< many x, one of each parameter, whose derivatives are then summed
  data                ///< as that, with x constant
};

/// How the log density is computed; probabilities are always pointwise.
enum class Form {
  sum,       ///< as terms, which are added up
  pointwise  ///< as an array with one value for each draw, on which something else depends
};

/// What the engine makes of a point, where it differs by more than it may; empty when it is right.
[[nodiscard]] std::string mismatch(const ExactCase& exact, const ExactPoint& point, Layout layout, Form form);

}  // namespace exmc::density::testing
