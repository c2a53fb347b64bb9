#include "exmc/runtime/coordinator.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace exmc::runtime {
namespace {

using ChainStatus = ChainRecord::Status;
using RankStatus = RankRecord::Status;

RankId rank_id(std::size_t index) { return RankId{static_cast<std::int32_t>(index)}; }

std::string name(ChainId chain) { return "chain " + std::to_string(chain.value); }
std::string name(RankId rank) { return "rank " + std::to_string(rank.value); }

}  // namespace

Coordinator::Coordinator(const RunPlan& plan, std::int32_t ranks, Recovered recovered)
    : plan_(plan),
      chains_(plan.chains),
      ranks_(static_cast<std::size_t>(ranks)),
      recovered_tuning_(std::move(recovered.tuning)),
      shared_(!plan.share_tuning) {
  if (!recovered.chains.empty() && recovered.chains.size() != chains_.size()) {
    throw std::logic_error("a run of " + std::to_string(chains_.size()) + " chains goes on from " +
                           std::to_string(recovered.chains.size()));
  }
  for (std::size_t index = 0; index < recovered.chains.size(); ++index) {
    RecoveredChain& from = recovered.chains[index];
    ChainRecord& record = chains_[index];
    record.received = record.durable = from.iterations;
    record.state = std::move(from.state);
    record.tuning = std::move(from.tuning);
    record.progress = std::move(from.progress);
    if (from.complete) record.status = ChainStatus::complete;
  }
}

ChainRecord& Coordinator::chain(ChainId id) { return chains_.at(id.value); }

bool Coordinator::all_complete() const {
  return std::ranges::all_of(chains_, [](const ChainRecord& c) { return c.status == ChainStatus::complete; });
}

bool Coordinator::all_stopped() const {
  return std::ranges::all_of(
      ranks_, [](const RankRecord& r) { return r.status == RankStatus::stopped || r.status == RankStatus::dead; });
}

bool Coordinator::may_start(std::size_t chain) const { return shared_ || chain == 0; }

void Coordinator::assign(std::size_t chain, std::size_t rank, Actions& actions) {
  ChainRecord& record = chains_[chain];
  record.status = ChainStatus::running;
  record.rank = rank_id(rank);
  ranks_[rank].status = RankStatus::running;
  const Assignment assignment{ChainId{static_cast<std::uint32_t>(chain)}, record.tuning, record.state};
  actions.emplace_back(SendMessage{record.rank, MessageKind::assign, encode(assignment)});
}

void Coordinator::assign_queued(Actions& actions) {
  if (stopping_ || ended_) return;
  std::size_t rank = 0;
  for (std::size_t chain = 0; chain < chains_.size(); ++chain) {
    if (chains_[chain].status != ChainStatus::queued || !may_start(chain)) continue;
    while (rank < ranks_.size() && ranks_[rank].status != RankStatus::idle) ++rank;
    if (rank == ranks_.size()) return;
    assign(chain, rank, actions);
  }
}

Coordinator::Actions Coordinator::start() {
  Actions actions;
  if (plan_.share_tuning && !recovered_tuning_.empty() && !all_complete()) share(recovered_tuning_, actions);
  assign_queued(actions);
  flush_if_over(actions);
  return actions;
}

void Coordinator::share(const std::string& tuning, Actions& actions) {
  if (std::exchange(sharing_, true)) return;
  actions.emplace_back(ShareTuning{tuning});
}

Coordinator::Actions Coordinator::delivered(RankId from, Delivery delivery) {
  Actions actions;
  if (ended_) return actions;
  Block& block = delivery.block;
  ChainRecord& record = chain(block.chain);
  if (block.begin > record.received) {
    throw std::logic_error(name(from) + " sent iterations of " + name(block.chain) + " from " +
                           std::to_string(block.begin) + " on, expected " + std::to_string(record.received));
  }
  const Acknowledgement received{block.chain, block.end};
  if (block.end > record.received) {
    record.received = block.end;
    record.state = block.state;
    record.progress = std::move(delivery.progress);
    const std::string tuning = block.tuning;
    if (!tuning.empty()) record.tuning = tuning;
    actions.emplace_back(AppendBlock{std::move(block)});
    if (!tuning.empty() && plan_.share_tuning && !sharing_) {
      actions.emplace_back(StoreTuning{tuning});
      share(tuning, actions);
    }
  }
  actions.emplace_back(SendMessage{from, MessageKind::received, encode(received)});
  if (delivery.complete) {
    record.status = ChainStatus::complete;
    if (rank(from).status == RankStatus::running) rank(from).status = RankStatus::idle;
    assign_queued(actions);
    flush_if_over(actions);
  }
  return actions;
}

