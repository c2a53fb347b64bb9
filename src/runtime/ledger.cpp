#include "exmc/runtime/ledger.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace exmc::runtime {
namespace {

using ChainStatus = ChainRecord::Status;

/// Whether the rank of the chain's own number will take it soon: where nothing dies, chain and rank are the same.
bool reserved(const std::vector<RankRecord>& ranks, std::size_t chain) {
  if (chain >= ranks.size()) return false;
  const RankRecord& namesake = ranks[chain];
  return namesake.alive && !namesake.stopped && namesake.chains == 0;
}

}  // namespace

Ledger::Ledger(std::uint32_t chain_count, const Membership& members, Recovered recovered, const Told& told)
    : chains(chain_count), ranks(static_cast<std::size_t>(members.size())), tuning(std::move(recovered.tuning)) {
  for (const RankId dead : members.dead()) rank(dead).alive = clean = false;
  if (!recovered.chains.empty() && recovered.chains.size() != chains.size()) {
    throw std::logic_error("a run of " + std::to_string(chains.size()) + " chains goes on from " +
                           std::to_string(recovered.chains.size()));
  }
  for (std::uint32_t index = 0; index < recovered.chains.size(); ++index) {
    RecoveredChain& from = recovered.chains[index];
    ChainRecord& record = chains[index];
    record.received = record.durable = from.iterations;
    record.draws = from.draws;
    record.state = std::move(from.state);
    record.tuning = std::move(from.tuning);
    record.progress = std::move(from.progress);
    if (from.complete) record.status = ChainStatus::complete;
    record.failure = std::move(from.failure);
    if (!record.failure.empty()) record.status = ChainStatus::failed;
    const auto told_chain = told.chains.find(ChainId{index});
    if (told_chain == told.chains.end()) continue;
    record.given = told_chain->second.given;
    record.orphaned = told_chain->second.awaited;
    record.complete_told = told_chain->second.complete;
    record.failure_told = told_chain->second.failed;
  }
  warmer = recovered.warmed_by;
  next_look = recovered.looked;
  choose_warmer();
}

bool Ledger::all_over() const {
  return std::ranges::all_of(chains, [](const ChainRecord& c) {
    return c.status == ChainStatus::complete || c.status == ChainStatus::failed;
  });
}

std::vector<ChainId> Ledger::chains_where(bool failed) const {
  std::vector<ChainId> found;
  for (std::uint32_t index = 0; index < chains.size(); ++index) {
    if ((chains[index].status == ChainStatus::failed) == failed) found.push_back(ChainId{index});
  }
  return found;
}

std::uint64_t Ledger::common_draws() const {
  std::optional<std::uint64_t> fewest;
  for (const ChainRecord& record : chains) {
    if (record.status != ChainStatus::failed) fewest = std::min(fewest.value_or(record.draws), record.draws);
  }
  return fewest.value_or(0);
}

void Ledger::choose_warmer() {
  if (!tuning.empty()) return;
  for (warmer = 0; warmer + 1 < chains.size() && chains[warmer].status == ChainStatus::failed;) ++warmer;
}

void Ledger::fail(ChainId id, const std::string& reason) {
  ChainRecord& record = chain(id);
  record.status = ChainStatus::failed;
  record.failure = reason;
  choose_warmer();
}

bool Ledger::all_joined() const {
  return std::ranges::all_of(ranks, [](const RankRecord& r) { return !r.alive || r.joined; });
}

bool Ledger::all_stopped() const {
  return std::ranges::all_of(ranks, [](const RankRecord& r) { return !r.alive || r.stopped; });
}

std::optional<ChainId> Ledger::next_chain(RankId rank, bool share_tuning, std::uint64_t turn_end) const {
  const auto namesake = static_cast<std::uint32_t>(rank.value);
  const bool has_tuning = ranks[namesake].has_tuning;
  const auto waits = [&](std::uint32_t chain) {
    const ChainRecord& record = chains[chain];
    return record.status == ChainStatus::queued && (turn_end == 0 || record.draws < turn_end) &&
           (!share_tuning || chain == warmer || has_tuning);
  };
  if (namesake < chains.size() && waits(namesake)) return ChainId{namesake};
  for (std::uint32_t chain = 0; chain < chains.size(); ++chain) {
    if (waits(chain) && !reserved(ranks, chain)) return ChainId{chain};
  }
  return std::nullopt;
}

void Ledger::hold(ChainId id, RankId holder) {
  ChainRecord& record = chain(id);
  record.rank = holder;
  record.held = true;
  ++rank(holder).chains;
}

void Ledger::let_go(ChainRecord& record) {
  if (!std::exchange(record.held, false)) return;
  --rank(record.rank).chains;
}

std::vector<ChainId> Ledger::take_chains_of(RankId dead) {
  std::vector<ChainId> lost;
  for (std::uint32_t index = 0; index < chains.size(); ++index) {
    ChainRecord& record = chains[index];
    if (record.rank != dead || !record.held) continue;
    let_go(record);
    if (record.status != ChainStatus::running) continue;
    record.status = ChainStatus::queued;
    record.orphaned = true;
    lost.push_back(ChainId{index});
  }
  return lost;
}

}  // namespace exmc::runtime
