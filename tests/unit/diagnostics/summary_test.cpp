#include "exmc/diagnostics/summary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "exmc/core/random.hpp"
#include "exmc/diagnostics/convergence.hpp"
#include "exmc/diagnostics/table.hpp"

namespace exmc::diagnostics {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

SummaryRow row(const std::string& name, double rhat, double ess) {
  return {name, 1.23456, 2.5, 0.012, -1.5, 1.2, 4.25, ess, ess, rhat};
}

RunFacts four_chains() {
  RunFacts facts;
  facts.chains = 4;
  facts.draws = 1000;
  facts.bfmi = {1, 1, 1, 1};
  return facts;
}

/// The warnings' texts.
std::vector<std::string> said(const std::vector<SummaryRow>& rows, const RunFacts& facts) {
  std::vector<std::string> texts;
  for (const Warning& warning : warnings(rows, facts)) texts.push_back(warning.text);
  return texts;
}

bool usable(const std::vector<SummaryRow>& rows, const RunFacts& facts) {
  return std::ranges::none_of(warnings(rows, facts), &Warning::unusable);
}

std::string rendered(const std::vector<SummaryRow>& rows) {
  return render(whole_table(rows), four_chains(), [](const std::string& number) { return number; });
}

TEST(ElementName, CountsRowMajor) {
  EXPECT_EQ(element_name("mu", {}, 0), "mu");
  EXPECT_EQ(element_name("theta", {8}, 7), "theta[7]");
  EXPECT_EQ(element_name("sigma", {2, 3}, 5), "sigma[1, 2]");
  EXPECT_EQ(element_name("sigma", {2, 3}, 1), "sigma[0, 1]");
}

TEST(Warnings, NameTheNodesWhereTrajectoriesEnded) {
  RunFacts facts = four_chains();
  facts.divergences = 86;
  facts.outside = 20;
  facts.unsolved = 16;
  facts.bad_gradients = 10;
  facts.not_finite = 76;
  facts.blamed = {{"lik", 20, 0, 12, 0}, {"b", 0, 0, 18, 10}, {"z", 0, 16, 0, 0}};
  const std::vector<std::string> found = said({}, facts);
  ASSERT_EQ(found.size(), 5U);
  EXPECT_THAT(found[0], HasSubstr("10 of 4000 draws (0.25 %) diverged"));
  EXPECT_THAT(
      found[1],
      HasSubstr("20 of 4000 draws (0.5 %) ended outside of the domain of a distribution's parameter (lik: 20)"));
  EXPECT_THAT(
      found[2],
      HasSubstr("16 of 4000 draws (0.4 %) ended where a differential equation could not be solved (z: 16). Raise"));
  EXPECT_THAT(found[3],
              HasSubstr("30 of 4000 draws (0.75 %) ended where the log density is not finite (b: 18, lik: 12)"));
  EXPECT_THAT(found[4],
              HasSubstr("although the log density is (b: 10): the draws of the nodes concerned are not to be trusted"));
  facts.not_finite = facts.divergences = 2500;
  EXPECT_THAT(said({}, facts).back(), HasSubstr("do not use these draws of lik, b, z."));
}

TEST(ElementName, TakesLabelsWhereAxesHaveThem) {
  const Coordinate schools = std::vector<std::string>{"Andover", "Zürich\n"}, years = std::vector{2010.0, 2010.5};
  EXPECT_EQ(element_name("mu", {}, 0, {}), "mu");
  EXPECT_EQ(element_name("theta", {2}, 0, {schools}), "theta[Andover]");
  EXPECT_EQ(element_name("theta", {2}, 1, {schools}), "theta[Zürich\\n]") << "one line, whatever the label";
  EXPECT_EQ(element_name("rate", {2, 3, 2}, 9, {schools, {}, years}), "rate[Zürich\\n, 1, 2010.5]");
  EXPECT_EQ(element_name("e", {1}, 0, {std::vector<std::string>{""}}), "e[]");
}

TEST(Table, ShowsLabelsAlignedByCharacters) {
  SummaryRow umlaut = row("theta[0]", 1, 4000), plain = row("theta[1]", 1.5, 4000);
  umlaut.label = "theta[Zürich]";
  plain.label = "theta[Bergen]";
  const std::string table = rendered({umlaut, plain});
  EXPECT_THAT(table, HasSubstr("\ntheta[Zürich]  1.235"));
  EXPECT_THAT(table, HasSubstr("\ntheta[Bergen]  1.235"));
  EXPECT_THAT(said({umlaut, plain}, four_chains()).front(), HasSubstr("theta[Bergen] (1.500)"));
  EXPECT_THAT(render_csv({umlaut}), HasSubstr("\ntheta[0],"));
}

TEST(Table, ShowsAsManyDecimalsAsTheErrorAllows) {
  EXPECT_EQ(rendered({row("mu", 1.0014, 3999.6), {"theta[10]", -123.4, 50, 12.3, -200, -120, 7, 17, 18, NAN}}),
            "            mean     sd   mcse      5%    50%    95%  ess_bulk  ess_tail   rhat\n"
            "mu         1.235  2.500  0.012  -1.500  1.200  4.250      4000      4000  1.001\n"
            "theta[10]   -123     50     12    -200   -120      7        17        18    nan\n");
}

TEST(Table, StaysReadableForExtremeNumbers) {
  EXPECT_THAT(rendered({{"big", 1.23456e12, 1e10, 1e9, 1, 1, 2e12, 10, 10, 1}}), HasSubstr("1.235e+12"));
  EXPECT_THAT(rendered({{"small", 1.23456e-12, 1e-12, 1e-14, 1, 1, 1, 10, 10, 1}}), HasSubstr("1.235e-12"));
  EXPECT_THAT(rendered({{"constant", 3, 0, 0, 3, 3, 3, 10, 10, NAN}}), HasSubstr("constant     3   0     0   3"));
}

TEST(Summarise, TakesNumbersWhoseSquaresOverflow) {
  RandomStream random({5, ChainId{0}}, Purpose::start, 1);
  std::vector<double> draws(4000);
  for (double& x : draws) x = random.normal();
  const SummaryRow plain = summarise("x", {draws, 4, 1000});
  for (const double unit : {0x1p+660, 0x1p-660}) {
    std::vector<double> scaled = draws;
    for (double& x : scaled) x *= unit;
    const SummaryRow row = summarise("x", {scaled, 4, 1000});
    EXPECT_DOUBLE_EQ(row.mean / unit, plain.mean);
    EXPECT_DOUBLE_EQ(row.sd / unit, plain.sd);
    EXPECT_NEAR(row.mcse_mean / unit, plain.mcse_mean, 1e-12);
    EXPECT_NEAR(mcse_sd({scaled, 4, 1000}) / unit, mcse_sd({draws, 4, 1000}), 1e-12);
    EXPECT_EQ(row.rhat, plain.rhat);
  }
}

TEST(Csv, HasEveryDigitAndQuotesCommas) {
  EXPECT_EQ(render_csv({row("mu", 1.0014, 3999.6), {"sigma[0, 1]", 1.0 / 3, 1e-300, 0, 1e22, INFINITY, 0, 1, 2, NAN}}),
            "name,mean,sd,mcse_mean,q5,q50,q95,ess_bulk,ess_tail,rhat,missing\n"
            "mu,1.23456,2.5,0.012,-1.5,1.2,4.25,3999.6,3999.6,1.0014,0\n"
            "\"sigma[0, 1]\",0.3333333333333333,1e-300,0,1e+22,inf,0,1,2,NaN,0\n");
}

TEST(Summary, LeavesMissingIntegersOutAndCountsThem) {
  // Two chains of six draws, of which one and two are missing: four of each are left.
  const std::vector<double> draws{1, 2, NAN, 3, 4, 5, NAN, 2, NAN, 4, 6, 8};
  const std::vector<double> kept{1, 2, 3, 4, 2, 4, 6, 8};
  const SummaryRow row = summarise_present("n", {draws, 2, 6}), expected = summarise("n", {kept, 2, 4});
  EXPECT_EQ(row.missing, 3U);
  EXPECT_EQ(row.mean, expected.mean);
  EXPECT_EQ(row.q95, expected.q95);
  EXPECT_EQ(row.rhat, expected.rhat);
  EXPECT_TRUE(std::isnan(summarise("n", {draws, 2, 6}).mean)) << "what it would be with them";
  const std::vector<double> whole{1, 2, 3, 4};
  EXPECT_EQ(summarise_present("n", {whole, 1, 4}).missing, 0U);
  const std::vector<double> none{NAN, NAN, 1, 2};
  const SummaryRow empty = summarise_present("n", {none, 2, 2});
  EXPECT_EQ(empty.missing, 2U);
  EXPECT_TRUE(std::isnan(empty.mean));
}

TEST(Warnings, CountMissingIntegersOncePerVariable) {
  RunFacts facts = four_chains();
  facts.missing = {{"y of /prior_predictive", 207, 15000}};
  EXPECT_THAT(said({row("mu", 1.0, 4000)}, facts),
              ElementsAre(HasSubstr("y of /prior_predictive: 207 of 15000 whole numbers are missing")));
}

TEST(Warnings, AreSilentWhenAllIsWell) { EXPECT_THAT(said({row("mu", 1.005, 1000)}, four_chains()), IsEmpty()); }

TEST(Warnings, SayWhichGoalAllDrawsDidNotReach) {
  RunFacts facts = four_chains();
  facts.goal = Goal{1000, 1.01};
  EXPECT_THAT(said({row("mu", 1.005, 1000)}, facts), IsEmpty());
  EXPECT_THAT(said({row("mu", 1.005, 999.7)}, facts), ElementsAre(HasSubstr("ESS 999 (of 1000), R-hat 1.0050")));
  facts.goal = Goal{500, 1.0049999};
  EXPECT_THAT(said({row("mu", 1.005, 1000)}, facts), ElementsAre(HasSubstr("The goal was not reached with all")));
}

TEST(Attained, IsOfTheQuantitiesThatHaveNumbers) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  Attained attained;
  EXPECT_FALSE(reaches(attained, {1, 2})) << "there is nothing";
  attained.add({0, 0, 0, nan, nan, nan});
  attained.add({0, 0, 0, 400, 300, nan});
  EXPECT_TRUE(reaches(attained, {300, 1.01})) << "a single chain has no R-hat";
  attained.add({0, 0, 0, 500, 600, 1.02});
  EXPECT_FALSE(reaches(attained, {300, 1.01}));
  EXPECT_TRUE(reaches(attained, {300, 1.02}));
  EXPECT_FALSE(reaches(attained, {301, 1.02}));
}

