#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/array.hpp"
#include "exmc/core/coordinate.hpp"
#include "exmc/diagnostics/convergence.hpp"
#include "exmc/diagnostics/goal.hpp"

namespace exmc::diagnostics {

/// One line of the final table: a scalar quantity.
struct SummaryRow {
  std::string name;
  double mean = 0, sd = 0, mcse_mean = 0;
  double q5 = 0, q50 = 0, q95 = 0;
  double ess_bulk = 0, ess_tail = 0, rhat = 0;
  std::uint64_t missing = 0;  ///< draws that are left out
  std::string label{};        ///< how a reader knows it, where its axes have labels; empty: by its name

  [[nodiscard]] const std::string& shown() const { return label.empty() ? name : label; }
};

/// "theta[3]", "sigma[0, 1]", "mu": how tables name element `element` (row-major) of a variable.
[[nodiscard]] std::string element_name(const std::string& variable, const Shape& shape, std::size_t element);
/// "theta[Deerfield]", "rate[2010, 3]": by what stands along its axes, where that is known; by number along those whose
/// labels are empty.
[[nodiscard]] std::string element_name(const std::string& variable, const Shape& shape, std::size_t element,
                                       const std::vector<Coordinate>& axes);

/// Needs at most 100 bytes per draw.
[[nodiscard]] SummaryRow summarise(const std::string& name, const DrawsView& draws);

/// Draws without those that are NaN, which are counted: of each chain the first ones that are there, as many as the
/// chain with the fewest has.
struct Present {
  std::vector<double> values;
  std::size_t chains = 0, draws = 0;
  std::uint64_t missing = 0;

  [[nodiscard]] DrawsView view() const { return {values, chains, draws}; }
};
[[nodiscard]] Present present(const DrawsView& draws);
/// Of these. Where a chain has none, all numbers are NaN.
[[nodiscard]] SummaryRow summarise_present(const std::string& name, const DrawsView& draws);

/// Missing values of a variable of whole numbers, "y of /prior_predictive".
struct MissingNumbers {
  std::string variable;
  std::uint64_t count = 0, total = 0;
};

/// Log density along a chain.
struct ChainLevel {
  double mean = 0, sd = 0;
};
/// Of every chain; a chain by chain row of draws, as for a quantity.
[[nodiscard]] std::vector<ChainLevel> levels_of(const DrawsView& log_density);

/// Which chains are at one level, the highest level first, the chains of each in ascending order. A level ends where
/// the next chain's mean is lower by more than the larger of the two standard deviations: chains with more than some 30
/// effective draws from one posterior are never that far apart.
[[nodiscard]] std::vector<std::vector<std::size_t>> separate_levels(const std::vector<ChainLevel>& chains);

/// A node whose density or gradient was not finite where trajectories ended.
struct BlamedNode {
  std::string node;
  std::uint64_t outside = 0, unsolved = 0, densities = 0, gradients = 0;  ///< how often, and of which kind

  [[nodiscard]] std::uint64_t count() const { return outside + unsolved + densities + gradients; }
};

/// What a run tells besides its draws.
struct RunFacts {
  std::uint64_t chains = 0, draws = 0;  ///< draws per chain
  std::uint64_t divergences = 0;        ///< draws whose trajectory diverged
  std::uint64_t not_finite = 0;         ///< of them, where log density or gradient were not finite
  std::uint64_t bad_gradients = 0;      ///< of them, where the log density was, but its gradient was not
  std::uint64_t outside = 0;            ///< of them, where a parameter was outside of its domain
  std::uint64_t unsolved = 0;           ///< of them, where a differential equation had no solution
  std::uint64_t saturated = 0;          ///< draws whose tree reached its largest depth
  int max_tree_depth = 10;
  std::vector<double> bfmi;              ///< of each chain
  std::vector<std::uint64_t> unsettled;  ///< numbers of the chains whose settling did not succeed
  std::vector<std::uint64_t> numbers{};  ///< of the chains; empty: 0, 1, ...
  std::vector<std::uint64_t> failed{};   ///< numbers of those that are left out
  std::string failure{};                 ///< why the first of these could not go on
  std::vector<MissingNumbers> missing{};
  std::vector<ChainLevel> levels{};  ///< of each chain; empty: not known
  std::vector<BlamedNode> blamed{};  ///< the most frequent first
  std::optional<Goal> goal{};        ///< that all of these draws were to reach; nothing where more may come
  std::uint64_t quantities = 1;      ///< scalars that a table of all has
};

/// Which numbers of a row the warnings are about.
struct Suspicion {
  bool rhat = false, ess = false;
};
/// The one rule for tables, warnings and pages. R-hat: above 1.01, and above what converged chains of that effective
/// size show but for one table in a hundred. ESS: below 100 a chain, and below 1000 where there are more
/// than ten, of what varies.
[[nodiscard]] Suspicion suspicion(const SummaryRow& row, const RunFacts& facts);

/// What a user should know before trusting the table: a sentence with advice.
struct Warning {
  std::string text;
  bool unusable = false;  ///< it means: do not use these draws
};
/// Empty when all is well. `rows` may be some of the table's.
[[nodiscard]] std::vector<Warning> warnings(const std::vector<SummaryRow>& rows, const RunFacts& facts);

}  // namespace exmc::diagnostics
