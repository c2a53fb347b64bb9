#include "exmc/runtime/coordinator.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

namespace exmc::runtime {
namespace {

using ChainStatus = ChainRecord::Status;

RankId rank_id(std::size_t index) { return RankId{static_cast<std::int32_t>(index)}; }
ChainId chain_id(std::size_t index) { return ChainId{static_cast<std::uint32_t>(index)}; }

std::string chain_name(std::size_t chain) { return "chain " + std::to_string(chain); }
/// "its beginning", "sampling 812/1000": where a chain stands after what was received of it.
std::string position(const ChainRecord& chain) {
  if (chain.received == 0) return "its beginning";
  const ChainProgress& progress = chain.progress;
  return progress.stage + " " + std::to_string(progress.iteration) + "/" + std::to_string(progress.iterations);
}

}  // namespace

Coordinator::Coordinator(const RunPlan& plan, const Membership& members, std::vector<Process> places,
                         Recovered recovered)
    : plan_(plan), self_(members.self()), places_(std::move(places)), told_(told_by(recovered.events)) {
  ledger_.chains.resize(plan.chains);
  ledger_.ranks.resize(static_cast<std::size_t>(members.size()));
  for (const RankId dead : members.dead()) rank(dead).alive = ledger_.clean = false;
  ledger_.tuning = std::move(recovered.tuning);
  if (!recovered.chains.empty() && recovered.chains.size() != ledger_.chains.size()) {
    throw std::logic_error("a run of " + std::to_string(ledger_.chains.size()) + " chains goes on from " +
                           std::to_string(recovered.chains.size()));
  }
  for (std::size_t index = 0; index < recovered.chains.size(); ++index) {
    RecoveredChain& from = recovered.chains[index];
    ChainRecord& record = ledger_.chains[index];
    record.received = record.durable = from.iterations;
    record.state = std::move(from.state);
    record.tuning = std::move(from.tuning);
    record.progress = std::move(from.progress);
    if (from.complete) record.status = ChainStatus::complete;
    const Told::Chain& told = told_.chains[chain_id(index)];
    record.given = told.given;
    record.orphaned = told.awaited;
    record.complete_told = told.complete;
  }
}

/// "rank 3 (node7)"
std::string Coordinator::name(RankId rank) const {
  const auto index = static_cast<std::size_t>(rank.value);
  const std::string host = index < places_.size() ? places_[index].host : "";  // none: it died before it told
  return "rank " + std::to_string(rank.value) + (host.empty() ? "" : " (" + host + ")");
}

void Coordinator::tell(RunEvent::Kind kind, RankId rank, const std::string& text, Actions& actions) const {
  const auto index = static_cast<std::size_t>(rank.value);
  const std::string host = index < places_.size() ? places_[index].host : "";
  actions.emplace_back(RecordEvent{{kind, 0, rank, host, std::nullopt, 0, text}});
}

void Coordinator::tell(RunEvent::Kind kind, RankId rank, std::size_t chain, const std::string& text,
                       Actions& actions) const {
  tell(kind, rank, text, actions);
  RunEvent& event = std::get<RecordEvent>(actions.back()).event;
  event.chain = chain_id(chain);
  event.iteration = ledger_.chains[chain].received;
}

bool Coordinator::all_complete() const {
  return std::ranges::all_of(ledger_.chains, [](const ChainRecord& c) { return c.status == ChainStatus::complete; });
}

bool Coordinator::all_joined() const {
  return std::ranges::all_of(ledger_.ranks, [](const RankRecord& r) { return !r.alive || r.joined; });
}

bool Coordinator::all_stopped() const {
  return std::ranges::all_of(ledger_.ranks, [](const RankRecord& r) { return !r.alive || r.stopped; });
}

bool Coordinator::may_run(std::size_t chain, std::size_t rank) const {
  return !plan_.share_tuning || chain == 0 || ledger_.ranks[rank].has_tuning;
}

/// Whether the rank of the chain's own number will take it soon: where nothing dies, chain and rank are the same.
bool Coordinator::reserved(std::size_t chain) const {
  if (chain >= ledger_.ranks.size()) return false;
  const RankRecord& namesake = ledger_.ranks[chain];
  return namesake.alive && !namesake.stopped && namesake.chains == 0;
}

std::optional<std::size_t> Coordinator::choose(std::size_t rank) const {
  const auto waits = [&](std::size_t chain) {
    return ledger_.chains[chain].status == ChainStatus::queued && may_run(chain, rank);
  };
  if (rank < ledger_.chains.size() && waits(rank)) return rank;
  for (std::size_t chain = 0; chain < ledger_.chains.size(); ++chain) {
    if (waits(chain) && !reserved(chain)) return chain;
  }
  return std::nullopt;
}

void Coordinator::hold(std::size_t chain, RankId holder) {
  ChainRecord& record = ledger_.chains[chain];
  record.rank = holder;
  record.held = true;
  ++rank(holder).chains;
}

void Coordinator::let_go(ChainRecord& record) {
  if (!std::exchange(record.held, false)) return;
  --rank(record.rank).chains;
}

void Coordinator::assign(std::size_t chain, std::size_t to, Actions& actions) {
  ChainRecord& record = ledger_.chains[chain];
  record.status = ChainStatus::running;
  hold(chain, rank_id(to));
  record.given = true;
  record.complete_told = false;
  const bool shared = plan_.share_tuning && chain != 0;
  const Assignment assignment{chain_id(chain), shared, shared ? std::string() : record.tuning, record.state};
  // Told first: a rank never has a chain that the output does not tell of, whenever this one dies.
  tell(record.orphaned ? RunEvent::Kind::reassigned : RunEvent::Kind::started, record.rank, chain,
       chain_name(chain) + " was given to " + name(record.rank) + ", from " + position(record), actions);
  actions.emplace_back(SendMessage{record.rank, MessageKind::assign, encode(assignment)});
}

void Coordinator::assign_queued(Actions& actions) {
  if (!ledger_.stop_reason.empty() || ledger_.ended || !all_joined()) return;
  bool wants_flush = false;
  for (std::size_t index = 0; index < ledger_.ranks.size(); ++index) {
    const RankRecord& record = ledger_.ranks[index];
    if (!record.alive || record.stopped || record.chains > 0) continue;
    const std::optional<std::size_t> chain = choose(index);
    if (!chain) continue;
    if (ledger_.chains[*chain].durable == ledger_.chains[*chain].received) {
      assign(*chain, index, actions);
    } else {
      wants_flush = true;
    }
  }
  if (wants_flush) actions.emplace_back(FlushSink{});
}

/// What may be possible now that something changed.
void Coordinator::go_on(Actions& actions) {
  assign_queued(actions);
  flush_if_over(actions);
}

Coordinator::Actions Coordinator::start(std::optional<RankId> hung) {
  Actions actions;
  if (hung && !told_.hangs.contains(*hung)) {
    tell(RunEvent::Kind::hung, *hung, name(*hung) + " did not answer and was killed", actions);
  }
  for (std::size_t index = 0; index < ledger_.ranks.size(); ++index) {
    const RankId id = rank_id(index);
    if (ledger_.ranks[index].alive || told_.deaths.contains(id)) continue;
    tell(RunEvent::Kind::death, id, name(id) + " died", actions);
  }
  if (self_ != RankId{0}) tell(RunEvent::Kind::takeover, self_, name(self_) + " coordinates the run now", actions);
  flush_if_over(actions);
  return actions;
}

Coordinator::Actions Coordinator::joined(RankId from, const Standing& standing) {
  Actions actions;
  if (ledger_.ended || !rank(from).alive) return actions;
  rank(from).joined = true;
  rank(from).has_tuning = rank(from).has_tuning || standing.has_tuning;
  for (const ChainId id : standing.chains) {
    ChainRecord& record = chain(id);
    if (record.status != ChainStatus::queued) continue;  // all of it is durable already
    record.status = ChainStatus::running;
    hold(id.value, from);
  }
  if (!standing.stop_reason.empty()) {
    const Actions stop = interrupted(standing.stop_reason);
    actions.insert(actions.end(), stop.begin(), stop.end());
  }
  begin_when_all_joined(actions);
  return actions;
}

/// From then on a chain that nobody holds is known to have lost its rank.
void Coordinator::begin_when_all_joined(Actions& actions) {
  if (ledger_.begun || !all_joined()) return;
  ledger_.begun = true;
  for (ChainRecord& record : ledger_.chains) {
    if (record.status == ChainStatus::queued) record.orphaned = record.given;
  }
  share(actions);
  go_on(actions);
}

/// Gives the tuning to the ranks that do not have it: by a broadcast as long as no rank has died, because one that a
/// rank dies in may fail anywhere; else one by one.
void Coordinator::share(Actions& actions) {
  if (!plan_.share_tuning || ledger_.tuning.empty() || all_complete() || !all_joined()) return;
  if (ledger_.clean && !std::exchange(ledger_.broadcast, true)) {
    actions.emplace_back(ShareTuning{ledger_.tuning});
    return;
  }
  for (std::size_t index = 0; index < ledger_.ranks.size(); ++index) {
    RankRecord& record = ledger_.ranks[index];
    if (!record.alive || record.has_tuning) continue;
    record.has_tuning = true;
    actions.emplace_back(SendMessage{rank_id(index), MessageKind::tuning, ledger_.tuning});
  }
}

Coordinator::Actions Coordinator::tuning_outcome(RankId from, const TuningOutcome& outcome) {
  Actions actions;
  RankRecord& record = rank(from);
  if (ledger_.ended || !record.alive || record.has_tuning) return actions;
  record.has_tuning = true;
  if (!outcome.arrived) actions.emplace_back(SendMessage{from, MessageKind::tuning, ledger_.tuning});
  assign_queued(actions);
  return actions;
}

Coordinator::Actions Coordinator::delivered(RankId from, Delivery delivery) {
  Actions actions;
  if (ledger_.ended) return actions;
  Block& block = delivery.block;
  const std::size_t index = block.chain.value;
  ChainRecord& record = chain(block.chain);
  if (block.begin > record.received) {
    throw std::logic_error(name(from) + " sent iterations of " + chain_name(index) + " from " +
                           std::to_string(block.begin) + " on, expected " + std::to_string(record.received));
  }
  const Acknowledgement acknowledgement{block.chain, block.end};
  const bool durable = block.end <= record.durable;
  if (block.end > record.received) {
    record.received = block.end;
    record.state = block.state;
    record.progress = std::move(delivery.progress);
    const std::string tuning = block.tuning;
    if (!tuning.empty()) record.tuning = tuning;
    actions.emplace_back(AppendBlock{std::move(block)});
    if (record.orphaned && record.held && from == record.rank) {  // not a late block of the rank that died
      record.orphaned = false;
      tell(RunEvent::Kind::resumed, from, index, name(from) + " goes on with " + chain_name(index), actions);
    }
    if (plan_.share_tuning && ledger_.tuning.empty() && !tuning.empty()) {
      ledger_.tuning = tuning;
      actions.emplace_back(StoreTuning{tuning});
      share(actions);
    }
  }
  actions.emplace_back(
      SendMessage{from, durable ? MessageKind::durable : MessageKind::received, encode(acknowledgement)});
  if (delivery.complete) {
    if (!std::exchange(record.complete_told, true)) {
      tell(RunEvent::Kind::completed, from, index, chain_name(index) + " is complete", actions);
    }
    record.status = ChainStatus::complete;
    if (record.rank == from) let_go(record);
    go_on(actions);
  }
  return actions;
}

void Coordinator::flush_if_over(Actions& actions) {
  const bool stopped = !ledger_.stop_reason.empty() && all_stopped();
  if (ledger_.flushing || ledger_.ended || !(all_complete() || stopped)) return;
  ledger_.flushing = true;
  actions.emplace_back(FlushSink{});
}

Coordinator::Actions Coordinator::flushed() {
  Actions actions;
  if (ledger_.ended) return actions;
  for (std::size_t index = 0; index < ledger_.chains.size(); ++index) {
    ChainRecord& record = ledger_.chains[index];
    if (record.durable == record.received) continue;
    record.durable = record.received;
    const Acknowledgement durable{chain_id(index), record.durable};
    if (rank(record.rank).alive) actions.emplace_back(SendMessage{record.rank, MessageKind::durable, encode(durable)});
  }
  if (ledger_.flushing) {
    const bool done = all_complete();
    end({done ? ExitCode::done : ExitCode::stopped, done ? "" : ledger_.stop_reason, ledger_.clean}, actions);
  }
  assign_queued(actions);
  return actions;
}

Coordinator::Actions Coordinator::failed(RankId from, const Ending& ending) {
  Actions actions;
  const std::string where = ledger_.ranks.size() > 1 && ending.code != ExitCode::cannot_sample ? name(from) + ": " : "";
  end({ending.code, where + ending.message, ledger_.clean}, actions);
  return actions;
}

/// @return the chains that lost their rank
std::vector<std::size_t> Coordinator::take_chains_of(RankId dead) {
  std::vector<std::size_t> lost;
  for (std::size_t index = 0; index < ledger_.chains.size(); ++index) {
    ChainRecord& record = ledger_.chains[index];
    if (record.rank != dead || !record.held) continue;
    let_go(record);
    if (record.status != ChainStatus::running) continue;
    record.status = ChainStatus::queued;
    record.orphaned = true;
    lost.push_back(index);
  }
  return lost;
}

/// One event, whose chain is the first of those lost.
void Coordinator::tell_death(RankId dead, const std::vector<std::size_t>& lost, Actions& actions) const {
  std::string text = name(dead) + " died";
  for (const std::size_t index : lost) {
    text += "; " + chain_name(index) + " goes on elsewhere from " + position(ledger_.chains[index]);
  }
  if (!lost.empty()) {
    tell(RunEvent::Kind::death, dead, lost.front(), text, actions);
  } else if (!told_.deaths.contains(dead)) {  // the coordinator before may have known of it earlier
    const bool joined = ledger_.ranks[static_cast<std::size_t>(dead.value)].joined;
    tell(RunEvent::Kind::death, dead, text + (joined ? "; no chain was running there" : ""), actions);
  }
}

Coordinator::Actions Coordinator::died(RankId dead) {
  Actions actions;
  if (!std::exchange(rank(dead).alive, false)) return actions;
  ledger_.clean = false;
  if (ledger_.ended) return actions;
  tell_death(dead, take_chains_of(dead), actions);
  begin_when_all_joined(actions);
  share(actions);
  go_on(actions);
  return actions;
}

Coordinator::Actions Coordinator::hung(RankId hung, Hang how, const std::vector<RankId>& silent) {
  Actions actions;
  RankRecord& record = rank(hung);
  const auto living = std::ranges::count_if(ledger_.ranks, [](const RankRecord& r) { return r.alive; });
  if (ledger_.ended || !record.alive || (living == 1 && ledger_.clean)) return actions;
  const std::string limit = std::to_string(std::lround(plan_.heartbeat_seconds)) + " s (runtime.heartbeat_seconds)";
  const std::string what =
      name(hung) + (how == Hang::silent ? " did not answer for " : " did not finish a gradient for ") + limit;
  const auto end_with = [&](const std::string& why) {
    end({ExitCode::stopped, what + why, false}, actions);
    return actions;
  };
  if (!plan_.survives_deaths) return end_with(", and this MPI would end the run if it were killed");
  if (living == 1) return end_with(", and no other rank lives");
  if (std::exchange(record.condemned, true)) return end_with(" again, although it was to be killed");
  for (std::size_t index = 0; index < ledger_.chains.size(); ++index) {
    ChainRecord& chain = ledger_.chains[index];
    if (how != Hang::stuck || !chain.held || chain.rank != hung) continue;
    if (++chain.hangs > 1) return end_with(", like another one before it in " + chain_name(index));
  }
  const auto answers = [&](RankId other) {
    return rank(other).alive && std::ranges::find(silent, other) == silent.end();
  };
  const std::optional<RankId> killer = killer_of(hung, self_, places_, answers);
  if (!killer) return end_with(", and no other rank on its host answers that could kill it");
  tell(RunEvent::Kind::hung, hung, what + "; " + name(*killer) + " kills it", actions);
  const Process& place = places_[static_cast<std::size_t>(hung.value)];
  actions.emplace_back(SendMessage{*killer, MessageKind::kill, encode(place)});
  return actions;
}

Coordinator::Actions Coordinator::interrupted(const std::string& reason) {
  Actions actions;
  if (!ledger_.stop_reason.empty() || ledger_.ended) return actions;
  ledger_.stop_reason = reason;
  for (std::size_t index = 0; index < ledger_.ranks.size(); ++index) {
    if (ledger_.ranks[index].alive) actions.emplace_back(SendMessage{rank_id(index), MessageKind::stop, reason});
  }
  if (!told_.stopping) tell(RunEvent::Kind::stopping, self_, reason, actions);
  return actions;
}

Coordinator::Actions Coordinator::stopped(RankId from) {
  Actions actions;
  rank(from).stopped = true;
  flush_if_over(actions);
  return actions;
}

Coordinator::Actions Coordinator::stop_overdue() {
  Actions actions;
  if (ledger_.stop_reason.empty() || ledger_.flushing || ledger_.ended) return actions;
  ledger_.flushing = true;
  actions.emplace_back(FlushSink{});
  return actions;
}

Coordinator::Actions Coordinator::finished(const Ending& ending) {
  Actions actions;
  end(ending, actions);
  return actions;
}

void Coordinator::end(const Ending& ending, Actions& actions) {
  if (ledger_.ended) return;
  ledger_.ended = true;
  actions.emplace_back(EndRun{ending});
}

}  // namespace exmc::runtime
