#include "exmc/runtime/worker.hpp"

#include <algorithm>
#include <utility>

namespace exmc::runtime {
namespace {

/// Bytes sent that the coordinator has not taken in yet: bounds what piles up where its disk is slow.
constexpr std::size_t kInFlight = std::size_t{1} << 20;

void add(std::vector<ChainId>& chains, ChainId chain) {
  if (std::ranges::find(chains, chain) == chains.end()) chains.push_back(chain);
}

}  // namespace

Worker::Actions Worker::coordinator_changed() {
  Standing standing;
  standing.has_tuning = state_.shared_tuning.has_value();
  standing.stop_reason = state_.stop_reason;
  for (Copy& copy : state_.copies) {
    add(standing.chains, copy.chain);
    copy.sent = copy.received = false;
  }
  for (std::size_t i = state_.first_is_over ? 1 : 0; i < state_.running.size(); ++i) {
    add(standing.chains, state_.running[i].chain);
    standing.running.push_back(state_.running[i]);
  }
  state_.in_flight = 0;
  state_.said_stopped = false;
  Actions actions;
  actions.emplace_back(SendToCoordinator{MessageKind::standing, encode(standing)});
  if (state_.failure) actions.emplace_back(SendToCoordinator{MessageKind::failed, encode(*state_.failure)});
  send_what_fits(actions);
  say_stopped(actions);
  return actions;
}

Worker::Actions Worker::assigned(Assignment assignment) {
  Actions actions;
  if (!state_.stop_reason.empty()) return actions;
  if (assignment.shared_tuning) assignment.tuning = state_.shared_tuning.value();
  state_.running.push_back({assignment.chain, assignment.until});
  actions.emplace_back(StartChain{std::move(assignment)});
  return actions;
}

Worker::Actions Worker::broadcast_over(std::optional<std::string> tuning) {
  if (tuning) state_.shared_tuning = std::move(tuning);
  Actions actions;
  const TuningOutcome outcome{state_.shared_tuning.has_value()};
  actions.emplace_back(SendToCoordinator{MessageKind::tuning_outcome, encode(outcome)});
  return actions;
}

Worker::Actions Worker::tuning_sent(std::string tuning) {
  state_.shared_tuning = std::move(tuning);
  return {};
}

void Worker::send_what_fits(Actions& actions) {
  for (Copy& copy : state_.copies) {
    if (copy.sent) continue;
    if (state_.in_flight > 0 && state_.in_flight + copy.delivery.size() > kInFlight) break;
    copy.sent = true;
    state_.in_flight += copy.delivery.size();
    actions.emplace_back(SendToCoordinator{MessageKind::block, copy.delivery});
  }
}

Worker::Actions Worker::produced(ChainId chain, std::uint64_t end, std::string delivery, bool last) {
  Actions actions;
  state_.first_is_over = last;
  state_.held += delivery.size();
  state_.copies.push_back({chain, end, std::move(delivery)});
  send_what_fits(actions);
  return actions;
}

Worker::Actions Worker::received(const Acknowledgement& acknowledgement) {
  Actions actions;
  for (Copy& copy : state_.copies) {
    if (!copy.sent || copy.received || copy.chain != acknowledgement.chain || copy.end > acknowledgement.end) continue;
    copy.received = true;
    state_.in_flight -= copy.delivery.size();
  }
  send_what_fits(actions);
  say_stopped(actions);
  return actions;
}

Worker::Actions Worker::durable(const Acknowledgement& acknowledgement) {
  Actions actions = received(acknowledgement);
  std::size_t released = 0;
  std::erase_if(state_.copies, [&](const Copy& copy) {
    const bool covered = copy.received && copy.chain == acknowledgement.chain && copy.end <= acknowledgement.end;
    if (covered) released += copy.delivery.size();
    return covered;
  });
  state_.held -= released;
  if (released) actions.emplace_back(ReleaseCopies{released});
  return actions;
}

Worker::Actions Worker::stop(std::string reason) {
  Actions actions;
  state_.stop_reason = std::move(reason);
  if (!state_.running.empty()) actions.emplace_back(StopSampling{});
  say_stopped(actions);
  return actions;
}

Worker::Actions Worker::sampling_idle() {
  Actions actions;
  state_.running.pop_front();
  state_.first_is_over = false;
  say_stopped(actions);
  return actions;
}

Worker::Actions Worker::failed(Ending ending) {
  Actions actions;
  if (state_.failure) return actions;
  state_.failure = std::move(ending);
  actions.emplace_back(SendToCoordinator{MessageKind::failed, encode(*state_.failure)});
  return actions;
}

void Worker::say_stopped(Actions& actions) {
  const bool all_sent = std::ranges::all_of(state_.copies, [](const Copy& copy) { return copy.sent; });
  if (state_.stop_reason.empty() || !state_.running.empty() || state_.said_stopped || !all_sent) return;
  state_.said_stopped = true;
  actions.emplace_back(SendToCoordinator{MessageKind::stopped, {}});
}

}  // namespace exmc::runtime