Coordinator::Actions Coordinator::shared(bool everywhere) {
  Actions actions;
  if (ended_) return actions;
  if (everywhere) {
    shared_ = true;
    assign_queued(actions);
  } else {
    end({ExitCode::stopped, "the result of the warm-up did not reach every rank", clean_}, actions);
  }
  return actions;
}

void Coordinator::flush_if_over(Actions& actions) {
  if (flushing_ || ended_ || !(all_complete() || (stopping_ && all_stopped()))) return;
  flushing_ = true;
  actions.emplace_back(FlushSink{});
}

Coordinator::Actions Coordinator::flushed() {
  Actions actions;
  if (ended_) return actions;
  for (std::size_t index = 0; index < chains_.size(); ++index) {
    ChainRecord& record = chains_[index];
    if (record.durable == record.received) continue;
    record.durable = record.received;
    const Acknowledgement durable{ChainId{static_cast<std::uint32_t>(index)}, record.durable};
    actions.emplace_back(SendMessage{record.rank, MessageKind::durable, encode(durable)});
  }
  if (flushing_) {
    const bool done = all_complete();
    end({done ? ExitCode::done : ExitCode::stopped, done ? "" : stop_reason_, clean_}, actions);
  }
  return actions;
}

Coordinator::Actions Coordinator::failed(RankId from, const Ending& ending) {
  Actions actions;
  const std::string where = ranks_.size() > 1 && ending.code != ExitCode::cannot_sample ? name(from) + ": " : "";
  end({ending.code, where + ending.message, clean_}, actions);
  return actions;
}

Coordinator::Actions Coordinator::died(RankId dead) {
  Actions actions;
  clean_ = false;
  if (ended_) return actions;
  rank(dead).status = RankStatus::dead;
  if (!shared_) {
    end({ExitCode::stopped, name(dead) + " died before the warm-up was over", false}, actions);
    return actions;
  }
  for (std::size_t index = 0; index < chains_.size(); ++index) {
    ChainRecord& record = chains_[index];
    if (record.rank != dead || record.status != ChainStatus::running) continue;
    record.status = ChainStatus::queued;
    RunEvent event{RunEvent::Kind::death, 0, dead, {}, ChainId{static_cast<std::uint32_t>(index)}, record.received, {}};
    event.text = name(dead) + " died; " + name(*event.chain) + " goes on elsewhere from iteration " +
                 std::to_string(record.received);
    actions.emplace_back(RecordEvent{std::move(event)});
  }
  if (actions.empty()) {
    const std::string text = name(dead) + " died; no chain was running there";
    actions.emplace_back(RecordEvent{{RunEvent::Kind::death, 0, dead, {}, {}, 0, text}});
  }
  assign_queued(actions);
  flush_if_over(actions);
  return actions;
}

Coordinator::Actions Coordinator::interrupted(const std::string& reason) {
  Actions actions;
  if (stopping_ || ended_) return actions;
  stopping_ = true;
  stop_reason_ = reason;
  for (std::size_t index = 0; index < ranks_.size(); ++index) {
    if (ranks_[index].status == RankStatus::dead) continue;
    actions.emplace_back(SendMessage{rank_id(index), MessageKind::stop, {}});
  }
  return actions;
}

Coordinator::Actions Coordinator::stopped(RankId from) {
  Actions actions;
  if (rank(from).status != RankStatus::dead) rank(from).status = RankStatus::stopped;
  flush_if_over(actions);
  return actions;
}

Coordinator::Actions Coordinator::stop_overdue() {
  Actions actions;
  if (!stopping_ || flushing_ || ended_) return actions;
  flushing_ = true;
  actions.emplace_back(FlushSink{});
  return actions;
}

void Coordinator::end(const Ending& ending, Actions& actions) {
  if (ended_) return;
  ended_ = true;
  actions.emplace_back(EndRun{ending});
}

}  // namespace exmc::runtime
