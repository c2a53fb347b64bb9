#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <cstdio>
#include <utility>

#include "exmc/diagnostics/summary.hpp"

namespace exmc::diagnostics {
namespace {

/// The limits of Vehtari et al. 2021, section 4: what four good chains reach. A hundred a chain is what estimates of
/// variances and autocorrelations within chains want; that many chains have a thousand in all is enough for intervals,
/// since what is estimated of all chains is then known from all of them.
constexpr double kLargestRhat = 1.01;
constexpr double kSmallestEssPerChain = 100;
constexpr std::uint64_t kMostChainsAsked = 10;

/// Below it the momentum resampling explores the energy too slowly. A rule of thumb without a theorem: Stan's diagnose
/// and ArviZ use the same number, after Betancourt 2016.
constexpr double kSmallestBfmi = 0.3;

/// More divergent draws than that are not noise at the edge of the posterior. A rule of thumb, too.
constexpr double kMostDivergent = 0.01;

/// How often converged chains may set off the R-hat warning, over the whole table.
constexpr double kFalseAlarms = 0.01;

std::string text_of(double value, const char* format) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

std::string percent(std::uint64_t count, std::uint64_t total) {
  const double share = 100 * static_cast<double>(count) / static_cast<double>(total);
  return std::to_string(count) + " of " + std::to_string(total) + " draws (" +
         text_of(share, share < 10 ? "%.2g" : "%.0f") + " %)";
}

void warn(std::vector<Warning>& sentences, std::string text, bool unusable = false) {
  sentences.push_back({std::move(text), unusable});
}

/// `a (3), b (4), ... and 5 more`
template <class Range, class Describe>
std::string listing(const Range& items, Describe describe) {
  constexpr std::size_t most_named = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(items.size(), most_named); ++i) text += (i ? ", " : "") + describe(items[i]);
  if (items.size() > most_named) text += " and " + std::to_string(items.size() - most_named) + " more";
  return text;
}

double asked_ess(const RunFacts& facts) {
  return kSmallestEssPerChain * static_cast<double>(std::min(facts.chains, kMostChainsAsked));
}

/// The largest R-hat that converged chains show, but for one table in 1 / kFalseAlarms. The means of m split chains of
/// n draws and effective size s each vary by W / s, so that R-hat^2 - 1 is about chi2(m - 1) / (m - 1) / s - 1 / n;
/// there are two R-hats a row. An effective size under what is asked for excuses nothing.
double allowed_rhat(double ess, const RunFacts& facts) {
  const double split_chains = 2 * static_cast<double>(facts.chains);
  const double effective = std::max(ess, asked_ess(facts)) / split_chains;
  const boost::math::chi_squared law(split_chains - 1);
  const double tail = kFalseAlarms / (2 * static_cast<double>(facts.quantities));
  const double extreme = boost::math::quantile(boost::math::complement(law, tail)) / (split_chains - 1);
  const double split_draws = static_cast<double>(std::max<std::uint64_t>(2, facts.draws)) / 2;
  return std::sqrt(1 + extreme / effective - 1 / split_draws);
}

/// None where there are fewer than four draws.
double smaller_ess(const SummaryRow& row) {
  const double ess = std::min(row.ess_bulk, row.ess_tail);
  return std::isnan(ess) ? 0 : ess;
}

void warn_of_rhat(const std::vector<SummaryRow>& rows, const RunFacts& facts, std::vector<Warning>& sentences) {
  std::vector<const SummaryRow*> bad;
  for (const SummaryRow& row : rows) {
    if (suspicion(row, facts).rhat) bad.push_back(&row);
  }
  if (bad.empty()) return;
  std::sort(bad.begin(), bad.end(), [](const auto* a, const auto* b) { return a->rhat > b->rhat; });
  const std::string which =
      listing(bad, [](const SummaryRow* row) { return row->shown() + " (" + text_of(row->rhat, "%.3f") + ")"; });
  warn(sentences,
       "R-hat is above " + text_of(kLargestRhat, "%g") + " for " + which +
           ": the chains disagree; do not use these draws. Run longer, or reparametrise the model.",
       true);
}

void warn_of_ess(const std::vector<SummaryRow>& rows, const RunFacts& facts, std::vector<Warning>& sentences) {
  std::vector<const SummaryRow*> bad;
  for (const SummaryRow& row : rows) {
    if (suspicion(row, facts).ess) bad.push_back(&row);
  }
  if (bad.empty()) return;
  std::sort(bad.begin(), bad.end(), [](const auto* a, const auto* b) { return smaller_ess(*a) < smaller_ess(*b); });
  const std::string which = listing(
      bad, [](const SummaryRow* row) { return row->shown() + " (" + text_of(smaller_ess(*row), "%.0f") + ")"; });
  warn(sentences,
       "Effective sample size is below " + text_of(asked_ess(facts), "%.0f") + " (" +
           text_of(kSmallestEssPerChain, "%g") + " per chain" +
           (facts.chains > kMostChainsAsked ? " of " + std::to_string(kMostChainsAsked) : "") + ") for " + which +
           ": R-hat and intervals are not to be relied on. Take more draws, or reparametrise the model.",
       true);
}

void warn_of_missing(const std::vector<SummaryRow>& rows, std::vector<Warning>& sentences) {
  std::vector<const SummaryRow*> bad;
  for (const SummaryRow& row : rows) {
    if (!std::isfinite(row.mean) && row.missing == 0) bad.push_back(&row);
  }
  if (bad.empty()) return;
  warn(sentences, "Some draws are not finite for " + listing(bad, [](const SummaryRow* row) { return row->shown(); }) +
                      ": look for overflow or an undefined expression in the model.");
}

void warn_of_missing_integers(const RunFacts& facts, std::vector<Warning>& sentences) {
  for (const MissingNumbers& missing : facts.missing) {
    warn(sentences, missing.variable + ": " + std::to_string(missing.count) + " of " + std::to_string(missing.total) +
                        " whole numbers are missing, beyond 64 bits or without a value; summaries leave them out. See "
                        "whether the priors let rates be that large.");
  }
}

/// " (lik: 12, b: 3)": the nodes concerned; empty where none is known.
std::string at_nodes(const RunFacts& facts, std::uint64_t BlamedNode::*kind) {
  std::vector<const BlamedNode*> nodes;
  for (const BlamedNode& node : facts.blamed) {
    if (node.*kind > 0) nodes.push_back(&node);
  }
  if (nodes.empty()) return "";
  std::ranges::stable_sort(nodes, [&](const auto* a, const auto* b) { return a->*kind > b->*kind; });
  return " (" +
         listing(nodes, [&](const BlamedNode* node) { return node->node + ": " + std::to_string(node->*kind); }) + ")";
}

std::string names_of(const std::vector<BlamedNode>& nodes) {
  return nodes.empty() ? "" : " of " + listing(nodes, [](const BlamedNode& node) { return node.node; });
}

void warn_of_trajectories(const RunFacts& facts, std::vector<Warning>& sentences) {
  const std::uint64_t total = facts.chains * facts.draws;
  const std::uint64_t energy = facts.divergences - facts.not_finite;
  if (energy > 0) {
    const bool many = static_cast<double>(energy) > kMostDivergent * static_cast<double>(total);
    warn(sentences,
         percent(energy, total) + " diverged: parts of the posterior may be missing" +
             (many ? "; do not use these draws" : "") +
             ". Reparametrise the model (non-centred, say), or raise sampler.target_accept.",
         many);
  }
  if (facts.outside > 0) {
    warn(sentences, percent(facts.outside, total) + " ended outside of the domain of a distribution's parameter" +
                        at_nodes(facts, &BlamedNode::outside) +
                        ". Give what it is made of bounds, or a link that keeps it inside.");
  }
  if (facts.unsolved > 0) {
    warn(sentences, percent(facts.unsolved, total) + " ended where a differential equation could not be solved" +
                        at_nodes(facts, &BlamedNode::unsolved) +
                        ". Raise max_steps, take method \"bdf\" where it is stiff, or give its parameters priors that "
                        "exclude such points.");
  }
  const std::uint64_t no_density = facts.not_finite - facts.bad_gradients - facts.outside - facts.unsolved;
  if (no_density > 0) {
    warn(sentences, percent(no_density, total) + " ended where the log density is not finite" +
                        at_nodes(facts, &BlamedNode::densities) +
                        ": an expression is undefined there, or overflows. Give the parameters bounds or links that "
                        "exclude it.");
  }
  if (facts.bad_gradients > 0) {
    warn(sentences,
         percent(facts.bad_gradients, total) + " ended where the gradient is not finite although the log density is" +
             at_nodes(facts, &BlamedNode::gradients) +
             ": the draws of the nodes concerned are not to be trusted, whatever R-hat says.",
         true);
  }
  if (2 * facts.not_finite > total) {
    warn(sentences,
         "Most trajectories met a log density or a gradient that is not finite: do not use these draws" +
             names_of(facts.blamed) + ".",
         true);
  }
  if (facts.saturated > 0) {
    warn(sentences, percent(facts.saturated, total) + " reached the largest tree depth, " +
                        std::to_string(facts.max_tree_depth) +
                        ": sampling is slow, not wrong. Raise sampler.max_tree_depth, or rescale the parameters.");
  }
}

void warn_of_goal(const std::vector<SummaryRow>& rows, const RunFacts& facts, std::vector<Warning>& sentences) {
  if (!facts.goal) return;
  Attained attained;
  for (const SummaryRow& row : rows) attained.add({row.q5, row.q50, row.q95, row.ess_bulk, row.ess_tail, row.rhat});
  if (reaches(attained, *facts.goal)) return;
  warn(sentences, "The goal was not reached with all " + std::to_string(facts.draws) +
                      " draws of each chain: " + describe(attained, *facts.goal) +
                      ". Raise sampler.draws, the limit, and go on with --resume, or reparametrise the model.");
}

/// Of the chain that is the `chain`-th of those that are read.
std::string number_of(const RunFacts& facts, std::size_t chain) {
  return std::to_string(facts.numbers.empty() ? chain : facts.numbers[chain]);
}

/// Chains that sample at different levels of the log density are in different modes, or some have not arrived.
void warn_of_levels(const RunFacts& facts, std::vector<Warning>& sentences) {
  constexpr std::uint64_t fewest_draws = 50;  // for a mean and a deviation
  if (facts.draws < fewest_draws) return;
  const std::vector<std::vector<std::size_t>> levels = separate_levels(facts.levels);
  if (levels.size() < 2) return;
  const auto describe = [&](const std::vector<std::size_t>& level) {
    double mean = 0;
    for (const std::size_t chain : level) mean += facts.levels[chain].mean / static_cast<double>(level.size());
    const auto number = [&](std::size_t chain) { return number_of(facts, chain); };
    return (level.size() == 1 ? "chain " : "chains ") + listing(level, number) + " at " + text_of(mean, "%.6g");
  };
  warn(sentences,
       "Chains sample at different levels of the log density: " + listing(levels, describe) +
           ". They are in different modes, or the lower ones have not arrived; do not average over them. "
           "Start them elsewhere (init), or see what the modes have in common.",
       true);
}

void warn_of_failures(const RunFacts& facts, std::vector<Warning>& sentences) {
  if (facts.failed.empty()) return;
  const std::uint64_t all = facts.chains + facts.failed.size();
  warn(sentences, std::to_string(facts.failed.size()) + " of " + std::to_string(all) +
                      " chains failed and are left out: " +
                      listing(facts.failed, [](std::uint64_t chain) { return std::to_string(chain); }) + " (" +
                      facts.failure + "). --resume tries other starts for them.");
}

void warn_of_chains(const RunFacts& facts, std::vector<Warning>& sentences) {
  std::vector<std::string> low;
  for (std::size_t chain = 0; chain < facts.bfmi.size(); ++chain) {
    const bool moves = facts.bfmi[chain] != 0;  // without parameters the energy is a constant
    if (moves && facts.bfmi[chain] < kSmallestBfmi) {
      low.push_back(number_of(facts, chain) + " (" + text_of(facts.bfmi[chain], "%.2f") + ")");
    }
  }
  if (!low.empty()) {
    warn(sentences, "E-BFMI is below " + text_of(kSmallestBfmi, "%g") + " in chain " +
                        listing(low, [](const std::string& text) { return text; }) +
                        ": heavy tails are explored slowly. Reparametrise the model; a higher sampler.target_accept "
                        "does not help.");
  }
  if (!facts.unsettled.empty()) {
    warn(sentences,
         "Neither settling nor a warm-up of its own brought the log density up to that of chain 0's "
         "warm-up in chain " +
             listing(facts.unsettled, [](std::uint64_t chain) { return std::to_string(chain); }) +
             ": the posterior may have several modes. Compare its draws with the others'.");
  }
}

}  // namespace

Suspicion suspicion(const SummaryRow& row, const RunFacts& facts) {
  Suspicion found;
  found.rhat = row.rhat > kLargestRhat && row.rhat > allowed_rhat(std::min(row.ess_bulk, row.ess_tail), facts);
  found.ess = std::isfinite(row.mean) && row.sd != 0 && smaller_ess(row) < asked_ess(facts);
  return found;
}

std::vector<Warning> warnings(const std::vector<SummaryRow>& rows, const RunFacts& facts) {
  std::vector<Warning> sentences;
  warn_of_failures(facts, sentences);
  warn_of_missing(rows, sentences);
  warn_of_missing_integers(facts, sentences);
  warn_of_rhat(rows, facts, sentences);
  warn_of_levels(facts, sentences);
  warn_of_ess(rows, facts, sentences);
  warn_of_goal(rows, facts, sentences);
  warn_of_trajectories(facts, sentences);
  warn_of_chains(facts, sentences);
  return sentences;
}

}  // namespace exmc::diagnostics
