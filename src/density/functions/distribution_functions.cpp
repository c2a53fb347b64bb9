#include "functions.hpp"

/// Functions whose first argument is a distribution (LawCompiler::apply()).
namespace exmc::density {
namespace {

const std::vector<Function> kFunctions = {
    {"log_density",
     {{"distribution", Argument::Kind::distribution}, {"x"}},
     nullptr,
     "-inf where x is outside of the support"},
    {"log_cdf",
     {{"distribution", Argument::Kind::distribution}, {"x"}},
     nullptr,
     "the logarithm of the probability of being up to x"},
    {"log_ccdf",
     {{"distribution", Argument::Kind::distribution}, {"x"}},
     nullptr,
     "the logarithm of the probability of being above x"},
};

}  // namespace

std::span<const Function> distribution_functions() { return kFunctions; }

}  // namespace exmc::density
