#include "selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exmc/core/error.hpp"

namespace exmc::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<io::Column> kVariables = {{"mu", {}}, {"theta", {4}}, {"Sigma", {2, 3}}, {"rate", {3}}};
const Axes kAxes = {{"theta", {std::vector<std::string>{"Andover", "b", "2", "d"}}},
                    {"rate", {std::vector<double>{2010, 1, 2020.5}}}};

Selection select(const std::string& text) { return parse_selection(text, kVariables, kAxes, "--vars"); }

/// Of the only variable that is named.
std::vector<std::size_t> elements(const std::string& text) {
  const Selection selection = select(text);
  return selection.chosen.size() == 1 ? selection.chosen[0].elements : std::vector<std::size_t>{};
}

std::string complaint(const std::string& text) {
  try {
    static_cast<void>(select(text));
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(Selection, IsOneOfThreeWords) {
  EXPECT_TRUE(select("auto").folded);
  EXPECT_FALSE(select("all").folded);
  EXPECT_FALSE(select("none").table);
  for (const char* word : {"auto", "all", "none"}) EXPECT_TRUE(select(word).chosen.empty());
}

TEST(Selection, TakesNamesWithNumpysIndices) {
  const Selection selection = select("mu, theta[0:2],Sigma[1, :]");
  ASSERT_EQ(selection.chosen.size(), 3U);
  EXPECT_FALSE(selection.folded);
  EXPECT_EQ(selection.chosen[1].variable, "theta");
  EXPECT_THAT(selection.chosen[1].elements, ElementsAre(0, 1));
  EXPECT_THAT(selection.chosen[2].elements, ElementsAre(3, 4, 5));
  EXPECT_THAT(elements("Sigma"), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(elements("Sigma[0]"), ElementsAre(0, 1, 2));
  EXPECT_THAT(elements("Sigma[:, -1]"), ElementsAre(2, 5));
  EXPECT_THAT(elements("theta[-2:]"), ElementsAre(2, 3));
  EXPECT_THAT(elements("theta[1:99]"), ElementsAre(1, 2, 3));
}

TEST(Selection, TakesLabelsFirst) {
  EXPECT_THAT(elements("theta[Andover]"), ElementsAre(0));
  EXPECT_THAT(elements("theta[2]"), ElementsAre(2));
  EXPECT_THAT(elements("rate[1]"), ElementsAre(1));
  EXPECT_THAT(elements("rate[2020.5]"), ElementsAre(2));
  EXPECT_THAT(elements("rate[2]"), ElementsAre(2)) << "no label is 2";
}

TEST(Selection, TakesNamesThatAreAnyText) {
  const std::vector<io::Column> labelled = {{"C(x)", {3}}, {"C(x)[T.b]", {}}, {"h(x, m=10)", {2}}, {"1|Größe", {2}}};
  const auto names = [&](const std::string& text) {
    std::vector<std::string> found;
    for (const SelectedElements& chosen : parse_selection(text, labelled, {}, "--vars").chosen) {
      found.push_back(chosen.variable + " " + std::to_string(chosen.elements.size()));
    }
    return found;
  };
  EXPECT_THAT(names("C(x)[T.b]"), ElementsAre("C(x)[T.b] 1"));
  EXPECT_THAT(names("C(x)[1], h(x, m=10) ,1|Größe[0]"), ElementsAre("C(x) 1", "h(x, m=10) 2", "1|Größe 1"));
  EXPECT_THAT(names("h(x, m=10)[1],C(x)"), ElementsAre("h(x, m=10) 1", "C(x) 3"));
}

TEST(Selection, RefusesWhatIsNotThere) {
  EXPECT_THAT(complaint("teta"), HasSubstr("--vars: no variable is called \"teta\" (did you mean \"theta\"?)"));
  EXPECT_THAT(complaint("theta[4]"), HasSubstr("found the index \"4\" of theta, whose shape is (4), expected"));
  EXPECT_THAT(complaint("theta[Bergen]"), HasSubstr("\"Bergen\""));
  EXPECT_THAT(complaint("theta[0, 1]"), HasSubstr("too many indices"));
  EXPECT_THAT(complaint("mu[0]"), HasSubstr("mu has shape ()"));
  EXPECT_THAT(complaint("theta[0"), HasSubstr("expected \"]\""));
  EXPECT_THAT(complaint("theta[3:1]"), HasSubstr("which has no elements"));
  EXPECT_THAT(complaint(""), HasSubstr("no variable is called \"\""));
  EXPECT_THAT(complaint("mu,,theta"), HasSubstr("no variable is called \"\""));
}

}  // namespace
}  // namespace exmc::app
