#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "density/distributions/distribution.hpp"
#include "exact_table.hpp"

namespace exmc::density {
namespace {

using testing::Form;
using testing::Layout;

std::vector<std::string> with_cdf() {
  std::vector<std::string> names = distribution_names();
  std::erase_if(names, [](const std::string& name) { return !find_distribution(name)->cdf; });
  return names;
}

class ExactCdf : public ::testing::TestWithParam<std::string> {};

TEST_P(ExactCdf, LogProbabilityAndGradient) {
  for (const testing::ExactCase& exact : testing::read_exact_table(GetParam(), "exact_cdf")) {
    for (const testing::ExactPoint& point : exact.points) {
      for (const Layout layout : {Layout::scalars, Layout::arrays, Layout::shared_parameters, Layout::data}) {
        EXPECT_EQ(testing::mismatch(exact, point, layout, Form::pointwise), "")
            << (exact.tail == Tail::lower ? "lower" : "upper") << " tail, layout " << static_cast<int>(layout);
      }
    }
  }
}

TEST_P(ExactCdf, EveryParametrisationHasPoints) {
  const auto cases = testing::read_exact_table(GetParam(), "exact_cdf");
  for (const auto& parametrisation : find_distribution(GetParam())->parametrisations) {
    std::vector<std::string> names;
    for (const Parameter& parameter : parametrisation) names.emplace_back(parameter.name);
    for (const Tail tail : {Tail::lower, Tail::upper}) {
      EXPECT_TRUE(std::any_of(cases.begin(), cases.end(), [&](const auto& exact) {
        return exact.parameters == names && exact.tail == tail && !exact.points.empty();
      })) << ::testing::PrintToString(names);
    }
  }
}

/// Where the variable cannot be, one tail is certain and neither has a derivative.
TEST_P(ExactCdf, IsCertainOutsideTheSupport) {
  const Distribution& distribution = *find_distribution(GetParam());
  if (distribution.support == &kRealSupport && distribution.lower_bound.empty()) return;
  const testing::ExactCase exact = testing::read_exact_table(GetParam(), "exact_cdf").front();
  for (const Tail tail : {Tail::lower, Tail::upper}) {
    Builder builder(1 << 16);
    Variable variable{builder.constant(-2e12), {}};
    for (std::size_t i = 0; i < exact.parameters.size(); ++i) {
      variable.parameters[exact.parameters[i]] = builder.constant(exact.points.front().parameters[i]);
    }
    const double value = builder.evaluate(distribution.cdf->log_probability(builder, variable, tail)).values.front();
    EXPECT_EQ(value, tail == Tail::lower ? -detail::kInfinity : 0);
  }
}

const Domain& domain_of(const Distribution& distribution, const std::string& name) {
  for (const auto& parametrisation : distribution.parametrisations) {
    const auto found = std::ranges::find(parametrisation, name, &Parameter::name);
    if (found != parametrisation.end()) return *found->domain;
  }
  throw std::logic_error("no parameter " + name);
}

double tail_at(const Distribution& distribution, const std::vector<std::string>& names,
               const std::vector<Array>& values, double point, Tail tail) {
  Builder builder(1 << 16);
  Variable variable{builder.constant(point), {}};
  for (std::size_t i = 0; i < names.size(); ++i) variable.parameters[names[i]] = builder.constant(values[i]);
  return builder.evaluate(distribution.cdf->log_probability(builder, variable, tail)).values.front();
}

/// Also where parameters are at the ends of their domains, so that one outcome is certain.
TEST_P(ExactCdf, OfCountsIsCertainOutsideTheSupportAtEndsOfParameters) {
  const Distribution& distribution = *find_distribution(GetParam());
  if (!distribution.discrete || !distribution.lower_bound.empty()) return;
  for (const testing::ExactCase& exact : testing::read_exact_table(GetParam(), "exact_cdf")) {
    for (std::size_t end = 0; end < exact.parameters.size(); ++end) {
      for (const double at : {0.0, 1.0}) {
        std::vector<Array> values = exact.points.front().parameters;
        if (!domain_of(distribution, exact.parameters[end]).contains(at)) continue;
        values[end] = {{}, {at}};
        const std::string where = exact.parameters[end] + " = " + std::to_string(at);
        EXPECT_EQ(tail_at(distribution, exact.parameters, values, -1, Tail::lower), -detail::kInfinity) << where;
        EXPECT_EQ(tail_at(distribution, exact.parameters, values, -1, Tail::upper), 0) << where;
        if (distribution.data != &kBinary && distribution.upper_bound.empty()) continue;
        EXPECT_EQ(tail_at(distribution, exact.parameters, values, 1e6, Tail::lower), 0) << where;
        EXPECT_EQ(tail_at(distribution, exact.parameters, values, 1e6, Tail::upper), -detail::kInfinity) << where;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Distributions, ExactCdf, ::testing::ValuesIn(with_cdf()),
                         [](const auto& distribution) { return distribution.param; });

}  // namespace
}  // namespace exmc::density
