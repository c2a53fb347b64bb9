#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/math/distributions/normal.hpp>
#include <string>
#include <vector>

#include "drawn_model.hpp"
#include "exmc/core/error.hpp"
#include "goodness_of_fit.hpp"

namespace exmc::density {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::ks_misfit;
using testing::Model;
using ::testing::StartsWith;
using testing::Values;

Model prior_of(const std::string& nodes, const std::string& data = "{}") {
  return Model(compile_prior(testing::parse_model(testing::model_text(nodes, data))));
}

std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> found;
  for (std::size_t i = 0; i < a.size(); ++i) found.push_back(a[i] - b[i]);
  return found;
}

TEST(Prior, DrawsEachVariableFromItsDistributionGivenTheOthers) {
  std::string zeros = "0";
  for (int i = 1; i < 20000; ++i) zeros += ",0";
  Model prior = prior_of(R"~("y": {"dist": "normal", "mu": "twice", "sigma": 0.5, "observed": "zeros"},
    "twice": {"expr": "2 * m"}, "m": {"dist": "normal", "mu": "s", "sigma": 1, "shape": [20000]},
    "s": {"dist": "normal", "mu": 3, "sigma": 1, "lower": 2}, "g": {"generated": {"dist": "poisson", "mu": "s"}},
    "new": {"generated": "m[0] + y[0]"})~",
                         R"({"zeros": [)" + zeros + "]}");
  EXPECT_EQ(prior.density.dimension(), 0U);
  const Values draw = prior.at({}, OutputGroup::posterior), predictive = prior.at({}, OutputGroup::predictive);
  const double s = draw.at("s").front();
  EXPECT_GE(s, 2);
  const auto normal = [](double mu, double sigma) {
    return [=](double x) { return cdf(boost::math::normal(mu, sigma), x); };
  };
  EXPECT_LT(ks_misfit(draw.at("m"), normal(s, 1)), 1);
  EXPECT_GT(ks_misfit(draw.at("m"), normal(s, 1.1)), 1) << "another distribution must not pass";
  for (std::size_t i = 0; i < 20000; ++i) ASSERT_EQ(draw.at("twice")[i], 2 * draw.at("m")[i]);
  const std::vector<double> errors = differences(predictive.at("y"), draw.at("twice"));
  EXPECT_LT(ks_misfit(errors, normal(0, 0.5)), 1);
  EXPECT_GT(ks_misfit(errors, normal(0, 0.55)), 1) << "another distribution must not pass";
  EXPECT_EQ(draw.at("new").front(), draw.at("m").front()) << "the name of an observed node means its data";
  EXPECT_EQ(prior.at({}, OutputGroup::posterior), draw);
  EXPECT_NE(prior.at({}, OutputGroup::posterior, 1), draw);
}

std::string message_of(const std::string& nodes) {
  try {
    (void)prior_of(nodes);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Prior, IsRefusedWhereThereIsNone) {
  EXPECT_THAT(message_of(R"("x": {"dist": "flat"})"), AllOf(StartsWith("model.json: nodes.x: has no prior"),
                                                            HasSubstr("flat is not a probability distribution")));
  EXPECT_THAT(message_of(R"("x": {"dist": "half_flat", "shape": [3]})"), HasSubstr("half_flat is not a probability"));
  EXPECT_THAT(message_of(R"("x": {"dist": "normal", "mu": 0, "sigma": 1}, "p": {"potential": "-x"})"),
              StartsWith("model.json: nodes.p: a model with potentials has no prior"));
}

std::string refusal_of_dims(const std::string& nodes) {
  const std::string text = R"({"exmc_ir": 1, "coords": {"school": ["a", "b", "c"]}, "nodes": {)" + nodes + "}}";
  try {
    (void)compile(testing::parse_model(text));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Dims, FitTheShapes) {
  const std::string x = R"("x": {"dist": "normal", "mu": 0, "sigma": 1, )";
  EXPECT_EQ(refusal_of_dims(x + R"("shape": [3, 2], "dims": ["school", "year"]})"), "no error");
  EXPECT_EQ(refusal_of_dims(x + R"("shape": [4], "dims": ["school"]})"),
            "model.json: nodes.x.dims: axis 0 has length 4, but \"school\" has length 3 in \"coords\"");
  EXPECT_EQ(refusal_of_dims(x + R"("shape": [3], "dims": ["school", "year"]})"),
            "model.json: nodes.x.dims: found 2 names, expected one for each axis of \"x\", which has shape (3)");
  EXPECT_EQ(refusal_of_dims(x + R"("shape": [3, 2], "dims": ["school", "year"]},
                              "z": {"expr": "[1, 2, 3]", "dims": ["year"]})"),
            "model.json: nodes.z.dims: axis 0 has length 3, but \"year\" has length 2 in \"x\"");
}

}  // namespace
}  // namespace exmc::density
