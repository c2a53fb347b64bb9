#include "exmc/runtime/worker.hpp"

#include <algorithm>
#include <utility>

namespace exmc::runtime {
namespace {

/// Bytes sent that the coordinator has not taken in yet: bounds what piles up where its disk is slow.
constexpr std::size_t kInFlight = std::size_t{1} << 20;

}  // namespace

void Worker::start(Assignment assignment, Actions& actions) {
  sampling_ = true;
  actions.emplace_back(StartChain{std::move(assignment)});
}

Worker::Actions Worker::assigned(Assignment assignment) {
  Actions actions;
  if (stopping_) return actions;
  const bool own_tuning = !assignment.tuning.empty() || assignment.chain == ChainId{0};
  if (!shares_tuning_ || own_tuning) {
    start(std::move(assignment), actions);
  } else if (shared_tuning_) {
    assignment.tuning = *shared_tuning_;
    start(std::move(assignment), actions);
  } else {
    waiting_ = std::move(assignment);
  }
  return actions;
}

Worker::Actions Worker::shared(std::string tuning) {
  Actions actions;
  shared_tuning_ = std::move(tuning);
  if (waiting_ && !stopping_) {
    waiting_->tuning = *shared_tuning_;
    start(std::move(*waiting_), actions);
  }
  waiting_.reset();
  return actions;
}

void Worker::send_what_fits(Actions& actions) {
  for (Copy& copy : copies_) {
    if (copy.sent) continue;
    if (in_flight_ > 0 && in_flight_ + copy.delivery.size() > kInFlight) break;
    copy.sent = true;
    in_flight_ += copy.delivery.size();
    actions.emplace_back(SendToCoordinator{MessageKind::block, copy.delivery});
  }
}

Worker::Actions Worker::produced(ChainId chain, std::uint64_t end, std::string delivery) {
  Actions actions;
  held_ += delivery.size();
  copies_.push_back({chain, end, std::move(delivery)});
  send_what_fits(actions);
  return actions;
}

Worker::Actions Worker::received(const Acknowledgement& acknowledgement) {
  Actions actions;
  for (Copy& copy : copies_) {
    if (!copy.sent || copy.received || copy.chain != acknowledgement.chain || copy.end > acknowledgement.end) continue;
    copy.received = true;
    in_flight_ -= copy.delivery.size();
  }
  send_what_fits(actions);
  say_stopped(actions);
  return actions;
}

Worker::Actions Worker::durable(const Acknowledgement& acknowledgement) {
  Actions actions = received(acknowledgement);
  std::size_t released = 0;
  std::erase_if(copies_, [&](const Copy& copy) {
    const bool covered = copy.received && copy.chain == acknowledgement.chain && copy.end <= acknowledgement.end;
    if (covered) released += copy.delivery.size();
    return covered;
  });
  held_ -= released;
  if (released) actions.emplace_back(ReleaseCopies{released});
  return actions;
}

Worker::Actions Worker::stop() {
  Actions actions;
  stopping_ = true;
  waiting_.reset();
  if (sampling_) actions.emplace_back(StopSampling{});
  say_stopped(actions);
  return actions;
}

Worker::Actions Worker::sampling_idle() {
  Actions actions;
  sampling_ = false;
  say_stopped(actions);
  return actions;
}

void Worker::say_stopped(Actions& actions) {
  const bool all_sent = std::ranges::all_of(copies_, [](const Copy& copy) { return copy.sent; });
  if (!stopping_ || sampling_ || said_stopped_ || !all_sent) return;
  said_stopped_ = true;
  actions.emplace_back(SendToCoordinator{MessageKind::stopped, {}});
}

}  // namespace exmc::runtime