TEST(Warnings, NameTheWorstFirst) {
  const std::vector<std::string> found = said({row("a", 1.05, 1000), row("b", 1.3, 1000)}, four_chains());
  EXPECT_THAT(found,
              ElementsAre(AllOf(HasSubstr("R-hat is above 1.01 for b (1.300), a (1.050)"), HasSubstr("Run longer"))));
}

TEST(Warnings, AllowTheRhatThatAFewEffectiveDrawsShow) {
  EXPECT_THAT(said({row("a", 1.02, 450)}, four_chains()), IsEmpty());
  EXPECT_THAT(said({row("a", 1.02, 4000)}, four_chains()), ElementsAre(HasSubstr("R-hat")));
}

TEST(Warnings, DoNotExcuseRhatByATinyEffectiveSize) {
  EXPECT_THAT(
      said({row("a", 1.7, 6)}, four_chains()),
      ElementsAre(HasSubstr("R-hat"), HasSubstr("Effective sample size is below 400 (100 per chain) for a (6)")));
}

/// Draws of 1000 chains of 20 each, around means that differ by `spread` standard deviations.
SummaryRow many_short_chains(double spread) {
  constexpr std::size_t chains = 1000, draws = 20;
  RandomStream random({7, ChainId{0}}, Purpose::start, 0);
  std::vector<double> values;
  for (std::size_t chain = 0; chain < chains; ++chain) {
    const double mean = spread * random.normal();
    for (std::size_t draw = 0; draw < draws; ++draw) values.push_back(mean + random.normal());
  }
  return summarise("x", {values, chains, draws});
}

