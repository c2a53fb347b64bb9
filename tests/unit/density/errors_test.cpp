#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "exmc/core/error.hpp"
#include "models.hpp"

namespace exmc::density {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string message_of(const std::string& nodes, const std::string& data = "{}") {
  try {
    (void)compile(
        testing::parse_model("{\"exmc_ir\": 1, \"name\": \"m\", \"data\": " + data + ", \"nodes\": {" + nodes + "}}"));
  } catch (const InputError& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.find('\n'), std::string::npos);
    return message;
  }
  return "no error";
}

const std::string kMu = R"~("mu": {"dist": "normal", "mu": 0, "sigma": 1})~";

TEST(ModelErrors, NameDistributionsAndParametersThatDoNotExist) {
  EXPECT_THAT(message_of(R"~("x": {"dist": "nromal", "mu": 0, "sigma": 1})~"),
              AllOf(StartsWith("model.json: nodes.x.dist: "), HasSubstr("\"nromal\" (did you mean \"normal\"?)")));
  EXPECT_THAT(
      message_of(R"~("x": {"dist": "normal", "mu": 0, "sgima": 1})~"),
      AllOf(StartsWith("model.json: nodes.x.sgima: "), HasSubstr("did you mean \"sigma\"?"), HasSubstr("mu, sigma")));
  EXPECT_THAT(message_of(R"~("x": {"dist": "normal", "mu": 0})~"),
              AllOf(StartsWith("model.json: nodes.x: "), HasSubstr("lacks sigma")));
  EXPECT_THAT(message_of(R"~("x": {"dist": "bernoulli", "observed": [0]})~"), HasSubstr("lacks p, or logit_p"));
  EXPECT_THAT(message_of(R"~("x": {"dist": "bernoulli", "p": 0.5, "logit_p": 0, "observed": 0})~"),
              HasSubstr("does not take logit_p, p together"));
}

TEST(ModelErrors, NameReferencesAndFunctionsThatDoNotExist) {
  EXPECT_THAT(message_of(kMu + R"~(, "x": {"dist": "normal", "mu": "mo", "sigma": 1})~"),
              AllOf(StartsWith("model.json: nodes.x.mu: "), HasSubstr("unknown name \"mo\" (did you mean \"mu\"?)")));
  EXPECT_THAT(message_of(kMu + R"~(, "x": {"expr": "2 + exq(mu)"})~"),
              AllOf(StartsWith("model.json: nodes.x.expr: column 5"), HasSubstr("\"exq\" (did you mean \"exp\"?)")));
  EXPECT_THAT(message_of(kMu + R"~(, "x": {"expr": "exp(mu, mu)"})~"), HasSubstr("takes 1 argument, found 2"));
}

TEST(ModelErrors, SpellCyclesOut) {
  EXPECT_THAT(
      message_of(R"~("a": {"expr": "b + 1"}, "b": {"dist": "normal", "mu": "c", "sigma": 1}, "c": {"expr": "a"})~"),
      HasSubstr("a -> b -> c -> a"));
  EXPECT_THAT(message_of(R"~("a": {"expr": "a"})~"), HasSubstr("a -> a"));
}

TEST(ModelErrors, NameBothShapes) {
  const std::string y = R"~({"y": [1, 2, 3], "X": [[1, 2], [3, 4]]})~";
  EXPECT_THAT(message_of(R"~("x": {"dist": "normal", "mu": 0, "sigma": 1, "shape": [4], "observed": "y"})~", y),
              AllOf(StartsWith("model.json: nodes.x.observed: "), HasSubstr("(3)"), HasSubstr("(4)")));
  EXPECT_THAT(message_of(R"~("x": {"dist": "normal", "mu": [0, 0], "sigma": 1, "observed": "X"})~", y),
              AllOf(HasSubstr("(2, 2)"), HasSubstr("(2)"), HasSubstr("\"shape\"")));
  EXPECT_THAT(message_of(R"~("x": {"dist": "normal", "mu": "y", "sigma": 1, "shape": [2]})~", y),
              AllOf(StartsWith("model.json: nodes.x.shape: "), HasSubstr("(3)"), HasSubstr("(2)")));
  EXPECT_THAT(message_of(R"~("x": {"dist": "normal", "mu": "y", "sigma": [1, 2]})~", y),
              AllOf(HasSubstr("(3)"), HasSubstr("(2)")));
  EXPECT_THAT(message_of(R"~("x": {"expr": "y + X"})~", y), AllOf(HasSubstr("(3)"), HasSubstr("(2, 2)")));
  EXPECT_THAT(message_of(R"~("x": {"expr": "X @ y"})~", y),
              AllOf(HasSubstr("(2, 2) @ (3)"), HasSubstr("2 and 3 differ")));
  EXPECT_THAT(message_of(R"~("x": {"expr": "y[3]"})~", y), HasSubstr("index 3 is outside an axis of length 3"));
  EXPECT_THAT(message_of(R"~("x": {"expr": "y[0, 0]"})~", y), HasSubstr("too many indices for an array of shape (3)"));
  EXPECT_THAT(message_of(R"~("x": {"expr": "y[0.5]"})~", y), HasSubstr("whole number"));
  EXPECT_THAT(message_of(R"~("x": {"expr": "y[::0]"})~", y), HasSubstr("must not be 0"));
}

