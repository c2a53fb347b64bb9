#include "maths_library.hpp"

#include <cmath>
#include <cstdio>
#include <string_view>
#include <vector>

#include "exmc/core/hash.hpp"

namespace exmc::app {

std::string maths_library() {
  using Function = double (*)(double);
  constexpr Function functions[] = {std::exp,  std::expm1, std::log,  std::log1p, std::log2,   std::sin,
                                    std::cos,  std::tan,   std::asin, std::acos,  std::atan,   std::sinh,
                                    std::cosh, std::tanh,  std::erf,  std::erfc,  std::lgamma, std::tgamma};
  constexpr int points = 1000;  // in (0, 1); of exp, sin and cos one in some 1500 depends on fused multiply-add
  std::vector<double> values;
  for (int i = 1; i <= points; ++i) {
    const double x = i / (points + 1.0);
    for (const Function function : functions) values.push_back(function(x));
    values.push_back(std::pow(x, 3 * x));
  }
  const std::string_view bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double));
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(fnv1a(bytes)));
  return text;
}

}  // namespace exmc::app
