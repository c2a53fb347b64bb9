#include "fleet.hpp"

#include <ctime>
#include <stdexcept>
#include <utility>
#include <variant>

namespace exmc::bench {

using runtime::Coordinator;
using runtime::MessageKind;
using runtime::Worker;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

namespace {

std::vector<Process> places_of(const FleetPlan& plan) {
  std::vector<Process> places;
  for (std::int32_t rank = 0; rank < plan.ranks; ++rank) {
    places.push_back({"node" + std::to_string(rank / plan.ranks_of_a_host), 1000 + rank, 1});
  }
  return places;
}

runtime::RunPlan run_plan(const FleetPlan& plan) {
  runtime::RunPlan run;
  run.chains = plan.chains;
  run.share_tuning = true;
  return run;
}

}  // namespace

Fleet::Fleet(const FleetPlan& plan)
    : plan_(plan),
      coordinator_(run_plan(plan), runtime::Membership(RankId{0}, plan.ranks), places_of(plan), {}),
      ranks_(static_cast<std::size_t>(plan.ranks)) {}

FleetReport Fleet::run() {
  begin();
  const std::int32_t hosts = plan_.ranks / plan_.ranks_of_a_host;
  std::int32_t dead = 0;
  for (std::uint64_t number = 1; !ended_; ++number) {
    const std::uint64_t before = complete_ + report_.blocks.events;
    turn();
    const double done = static_cast<double>(complete_) / plan_.chains;
    const bool one_dies = dead < plan_.dying_hosts && done * (plan_.dying_hosts + 1) > dead + 1;
    if (one_dies) die(hosts - ++dead);
    if (wants_flush_ || number % plan_.turns_of_a_flush == 0) flush();
    if (!ended_ && before == complete_ + report_.blocks.events && sent_.empty()) {
      throw std::runtime_error("the fleet stands still");
    }
  }
  if (complete_ != plan_.chains) throw std::runtime_error("the run ended without all of its chains");
  return report_;
}

void Fleet::begin() {
  carry_out(coordinator_.start({}));
  for (std::int32_t rank = 0; rank < plan_.ranks; ++rank) {
    carry_out(rank, ranks_[static_cast<std::size_t>(rank)].worker.coordinator_changed());
  }
  const std::vector<Sent> standings = std::exchange(sent_, {});
  decide(report_.begun, standings);
}

void Fleet::turn() {
  for (std::int32_t rank = 0; rank < plan_.ranks; ++rank) produce(rank);
  deliver();
}

void Fleet::produce(std::int32_t number) {
  Rank& rank = ranks_[static_cast<std::size_t>(number)];
  if (!rank.alive || rank.chains.empty()) return;
  const runtime::Assignment& chain = rank.chains.front();
  if (rank.made == 0 && !chain.state.empty()) rank.made = std::stoull(chain.state);
  runtime::Delivery delivery;
  runtime::Block& block = delivery.block;
  block.chain = chain.chain;
  block.begin = rank.made;
  block.end = ++rank.made;
  block.warmup = chain.chain.value == 0 && block.begin == 0;
  if (block.warmup) block.tuning = "tuning";
  block.first = block.begin;
  block.rows = 1;
  block.state = std::to_string(block.end);
  block.state.resize(plan_.state_bytes, ' ');
  delivery.complete = block.end == plan_.blocks;
  const std::uint64_t end = block.end;
  const bool last = delivery.complete;
  carry_out(number, rank.worker.produced(chain.chain, end, encode(delivery), last));
  if (!last) return;
  rank.chains.pop_front();
  rank.made = 0;
  carry_out(number, rank.worker.sampling_idle());
}

void Fleet::deliver() {
  while (!sent_.empty()) decide(report_.blocks, std::exchange(sent_, {}));
}

/// All at once, so that reading the clock costs nothing beside it.
void Fleet::decide(Spent& spent, const std::vector<Sent>& messages) {
  std::vector<Coordinator::Actions> wanted;
  wanted.reserve(messages.size());
  const double start = cpu_seconds();
  for (const Sent& message : messages) wanted.push_back(react(message));
  spent.seconds += cpu_seconds() - start;
  spent.events += messages.size();
  for (Coordinator::Actions& actions : wanted) carry_out(std::move(actions));
}

Coordinator::Actions Fleet::react(const Sent& message) {
  switch (message.kind) {
    case MessageKind::standing:
      return coordinator_.joined(message.from, runtime::decode_standing(message.bytes));
    case MessageKind::tuning_outcome:
      return coordinator_.tuning_outcome(message.from, runtime::decode_tuning_outcome(message.bytes));
    case MessageKind::block: {
      runtime::Delivery delivery = runtime::decode_delivery(message.bytes);
      complete_ += delivery.complete && coordinator_.ledger().chain(delivery.block.chain).received < plan_.blocks;
      return coordinator_.delivered(message.from, std::move(delivery));
    }
    default:
      throw std::runtime_error("a message that the fleet does not expect");
  }
}

void Fleet::die(std::int32_t host) {
  const std::int32_t first = host * plan_.ranks_of_a_host;
  std::vector<Coordinator::Actions> wanted;
  for (std::int32_t rank = first; rank < first + plan_.ranks_of_a_host; ++rank) {
    ranks_[static_cast<std::size_t>(rank)].alive = false;
    const double start = cpu_seconds();
    wanted.push_back(coordinator_.died(RankId{rank}));
    report_.deaths.seconds += cpu_seconds() - start;
    ++report_.deaths.events;
  }
  for (Coordinator::Actions& actions : wanted) carry_out(std::move(actions));
}

void Fleet::flush() {
  wants_flush_ = false;
  const double start = cpu_seconds();
  Coordinator::Actions actions = coordinator_.flushed();
  report_.flushes.seconds += cpu_seconds() - start;
  ++report_.flushes.events;
  carry_out(std::move(actions));
}

void Fleet::carry_out(Coordinator::Actions actions) {
  for (runtime::CoordinatorAction& action : actions) {
    if (std::holds_alternative<runtime::FlushSink>(action)) wants_flush_ = true;
    if (const auto* end = std::get_if<runtime::EndRun>(&action)) {
      if (end->ending.code != ExitCode::done) throw std::runtime_error(end->ending.message);
      ended_ = true;
    }
    if (const auto* share = std::get_if<runtime::ShareTuning>(&action)) {
      for (std::int32_t rank = 0; rank < plan_.ranks; ++rank) {
        Rank& one = ranks_[static_cast<std::size_t>(rank)];
        if (one.alive) carry_out(rank, one.worker.broadcast_over(share->tuning));
      }
    }
    auto* send = std::get_if<runtime::SendMessage>(&action);
    if (send == nullptr) continue;
    ++report_.messages;
    report_.message_bytes += send->bytes.size();
    Rank& to = ranks_[static_cast<std::size_t>(send->to.value)];
    if (!to.alive) continue;
    if (send->kind == MessageKind::assign) {
      ++report_.assignments;
      carry_out(send->to.value, to.worker.assigned(runtime::decode_assignment(send->bytes)));
    } else if (send->kind == MessageKind::received) {
      carry_out(send->to.value, to.worker.received(runtime::decode_acknowledgement(send->bytes)));
    } else if (send->kind == MessageKind::durable) {
      carry_out(send->to.value, to.worker.durable(runtime::decode_acknowledgement(send->bytes)));
    } else if (send->kind == MessageKind::tuning) {
      carry_out(send->to.value, to.worker.tuning_sent(std::move(send->bytes)));
    }
  }
}

void Fleet::carry_out(std::int32_t rank, Worker::Actions actions) {
  for (runtime::WorkerAction& action : actions) {
    if (auto* send = std::get_if<runtime::SendToCoordinator>(&action)) {
      sent_.push_back({RankId{rank}, send->kind, std::move(send->bytes)});
    } else if (auto* start = std::get_if<runtime::StartChain>(&action)) {
      ranks_[static_cast<std::size_t>(rank)].chains.push_back(std::move(start->assignment));
    }
  }
}

}  // namespace exmc::bench
