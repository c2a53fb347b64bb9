#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <vector>

#include "exmc/diagnostics/goal.hpp"
#include "exmc/io/draws_so_far.hpp"
#include "exmc/runtime/chain_task.hpp"

namespace exmc::app {

/// Looks, on a thread of its own, whether draws reach a goal: at the quantities first that were farthest from it the
/// last time, and at no further one where these are not there. So a look costs little until the last.
class GoalJudge {
 public:
  explicit GoalJudge(const diagnostics::Goal& goal) : goal_(goal) {}
  GoalJudge(const GoalJudge&) = delete;
  GoalJudge& operator=(const GoalJudge&) = delete;
  /// Gives up the look under way, after the quantity that it is at.
  ~GoalJudge();

  /// One look at a time.
  void begin(std::unique_ptr<io::DrawsSoFar> draws, std::size_t chains, std::uint64_t draws_per_chain);
  /// The answer, once. @throws IoError where the draws could not be read
  [[nodiscard]] std::optional<runtime::Verdict> verdict();

 private:
  struct Quantity {
    std::size_t variable = 0, element = 0;
    double share = 0;  ///< of its goal that it had reached the last time; 0: not looked at yet
  };
  [[nodiscard]] runtime::Verdict look(io::DrawsSoFar& draws, std::size_t chains, std::uint64_t draws_per_chain);
  void list(const std::vector<io::Column>& variables);

  diagnostics::Goal goal_;
  std::vector<Quantity> quantities_;  ///< the one farthest from its goal first
  std::atomic<bool> given_up_ = false;
  std::future<runtime::Verdict> answer_;
};

}  // namespace exmc::app
