#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace exmc::density::testing {

/// A distribution, as the registry calls it, and P(X <= x) by another library or formula.
struct GeneratorCase {
  std::string distribution;
  std::map<std::string, double> parameters;
  std::function<double(double)> cdf;
  bool discrete = false;
};

[[nodiscard]] std::vector<GeneratorCase> continuous_cases();
[[nodiscard]] std::vector<GeneratorCase> discrete_cases();

}  // namespace exmc::density::testing