TEST(Warnings, AskOfManyShortChainsWhatTheyCanHaveInAll) {
  RunFacts facts = four_chains();
  facts.chains = 1000;
  facts.draws = 20;
  EXPECT_THAT(said({many_short_chains(0)}, facts), IsEmpty());
  EXPECT_THAT(said({many_short_chains(0.5)}, facts), Contains(HasSubstr("R-hat")));
  EXPECT_THAT(said({row("x", 1, 900)}, facts), ElementsAre(HasSubstr("below 1000 (100 per chain of 10) for x (900)")));
}

/// Converged chains whose effective size is just enough set off the R-hat warning in about one table of a hundred.
TEST(Warnings, AreRareForConvergedChains) {
  int alarms = 0, above_limit = 0;
  constexpr std::uint64_t tables = 300, draws = 440;
  constexpr double coefficient = 0.6;  // an effective size of a quarter
  for (std::uint64_t table = 0; table < tables; ++table) {
    std::vector<double> values;
    for (std::uint32_t chain = 0; chain < 4; ++chain) {
      RandomStream random({table, {chain}}, Purpose::draw, 0);
      double x = random.normal();
      for (std::uint64_t draw = 0; draw < draws; ++draw) {
        values.push_back(x);
        x = coefficient * x + std::sqrt(1 - coefficient * coefficient) * random.normal();
      }
    }
    RunFacts facts = four_chains();
    facts.draws = draws;
    const SummaryRow summary = summarise("x", {values, 4, draws});
    above_limit += summary.rhat > 1.01 ? 1 : 0;
    const std::vector<std::string> found = said({summary}, facts);
    alarms += !found.empty() && found.front().starts_with("R-hat") ? 1 : 0;
  }
  EXPECT_LE(alarms, 9);
  EXPECT_GT(above_limit, 50);  // the bare limit of 1.01 would cry wolf
}

