#include "exmc/diagnostics/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace exmc::diagnostics {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

SummaryRow row(const std::string& name, double mean, double rhat = 1, double ess = 4000) {
  return {name, mean, 2.5, 0.012, -1.5, 1.2, 4.25, ess, ess, rhat};
}

SummaryRow constant(const std::string& name, double value) {
  return {name, value, 0, 0, value, value, value, 4000, 4000, NAN};
}

RunFacts four_chains(std::size_t quantities) {
  RunFacts facts;
  facts.chains = 4;
  facts.draws = 1000;
  facts.quantities = quantities;
  return facts;
}

std::vector<std::string> names(const Table& table) {
  std::vector<std::string> found;
  for (const TableLine& line : table.lines) found.push_back(line.row.name);
  return found;
}

std::string rendered(const Table& table, std::size_t quantities) {
  return render(table, four_chains(quantities), [](const std::string& number) { return number + "!"; });
}

/// A scalar, then a vector whose means are 0, 1, ...
std::vector<SummaryRow> vector_and_scalar(std::size_t length) {
  std::vector<SummaryRow> rows;
  for (std::size_t i = 0; i < length; ++i) rows.push_back(row("b[" + std::to_string(i) + "]", static_cast<double>(i)));
  rows.push_back(row("mu", 7));
  return rows;
}

TEST(FoldedTable, HasScalarsFirst) {
  const Table table = folded_table(vector_and_scalar(2), {{"b", {2}}, {"mu", {}}}, four_chains(3));
  EXPECT_THAT(names(table), ElementsAre("mu", "b[0]", "b[1]"));
  EXPECT_THAT(table.worst, IsEmpty());
  EXPECT_THAT(rendered(table, 3), Not(HasSubstr("--vars")));
}

TEST(FoldedTable, FoldsALongVectorAndShowsTheWorst) {
  std::vector<SummaryRow> rows = vector_and_scalar(5000);
  rows[3210] = row("b[3210]", 0.5, 1.2, 150);
  rows[17].ess_tail = 380;
  const Table table = folded_table(rows, {{"b", {50, 100}}, {"mu", {}}}, four_chains(rows.size()));
  EXPECT_THAT(names(table), ElementsAre("mu", "b[0:50, 0:100]"));
  ASSERT_EQ(table.worst.size(), kMostWorst);
  EXPECT_EQ(table.worst[0].name, "b[3210]");
  EXPECT_EQ(table.worst[1].name, "b[17]");
  const std::string text = rendered(table, rows.size());
  EXPECT_THAT(text, HasSubstr("means from 0 to 4999 "));
  EXPECT_THAT(text, HasSubstr("150!       150!  1.200!\n")) << "what warnings are about is marked";
  EXPECT_THAT(text, HasSubstr("\nb[3210] "));
  EXPECT_THAT(text, HasSubstr("b[0:50, 0:100] and the like: range of means, least ESS, largest R-hat. --vars b shows"));
  EXPECT_LE(std::ranges::count(text, '\n'), 12);
}

TEST(FoldedTable, FoldsTheLongestOnlyAsFarAsItMust) {
  std::vector<SummaryRow> rows;
  for (const auto& [name, length] : {std::pair("a", 4), std::pair("b", 30), std::pair("c", 5)}) {
    for (int i = 0; i < length; ++i) rows.push_back(row(name + ("[" + std::to_string(i) + "]"), i));
  }
  const Table table = folded_table(rows, {{"a", {4}}, {"b", {30}}, {"c", {5}}}, four_chains(39));
  EXPECT_THAT(names(table),
              ElementsAre("a[0]", "a[1]", "a[2]", "a[3]", "b[0:30]", "c[0]", "c[1]", "c[2]", "c[3]", "c[4]"));
}

TEST(FoldedTable, OfThousandsOfScalarsFitsAScreenAndShowsTheWorst) {
  std::vector<SummaryRow> rows;
  std::vector<TableVariable> variables;
  for (int i = 0; i < 5000; ++i) {
    variables.push_back({"x" + std::to_string(i), {}});
    rows.push_back(row(variables.back().name, i, i == 4000 ? 2.0 : 1.0));
  }
  const Table table = folded_table(rows, variables, four_chains(5000));
  EXPECT_EQ(table.lines.size(), kMostLines);
  EXPECT_EQ(table.worst.front().name, "x4000");
  const std::string text = rendered(table, 5000);
  EXPECT_THAT(text, HasSubstr("\n... and 4980 more\nthe worst"));
  EXPECT_THAT(text, HasSubstr("--vars all shows everything"));
}

TEST(FoldedTable, LeavesConstantsOut) {
  const std::vector<SummaryRow> rows = {constant("k", 3),    row("L[0, 0]", 1), constant("L[0, 1]", 0),
                                        row("L[1, 0]", 0.5), row("L[1, 1]", 1), row("mu", 0)};
  const Table table = folded_table(rows, {{"k", {}}, {"L", {2, 2}}, {"mu", {}}}, four_chains(6));
  EXPECT_THAT(names(table), ElementsAre("mu", "L[0, 0]", "L[1, 0]", "L[1, 1]"));
  EXPECT_THAT(rendered(table, 6), HasSubstr("\nconstant: k = 3, 1 of 4 elements of L\n"));
}

TEST(FoldedTable, WhatIsNotFiniteIsNoConstantAndTheWorst) {
  std::vector<SummaryRow> rows = vector_and_scalar(40);
  rows[4] = {"b[4]", NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
  rows[5].rhat = 1.5;
  const Table table = folded_table(rows, {{"b", {40}}, {"mu", {}}}, four_chains(41));
  EXPECT_EQ(table.worst[0].name, "b[4]");
  EXPECT_EQ(table.worst[1].name, "b[5]");
  EXPECT_EQ(table.lines[1].largest_mean, 39);
  EXPECT_EQ(table.lines[1].row.rhat, 1.5);
}

TEST(Suspicion, DoesNotDependOnWhichRowsAreShown) {
  const SummaryRow odd = row("a", 0, 1.025, 500);
  EXPECT_TRUE(suspicion(odd, four_chains(1)).rhat);
  EXPECT_FALSE(suspicion(odd, four_chains(100000)).rhat) << "one of so many is expected to look like that";
  EXPECT_FALSE(suspicion(row("a", 0, 1.0099, 40000), four_chains(1)).rhat);
  EXPECT_TRUE(suspicion(row("a", 0, 1, 399), four_chains(1)).ess);
  EXPECT_FALSE(suspicion(constant("k", 3), four_chains(1)).ess);
}

}  // namespace
}  // namespace exmc::diagnostics
