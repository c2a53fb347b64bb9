#include "exmc/core/nearest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace exmc {
namespace {

const std::vector<std::string> kKeys = {"warmup", "sampler", "output", "seed", "chains"};

TEST(Nearest, FindsATypingMistake) {
  EXPECT_EQ(nearest("wramup", kKeys), "warmup");
  EXPECT_EQ(nearest("chain", kKeys), "chains");
  EXPECT_EQ(did_you_mean("sed", kKeys), " (did you mean \"seed\"?)");
  EXPECT_EQ(did_you_mean("y", std::vector<std::string>{"\ny"}), " (did you mean \"\\ny\"?)") << "one line";
}

TEST(Nearest, PrefersAChangeOfCaseAndNeverChangesAll) {
  const std::vector<std::string> names = {"x", "y", "Beta"};
  EXPECT_EQ(nearest("Y", names), "y");
  EXPECT_EQ(nearest("BETA", names), "Beta");
  EXPECT_EQ(nearest("beta", names), "Beta");
  EXPECT_EQ(nearest("z", names), "");
}

TEST(Nearest, SuggestsNothingForAForeignWord) {
  EXPECT_EQ(nearest("temperature", kKeys), "");
  EXPECT_EQ(did_you_mean(std::string(100000, 'x'), kKeys), "");
}

}  // namespace
}  // namespace exmc
