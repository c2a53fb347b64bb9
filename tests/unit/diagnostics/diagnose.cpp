// Reads data sets from the standard input (name, chains, draws, values) and writes one line for each diagnostic: what
// tests/python/diagnostics_test.py compares with ArviZ.
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "exmc/diagnostics/convergence.hpp"

namespace {

using exmc::diagnostics::DrawsView;

const std::vector<std::pair<std::string, std::function<double(const DrawsView&)>>> kDiagnostics = {
    {"rhat", exmc::diagnostics::rhat},
    {"ess_bulk", exmc::diagnostics::ess_bulk},
    {"ess_tail", exmc::diagnostics::ess_tail},
    {"ess_mean", exmc::diagnostics::ess_mean},
    {"ess_sd", exmc::diagnostics::ess_sd},
    {"ess_quantile_0.3", [](const DrawsView& draws) { return exmc::diagnostics::ess_quantile(draws, 0.3); }},
    {"mcse_mean", exmc::diagnostics::mcse_mean},
    {"mcse_sd", exmc::diagnostics::mcse_sd},
    {"mcse_quantile_0.05", [](const DrawsView& draws) { return exmc::diagnostics::mcse_quantile(draws, 0.05); }},
    {"mcse_quantile_0.5", [](const DrawsView& draws) { return exmc::diagnostics::mcse_quantile(draws, 0.5); }},
    {"bfmi_first", [](const DrawsView& draws) { return exmc::diagnostics::bfmi(draws).front(); }},
    {"bfmi_last", [](const DrawsView& draws) { return exmc::diagnostics::bfmi(draws).back(); }},
};

}  // namespace

int main() {
  std::string name;
  std::size_t chains = 0, draws = 0;
  while (std::cin >> name >> chains >> draws) {
    std::vector<double> values(chains * draws);
    std::string text;
    for (double& value : values) {
      std::cin >> text;
      value = std::strtod(text.c_str(), nullptr);  // reads "nan" and "inf" too
    }
    for (const auto& [diagnostic, compute] : kDiagnostics) {
      std::printf("%s %s %.17g\n", name.c_str(), diagnostic.c_str(), compute({values, chains, draws}));
    }
  }
  return 0;
}
