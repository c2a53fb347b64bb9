#include <gtest/gtest.h>

#include "density/distributions/distribution.hpp"
#include "exact_table.hpp"

namespace exmc::density {
namespace {

using testing::Form;
using testing::Layout;

class Exact : public ::testing::TestWithParam<std::string> {};

TEST_P(Exact, LogDensityAndGradient) {
  const auto cases = testing::read_exact_table(GetParam());
  for (const testing::ExactCase& exact : cases) {
    for (const testing::ExactPoint& point : exact.points) {
      for (const Layout layout : {Layout::scalars, Layout::arrays, Layout::shared_parameters, Layout::data}) {
        for (const Form form : {Form::sum, Form::pointwise}) {
          EXPECT_EQ(testing::mismatch(exact, point, layout, form), "")
              << "layout " << static_cast<int>(layout) << ", form " << static_cast<int>(form);
        }
      }
    }
  }
}

TEST_P(Exact, EveryParametrisationHasPoints) {
  const auto cases = testing::read_exact_table(GetParam());
  for (const auto& parametrisation : find_distribution(GetParam())->parametrisations) {
    std::vector<std::string> names;
    for (const Parameter& parameter : parametrisation) names.emplace_back(parameter.name);
    EXPECT_TRUE(std::any_of(cases.begin(), cases.end(), [&](const auto& exact) {
      return exact.parameters == names && !exact.points.empty();
    })) << ::testing::PrintToString(names);
  }
}

INSTANTIATE_TEST_SUITE_P(Distributions, Exact, ::testing::ValuesIn(distribution_names()),
                         [](const auto& distribution) { return distribution.param; });

TEST(ExactTable, AWrongEntryIsFound) {
  const testing::ExactCase exact = testing::read_exact_table("student_t").front();
  for (const Layout layout : {Layout::scalars, Layout::arrays, Layout::shared_parameters}) {
    for (const Form form : {Form::sum, Form::pointwise}) {
      testing::ExactPoint point = exact.points[exact.points.size() / 2];
      ASSERT_EQ(testing::mismatch(exact, point, layout, form), "");
      point.log_density += 2 * point.error[0];
      EXPECT_NE(testing::mismatch(exact, point, layout, form), "");
      for (std::size_t i = 0; i < point.gradient.size(); ++i) {
        point = exact.points[exact.points.size() / 2];
        point.gradient[i] -= 2 * point.error[i + 1];
        EXPECT_NE(testing::mismatch(exact, point, layout, form), "") << "derivative " << i;
      }
    }
  }
}

}  // namespace
}  // namespace exmc::density
