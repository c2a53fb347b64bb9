#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "exmc/runtime/coordinator.hpp"

/// Events for the tests of Coordinator, and what it wants done about them.
namespace exmc::runtime {

using Actions = Coordinator::Actions;

template <class Action>
std::vector<Action> only(const Actions& actions) {
  std::vector<Action> found;
  for (const CoordinatorAction& action : actions) {
    if (const auto* one = std::get_if<Action>(&action)) found.push_back(*one);
  }
  return found;
}

/// (rank, chain, state) of each assignment.
using Assigned = std::vector<std::tuple<std::int32_t, std::uint32_t, std::string>>;
inline Assigned assigned(const Actions& actions) {
  Assigned found;
  for (const SendMessage& message : only<SendMessage>(actions)) {
    if (message.kind != MessageKind::assign) continue;
    const Assignment assignment = decode_assignment(message.bytes);
    found.emplace_back(message.to.value, assignment.chain.value, assignment.state);
  }
  return found;
}

inline std::optional<Ending> ending(const Actions& actions) {
  const auto ends = only<EndRun>(actions);
  return ends.empty() ? std::nullopt : std::optional(ends.front().ending);
}

inline Delivery delivery(std::uint32_t chain, std::uint64_t begin, std::uint64_t end, bool complete = false) {
  Delivery made;
  made.block.chain = ChainId{chain};
  made.block.begin = begin;
  made.block.end = end;
  made.block.state = "at " + std::to_string(end);
  made.complete = complete;
  return made;
}

inline Delivery end_of_warmup(std::uint32_t chain, std::uint64_t begin, std::uint64_t end) {
  Delivery made = delivery(chain, begin, end);
  made.block.warmup = true;
  made.block.tuning = "tuning";
  return made;
}

inline constexpr RankId kRank0{0}, kRank1{1}, kRank2{2};

inline Coordinator coordinator_of(const RunPlan& plan, std::int32_t ranks, Recovered recovered = {}) {
  return {plan, Membership(kRank0, ranks), {}, std::move(recovered)};
}

inline void append(Actions& actions, const Actions& more) { actions.insert(actions.end(), more.begin(), more.end()); }

/// All living ranks say that they hold nothing.
inline Actions begin(Coordinator& coordinator) {
  Actions actions = coordinator.start({});
  for (std::size_t rank = 0; rank < coordinator.ledger().ranks().size(); ++rank) {
    append(actions, coordinator.joined(RankId{static_cast<std::int32_t>(rank)}, {}));
  }
  return actions;
}

/// The broadcast of the tuning arrives everywhere.
inline Actions tuning_arrives(Coordinator& coordinator) {
  Actions actions;
  for (std::size_t rank = 0; rank < coordinator.ledger().ranks().size(); ++rank) {
    append(actions, coordinator.tuning_outcome(RankId{static_cast<std::int32_t>(rank)}, {true}));
  }
  return actions;
}

}  // namespace exmc::runtime