TEST(ModelErrors, NameTheValueOutsideASupport) {
  EXPECT_THAT(message_of(R"~("x": {"dist": "bernoulli", "p": 0.5, "shape": [2, 2], "observed": [[0, 1], [2, 1]]})~"),
              AllOf(StartsWith("model.json: nodes.x.observed: "), HasSubstr("expected 0 or 1, found 2 at [1, 0]")));
  EXPECT_THAT(message_of(R"~("x": {"dist": "exponential", "lam": 1, "observed": -0.5})~"), HasSubstr("found -0.5"));
  EXPECT_THAT(message_of(R"~("x": {"dist": "normal", "mu": 0, "sigma": -1})~"),
              AllOf(StartsWith("model.json: nodes.x.sigma: "), HasSubstr("expected a positive number, found -1")));
  EXPECT_THAT(message_of(R"~("x": {"dist": "normal", "mu": 0, "sigma": 1, "observed": "log(0 * 1)"})~"),
              HasSubstr("found -inf"));
}

TEST(ModelErrors, RefuseWhatCannotBeSampled) {
  EXPECT_THAT(message_of(R"~("z": {"dist": "bernoulli", "p": 0.5})~"),
              AllOf(HasSubstr("discrete"), HasSubstr("marginalise")));
  EXPECT_THAT(message_of(kMu + R"~(, "x": {"dist": "normal", "mu": 0, "sigma": 1, "observed": "mu"})~"),
              HasSubstr("only data can be observed"));
  EXPECT_THAT(message_of(kMu + R"~(, "x": {"dist": "normal", "mu": 0, "sigma": 1, "shape": ["mu"]})~"),
              HasSubstr("must not depend on parameters"));
  EXPECT_THAT(message_of(R"~("x": {"dist": "gaussian_random_walk", "sigma": 1, "init_sigma": 1})~"),
              HasSubstr("needs \"shape\""));
}

TEST(ModelErrors, RefuseShapesThatCannotBeHeld) {
  for (const std::string shape :
       {"[1000000000]", "[100000, 100000]", "[1e300]", "[1e15, 1e15, 1e15]", "[-1]", "[2.5]"}) {
    EXPECT_THAT(message_of("\"x\": {\"dist\": \"normal\", \"mu\": 0, \"sigma\": 1, \"shape\": " + shape + "}"),
                StartsWith("model.json: nodes.x"))
        << shape;
  }
  std::string wide = "[0";
  for (int i = 1; i < 40000; ++i) wide += ",0";
  EXPECT_THAT(message_of(R"~("x": {"expr": "v[:, None] + v"})~", "{\"v\": " + wide + "]}"), HasSubstr("does not fit"));
}

TEST(ModelErrors, DeepAndLongModelsAreNoDanger) {
  std::string chain = "\"n0\": {\"dist\": \"normal\", \"mu\": 0, \"sigma\": 1}";
  for (int i = 3000; i > 0; --i) {
    chain += ", \"n" + std::to_string(i) + "\": {\"expr\": \"n" + std::to_string(i - 1) + " + 1\", \"save\": false}";
  }
  EXPECT_EQ(message_of(chain), "no error");
  std::string sum = "1";
  for (int i = 0; i < 100000; ++i) sum += "+1";
  EXPECT_THAT(message_of("\"x\": {\"expr\": \"" + sum + "\"}"), StartsWith("model.json: nodes.x.expr: "));
}

}  // namespace
}  // namespace exmc::density
