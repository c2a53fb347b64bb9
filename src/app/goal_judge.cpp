#include "goal_judge.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "exmc/diagnostics/summary.hpp"

namespace exmc::app {
namespace {

using diagnostics::Convergence;

/// Quantities that are looked at in any case, so that the figures on the way are near those of all.
constexpr std::size_t kFewestQuantities = 8;

/// As the summary has it.
Convergence convergence_of(const io::Column& variable, const diagnostics::DrawsView& draws) {
  if (variable.storage != io::Storage::int64) return diagnostics::convergence(draws);
  return diagnostics::convergence(diagnostics::present(draws).view());
}

/// 1 and more where a quantity has reached its goal.
double share_of(const Convergence& quantity, const diagnostics::Goal& goal) {
  const double ess = std::min(quantity.ess_bulk, quantity.ess_tail) / goal.ess;
  if (std::isnan(ess)) return HUGE_VAL;
  return quantity.rhat > goal.rhat ? std::min(ess, (goal.rhat - 1) / (quantity.rhat - 1)) : ess;
}

}  // namespace

GoalJudge::~GoalJudge() {
  given_up_ = true;
  if (answer_.valid()) answer_.wait();
}

void GoalJudge::begin(std::unique_ptr<io::DrawsSoFar> draws, std::size_t chains, std::uint64_t draws_per_chain) {
  answer_ = std::async(std::launch::async, [this, draws = std::move(draws), chains, draws_per_chain] {
    return look(*draws, chains, draws_per_chain);
  });
}

std::optional<runtime::Verdict> GoalJudge::verdict() {
  if (!answer_.valid() || answer_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return std::nullopt;
  return answer_.get();
}

void GoalJudge::list(const std::vector<io::Column>& variables) {
  for (std::size_t variable = 0; variable < variables.size(); ++variable) {
    for (std::size_t element = 0; element < element_count(variables[variable].shape); ++element) {
      quantities_.push_back({variable, element});
    }
  }
}

runtime::Verdict GoalJudge::look(io::DrawsSoFar& draws, std::size_t chains, std::uint64_t draws_per_chain) {
  const std::vector<io::Column> variables = draws.variables();
  if (quantities_.empty()) list(variables);
  diagnostics::Attained attained;
  bool all = true;
  std::size_t looked_at = 0;
  for (Quantity& quantity : quantities_) {
    const bool first = quantity.share == 0;
    if (given_up_ || (!all && !first && looked_at >= kFewestQuantities)) break;
    const std::vector<double> values = draws.element(quantity.variable, quantity.element);
    const Convergence found =
        convergence_of(variables[quantity.variable], {values, chains, static_cast<std::size_t>(draws_per_chain)});
    quantity.share = share_of(found, goal_);
    attained.add(found);
    all = all && quantity.share >= 1;
    ++looked_at;
  }
  std::ranges::stable_sort(quantities_, {}, &Quantity::share);
  const bool enough = all && !given_up_ && diagnostics::reaches(attained, goal_);
  return {draws_per_chain, enough, diagnostics::describe(attained, goal_)};
}

}  // namespace exmc::app