TEST(Warnings, CoverTrajectoriesEnergyAndSettling) {
  RunFacts facts = four_chains();
  facts.divergences = 40;
  facts.saturated = 2;
  facts.bfmi = {1, 0.12, 1, 1};
  facts.unsettled = {2, 3};
  EXPECT_THAT(said({row("mu", 1, 1000)}, facts),
              ElementsAre(HasSubstr("40 of 4000 draws (1 %) diverged"), HasSubstr("largest tree depth, 10"),
                          HasSubstr("E-BFMI is below 0.3 in chain 1 (0.12)"), HasSubstr("warm-up in chain 2, 3")));
}

TEST(Warnings, NameTheChainsOfEachLevel) {
  RunFacts facts = four_chains();
  facts.levels = {{-843.2, 1.5}, {-818.1, 1.4}, {-818.4, 1.6}, {-817.9, 1.5}};
  EXPECT_THAT(
      said({row("mu", 1, 1000)}, facts),
      ElementsAre(HasSubstr("different levels of the log density: chains 1, 2, 3 at -818.133, chain 0 at -843.2.")));
  facts.levels[0] = {-819.2, 1.5};
  EXPECT_THAT(said({row("mu", 1, 1000)}, facts), IsEmpty());
}

/// Chains of one posterior, barely long enough, are at one level.
TEST(Levels, AreOneForConvergedChains) {
  int apart = 0;
  for (std::uint64_t run = 0; run < 200; ++run) {
    std::vector<double> values;
    for (std::uint32_t chain = 0; chain < 5; ++chain) {
      RandomStream random({run, {chain}}, Purpose::draw, 0);
      double x = random.normal();
      for (int draw = 0; draw < 100; ++draw) {
        values.push_back(x);
        x = 0.5 * x + std::sqrt(0.75) * random.normal();
      }
    }
    if (separate_levels(levels_of({values, 5, 100})).size() > 1) ++apart;
  }
  EXPECT_EQ(apart, 0);
}

TEST(Warnings, DoNotTakeAConstantEnergyForASlowOne) {
  RunFacts facts = four_chains();
  facts.bfmi = {0, 0, 0, 0};
  EXPECT_THAT(said({row("mu", 1, 1000)}, facts), IsEmpty());
}

TEST(Warnings, TellOfDrawsThatAreNotFinite) {
  SummaryRow broken = row("x", NAN, NAN);
  broken.mean = NAN;
  EXPECT_THAT(said({broken}, four_chains()), ElementsAre(HasSubstr("not finite for x")));
}

TEST(Warnings, CountTooFewDrawsForAnEffectiveSizeAsNone) {
  EXPECT_THAT(said({row("x", NAN, NAN)}, four_chains()), ElementsAre(HasSubstr("below 400 (100 per chain) for x (0)")));
}

/// As docs/messages.md says.
TEST(Warnings, SayWhichOfThemForbidToUseTheDraws) {
  const std::vector<SummaryRow> fine = {row("mu", 1, 1000)};
  EXPECT_FALSE(usable({row("a", 1.3, 1000)}, four_chains()));
  EXPECT_FALSE(usable({row("a", 1, 300)}, four_chains()));
  const auto with = [&](auto change) {
    RunFacts facts = four_chains();
    change(facts);
    return usable(fine, facts);
  };
  EXPECT_TRUE(with([](RunFacts& facts) { facts.divergences = 40; })) << "1 %";
  EXPECT_FALSE(with([](RunFacts& facts) { facts.divergences = 41; }));
  EXPECT_FALSE(with([](RunFacts& facts) { facts.divergences = facts.not_finite = facts.bad_gradients = 1; }));
  EXPECT_FALSE(with([](RunFacts& facts) { facts.divergences = facts.not_finite = 2001; }));
  EXPECT_FALSE(with([](RunFacts& facts) { facts.levels = {{-9, 1}, {0, 1}}; }));
  EXPECT_TRUE(with([](RunFacts& facts) {
    facts.divergences = facts.not_finite = facts.outside = 3;
    facts.saturated = 2000;
    facts.bfmi = {0.1, 1, 1, 1};
    facts.unsettled = {2};
    facts.missing = {{"y", 1, 10}};
  }));
}

TEST(Warnings, NameFiveAtMost) {
  std::vector<SummaryRow> rows;
  for (int i = 0; i < 9; ++i) rows.push_back(row(std::to_string(i), 2, 1000));
  EXPECT_THAT(said(rows, four_chains()), ElementsAre(HasSubstr("and 4 more")));
}

}  // namespace
}  // namespace exmc::diagnostics
