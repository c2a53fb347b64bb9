#include "exmc/runtime/ledger.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace exmc::runtime {
namespace {

using ChainStatus = ChainRecord::Status;

template <class Id>
void set_member(std::set<Id>& set, Id id, bool member) {
  if (member) {
    set.insert(id);
  } else {
    set.erase(id);
  }
}

/// What a sum over records gains (`sign` 1) or loses (-1) where `holds` of one.
void add(std::size_t& sum, bool holds, int sign) {
  if (holds) sum += static_cast<std::size_t>(sign);  // unsigned numbers wrap around
}

void recover(ChainRecord& record, RecoveredChain from) {
  record.received = record.durable = from.iterations;
  record.draws = from.draws;
  record.state = std::move(from.state);
  record.tuning = std::move(from.tuning);
  record.progress = std::move(from.progress);
  if (from.complete) record.status = ChainStatus::complete;
  record.failure = std::move(from.failure);
  if (!record.failure.empty()) record.status = ChainStatus::failed;
}

}  // namespace

Ledger::Ledger(std::uint32_t chain_count, bool share_tuning, const Membership& members, Recovered recovered,
               const Told& told)
    : tuning(std::move(recovered.tuning)),
      share_tuning_(share_tuning),
      chains_(chain_count),
      ranks_(static_cast<std::size_t>(members.size())),
      next_look_(recovered.looked),
      places_(chain_count, Place::none) {
  for (const RankId dead : members.dead()) ranks_[static_cast<std::size_t>(dead.value)].alive = clean = false;
  if (!recovered.chains.empty() && recovered.chains.size() != chains_.size()) {
    throw std::logic_error("a run of " + std::to_string(chains_.size()) + " chains goes on from " +
                           std::to_string(recovered.chains.size()));
  }
  for (std::uint32_t index = 0; index < recovered.chains.size(); ++index) {
    ChainRecord& record = chains_[index];
    recover(record, std::move(recovered.chains[index]));
    const auto told_chain = told.chains.find(ChainId{index});
    if (told_chain == told.chains.end()) continue;
    record.given = told_chain->second.given;
    record.orphaned = told_chain->second.awaited;
    record.complete_told = told_chain->second.complete;
    record.failure_told = told_chain->second.failed;
  }
  warmer = tuning.empty() ? 0 : recovered.warmed_by;
  choose_warmer();
  for (const ChainRecord& record : chains_) count(record, 1);
  for (const RankRecord& record : ranks_) count(record, 1);
  place_all();
}

void Ledger::count(const ChainRecord& record, int sign) {
  const bool good = record.status != ChainStatus::failed;
  add(over_, record.over(), sign);
  add(good_, good, sign);
  add(behind_, good && record.draws < next_look_, sign);
}

void Ledger::count(const RankRecord& record, int sign) {
  add(living_, record.alive, sign);
  add(joined_, record.alive && record.joined, sign);
  add(stopped_, record.alive && record.stopped, sign);
}

Ledger::Place Ledger::place_of(ChainId id) const {
  const ChainRecord& record = chains_[id.value];
  const bool turn_over = turn_end_ > 0 && record.draws >= turn_end_;
  if (record.status != ChainStatus::queued || turn_over) return Place::none;
  if (id.value >= ranks_.size() || !ranks_[id.value].idle()) return Place::others;
  return id.value == warmer || tuned(ranks_[id.value]) ? Place::own : Place::none;
}

void Ledger::place(ChainId id) {
  set_member(undurable_, id, !chains_[id.value].all_durable());
  const Place now = place_of(id);
  if (std::exchange(places_[id.value], now) == now) return;
  set_member(for_own_, id, now == Place::own);
  set_member(for_others_, id, now == Place::others);
}

void Ledger::place(RankId id) {
  const auto index = static_cast<std::uint32_t>(id.value);
  const RankRecord& record = ranks_[index];
  set_member(idle_, id, record.idle());
  set_member(able_, id, record.idle() && tuned(record));
  set_member(untuned_, id, record.alive && !record.has_tuning);
  if (index < chains_.size()) place(ChainId{index});
}

void Ledger::place_all() {
  for (std::uint32_t index = 0; index < chains_.size(); ++index) place(ChainId{index});
  for (std::size_t index = 0; index < ranks_.size(); ++index) place(RankId{static_cast<std::int32_t>(index)});
}

void Ledger::set_look(std::uint64_t next, std::uint64_t turn_end) {
  next_look_ = next;
  turn_end_ = turn_end;
  behind_ = static_cast<std::size_t>(std::ranges::count_if(chains_, [next](const ChainRecord& record) {
    return record.status != ChainStatus::failed && record.draws < next;
  }));
  place_all();
}

std::vector<ChainId> Ledger::chains_where(bool failed) const {
  std::vector<ChainId> found;
  for (std::uint32_t index = 0; index < chains_.size(); ++index) {
    if ((chains_[index].status == ChainStatus::failed) == failed) found.push_back(ChainId{index});
  }
  return found;
}

std::uint64_t Ledger::common_draws() const {
  std::optional<std::uint64_t> fewest;
  for (const ChainRecord& record : chains_) {
    if (record.status != ChainStatus::failed) fewest = std::min(fewest.value_or(record.draws), record.draws);
  }
  return fewest.value_or(0);
}

void Ledger::choose_warmer() {
  if (!tuning.empty()) return;
  while (warmer + 1 < chains_.size() && chains_[warmer].status == ChainStatus::failed) ++warmer;
}

void Ledger::fail(ChainId id, const std::string& reason) {
  change(id, [&](ChainRecord& record) {
    record.status = ChainStatus::failed;
    record.failure = reason;
    record.failure_durable = false;
  });
  choose_warmer();
  place(ChainId{warmer});
}

std::optional<Match> Ledger::next_match(RankId from, bool own_only) const {
  std::optional<Match> found;
  const auto consider = [&found](RankId rank, ChainId chain) {
    if (!found || rank < found->rank) found = Match{rank, chain};
  };
  const auto own = for_own_.lower_bound(ChainId{static_cast<std::uint32_t>(from.value)});
  if (own != for_own_.end()) consider(RankId{static_cast<std::int32_t>(own->value)}, *own);
  if (own_only || for_others_.empty()) return found;
  if (const auto able = able_.lower_bound(from); able != able_.end()) consider(*able, *for_others_.begin());
  if (!for_others_.contains(ChainId{warmer})) return found;
  if (const auto idle = idle_.lower_bound(from); idle != idle_.end()) consider(*idle, ChainId{warmer});
  return found;
}

void Ledger::hold(ChainId id, RankId holder) {
  change(id, [holder](ChainRecord& record) {
    record.rank = holder;
    record.held = true;
  });
  change(holder, [id](RankRecord& record) { record.held.push_back(id); });
}

void Ledger::let_go(ChainId id) {
  if (!chain(id).held) return;
  change(id, [](ChainRecord& record) { record.held = false; });
  change(chain(id).rank, [id](RankRecord& record) { std::erase(record.held, id); });
}

std::vector<ChainId> Ledger::take_chains_of(RankId dead) {
  std::vector<ChainId> lost;
  std::vector<ChainId> held = rank(dead).held;
  std::ranges::sort(held);
  for (const ChainId id : held) {
    let_go(id);
    if (chain(id).status != ChainStatus::running) continue;
    change(id, [](ChainRecord& record) {
      record.status = ChainStatus::queued;
      record.orphaned = true;
    });
    lost.push_back(id);
  }
  return lost;
}

}  // namespace exmc::runtime
