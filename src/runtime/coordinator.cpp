#include "exmc/runtime/coordinator.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>

namespace exmc::runtime {
namespace {

using ChainStatus = ChainRecord::Status;

/// Of an assignment's `until`: one that has no end is behind every draw.
std::uint64_t end_of_turn(std::uint64_t until) { return until > 0 ? until : ~std::uint64_t{0}; }

}  // namespace

std::uint64_t look_from(std::uint64_t from, std::uint64_t first_look) {
  std::uint64_t look = first_look;
  while (look < from) look += first_look * (1 + (look - 1) / (10 * first_look));
  return look;
}

Coordinator::Coordinator(const RunPlan& plan, const Membership& members, std::vector<Process> places,
                         Recovered recovered)
    : plan_(plan),
      self_(members.self()),
      announcer_(std::move(places), told_by(recovered.events)),
      ledger_(plan.chains, plan.share_tuning, members, std::move(recovered), announcer_.told()) {
  look_next_at(look_from(ledger_.next_look(), plan.first_look));
}

void Coordinator::assign(ChainId chain, RankId to, Actions& actions) {
  const ChainRecord& record = ledger_.chain(chain);
  // Told first: a rank never has a chain that the output does not tell of, whenever this one dies. Turns are not told.
  const bool is_told = !record.given || record.orphaned;
  ledger_.change(chain, [&](ChainRecord& changed) {
    changed.given = true;
    changed.status = ChainStatus::running;
    changed.until = end_of_turn(turn_end(ledger_.next_look()));
    if (is_told) changed.complete_told = changed.failure_told = false;
  });
  ledger_.hold(chain, to);
  const bool shared = plan_.share_tuning && chain != ChainId{ledger_.warmer} && record.tuning.empty();
  const Assignment assignment{chain, shared, shared ? std::string() : record.tuning, record.state,
                              turn_end(ledger_.next_look())};
  if (is_told) actions.emplace_back(RecordEvent{announcer_.given(chain, record)});
  actions.emplace_back(SendMessage{to, MessageKind::assign, encode(assignment)});
}

void Coordinator::assign_queued(Actions& actions) {
  if (!ledger_.stop_reason.empty() || ledger_.ended || !ledger_.all_joined()) return;
  bool wants_flush = false, own_only = false;
  RankId from{0};
  while (const std::optional<Match> match = ledger_.next_match(from, own_only)) {
    from = RankId{match->rank.value + 1};
    if (ledger_.chain(match->chain).all_durable()) {
      assign(match->chain, match->rank, actions);
      continue;
    }
    wants_flush = true;
    own_only = own_only || match->chain.value != static_cast<std::uint32_t>(match->rank.value);
  }
  if (wants_flush) actions.emplace_back(FlushSink{});
}

/// What may be possible now that something changed.
void Coordinator::go_on(Actions& actions) {
  assign_queued(actions);
  look(actions);
  flush_if_over(actions);
}

Coordinator::Actions Coordinator::start(std::optional<RankId> hung) {
  Actions actions;
  for (RunEvent& event : announcer_.before(self_, hung, ledger_)) actions.emplace_back(RecordEvent{std::move(event)});
  look(actions);
  flush_if_over(actions);
  return actions;
}

Coordinator::Actions Coordinator::joined(RankId from, const Standing& standing) {
  Actions actions;
  if (ledger_.ended || !ledger_.rank(from).alive) return actions;
  ledger_.change(from, [&](RankRecord& record) {
    record.joined = true;
    record.has_tuning = record.has_tuning || standing.has_tuning;
  });
  for (const ChainId id : standing.chains) {
    const ChainRecord& record = ledger_.chain(id);
    const auto turn = std::ranges::find(standing.running, id, &Turn::chain);
    const bool runs = turn != standing.running.end();
    // Another rank may have blocks of a turn before.
    const bool elsewhere = runs && record.status == ChainStatus::running && record.until == 0;
    if (elsewhere) ledger_.let_go(id);
    if (record.status != ChainStatus::queued && !elsewhere) continue;  // all of it is durable already
    ledger_.change(id, [&](ChainRecord& changed) {
      changed.status = ChainStatus::running;
      changed.until = runs ? end_of_turn(turn->until) : 0;
    });
    ledger_.hold(id, from);
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
  if (ledger_.begun || !ledger_.all_joined()) return;
  ledger_.begun = true;
  for (std::uint32_t index = 0; index < ledger_.chains().size(); ++index) {
    ledger_.change(ChainId{index}, [](ChainRecord& record) {
      if (record.status == ChainStatus::queued) record.orphaned = record.given;
    });
  }
  share(actions);
  go_on(actions);
}

/// Gives the tuning to the ranks that do not have it: by a broadcast as long as no rank has died, because one that a
/// rank dies in may fail anywhere; else one by one.
void Coordinator::share(Actions& actions) {
  if (!plan_.share_tuning || ledger_.tuning.empty() || ledger_.all_over() || !ledger_.all_joined()) return;
  if (ledger_.clean && !std::exchange(ledger_.broadcast, true)) {
    actions.emplace_back(ShareTuning{ledger_.tuning});
    return;
  }
  for (const RankId rank : ledger_.ranks_without_tuning()) {
    ledger_.change(rank, [](RankRecord& record) { record.has_tuning = true; });
    actions.emplace_back(SendMessage{rank, MessageKind::tuning, ledger_.tuning});
  }
}

Coordinator::Actions Coordinator::tuning_outcome(RankId from, const TuningOutcome& outcome) {
  Actions actions;
  const RankRecord& record = ledger_.rank(from);
  if (ledger_.ended || !record.alive || record.has_tuning) return actions;
  ledger_.change(from, [](RankRecord& changed) { changed.has_tuning = true; });
  if (!outcome.arrived) actions.emplace_back(SendMessage{from, MessageKind::tuning, ledger_.tuning});
  assign_queued(actions);
  return actions;
}

Coordinator::Actions Coordinator::delivered(RankId from, Delivery delivery) {
  Actions actions;
  if (ledger_.ended) return actions;
  const ChainId chain = delivery.block.chain;
  const ChainRecord& record = ledger_.chain(chain);
  if (delivery.block.begin > record.received) {
    throw std::logic_error(announcer_.name(from) + " sent iterations of " + Announcer::name(chain) + " from " +
                           std::to_string(delivery.block.begin) + " on, expected " + std::to_string(record.received));
  }
  const bool complete = delivery.complete, fails = !delivery.failure.empty();
  const bool yields = delivery.yields;
  const std::uint64_t end = delivery.block.end, turn_draws = delivery.block.first + delivery.block.rows;
  const Acknowledgement acknowledgement{chain, end + (fails ? kOfFailure : 0)};
  const bool fails_anew = fails && record.status != ChainStatus::failed;
  if (fails_anew) ledger_.fail(chain, delivery.failure);
  const bool durable = fails ? record.failure_durable : end <= record.durable;
  if (end > record.received || fails_anew) append(std::move(delivery), from, actions);
  if (fails_anew) tell_once(&ChainRecord::failure_told, announcer_.failed(chain, record, from), actions);
  actions.emplace_back(
      SendMessage{from, durable ? MessageKind::durable : MessageKind::received, encode(acknowledgement)});
  if (complete) tell_once(&ChainRecord::complete_told, announcer_.completed(chain, record, from), actions);
  if (complete) ledger_.change(chain, [](ChainRecord& changed) { changed.status = ChainStatus::complete; });
  if (yields && record.held && record.rank == from && turn_draws >= record.until) {
    ledger_.let_go(chain);
    ledger_.change(chain, [](ChainRecord& changed) { changed.status = ChainStatus::queued; });
    go_on(actions);
  } else if (complete || fails) {
    if (record.rank == from) ledger_.let_go(chain);
    go_on(actions);
  } else {
    look(actions);
  }
  return actions;
}

/// Records an event of a chain unless `told` says that it was.
void Coordinator::tell_once(bool ChainRecord::*told, RunEvent event, Actions& actions) {
  const ChainId chain = event.chain.value();
  if (ledger_.chain(chain).*told) return;
  ledger_.change(chain, [told](ChainRecord& record) { record.*told = true; });
  actions.emplace_back(RecordEvent{std::move(event)});
}

/// Hands to the output what it does not have yet.
void Coordinator::append(Delivery delivery, RankId from, Actions& actions) {
  Block& block = delivery.block;
  const ChainRecord& record = ledger_.chain(block.chain);
  const ChainId chain = block.chain;
  const std::string tuning = block.tuning;
  // Not with a late block of the rank that died.
  const bool resumes = record.orphaned && record.held && from == record.rank;
  ledger_.change(chain, [&](ChainRecord& changed) {
    changed.received = std::max(changed.received, block.end);
    changed.state = block.state;
    if (!block.warmup) changed.draws = std::max(changed.draws, block.first + block.rows);
    if (delivery.failure.empty()) changed.progress = std::move(delivery.progress);
    if (!tuning.empty()) changed.tuning = tuning;
    if (resumes) changed.orphaned = false;
  });
  actions.emplace_back(AppendBlock{std::move(block)});
  if (resumes) actions.emplace_back(RecordEvent{announcer_.resumed(chain, record)});
  if (plan_.share_tuning && ledger_.tuning.empty() && !tuning.empty()) {
    ledger_.tuning = tuning;
    actions.emplace_back(StoreTuning{tuning});
    share(actions);
  }
}

/// Draws of each chain up to which ranks go before a look: half as far again as the next one, so that they need not
/// wait for its outcome, and no chain for others to get to their last draw. 0: to the end.
std::uint64_t Coordinator::turn_end(std::uint64_t next_look) const {
  if (plan_.looks_below == 0) return 0;
  const std::uint64_t end = look_from(next_look + next_look / 2, plan_.first_look);
  return end < plan_.looks_below ? end : 0;
}

void Coordinator::look_next_at(std::uint64_t draws) { ledger_.set_look(draws, turn_end(draws)); }

/// Whether so many draws are there that it can be looked again whether they are enough.
bool Coordinator::may_look() const { return ledger_.next_look() < plan_.looks_below && ledger_.can_look(); }

void Coordinator::look(Actions& actions) {
  if (ledger_.ended || ledger_.flushing || !may_look() || std::exchange(ledger_.looking, true)) return;
  actions.emplace_back(JudgeDraws{ledger_.good_chains(), ledger_.next_look()});
}

Coordinator::Actions Coordinator::judged(const Verdict& verdict) {
  Actions actions;
  ledger_.looking = false;
  if (ledger_.ended || ledger_.flushing) return actions;
  if (verdict.enough) {
    ledger_.enough = ledger_.flushing = true;
    if (!announcer_.told().enough) actions.emplace_back(RecordEvent{announcer_.enough(self_, verdict)});
    actions.emplace_back(KeepDraws{verdict});
    actions.emplace_back(FlushSink{});
  } else {
    look_next_at(look_from(verdict.draws + 1, plan_.first_look));
    go_on(actions);
  }
  return actions;
}

void Coordinator::flush_if_over(Actions& actions) {
  const bool stopped = !ledger_.stop_reason.empty() && ledger_.all_stopped();
  if (ledger_.flushing || ledger_.ended || !(all_over() || stopped)) return;
  ledger_.flushing = true;
  actions.emplace_back(FlushSink{});
}

Coordinator::Actions Coordinator::flushed() {
  Actions actions;
  if (ledger_.ended) return actions;
  for (const ChainId chain : ledger_.undurable_chains()) {
    ledger_.change(chain, [](ChainRecord& changed) {
      changed.durable = changed.received;
      changed.failure_durable = true;
    });
    const ChainRecord& record = ledger_.chain(chain);
    const bool failed = record.status == ChainStatus::failed;
    const Acknowledgement durable{chain, record.durable + (failed ? kOfFailure : 0)};
    if (!ledger_.rank(record.rank).alive) continue;
    actions.emplace_back(SendMessage{record.rank, MessageKind::durable, encode(durable)});
  }
  if (ledger_.flushing) {
    const bool over = ledger_.enough || all_over();
    end(over ? ending_of_all() : Ending{ExitCode::stopped, ledger_.stop_reason, ledger_.clean}, actions);
  }
  assign_queued(actions);
  return actions;
}

/// How a run ends whose chains are all over.
Ending Coordinator::ending_of_all() const {
  const std::vector<ChainId> failed = ledger_.failed_chains();
  if (failed.empty()) return {ExitCode::done, "", ledger_.clean};
  const std::string& reason = ledger_.chain(failed.front()).failure;
  const std::string first = Announcer::name(failed.front());
  if (failed.size() == 1) return {ExitCode::cannot_sample, first + " failed: " + reason, ledger_.clean};
  std::string names;
  for (const ChainId chain : failed) names += (names.empty() ? "" : ", ") + std::to_string(chain.value);
  return {ExitCode::cannot_sample,
          std::to_string(failed.size()) + " of " + std::to_string(ledger_.chains().size()) + " chains failed (" +
              names + "); " + first + ": " + reason,
          ledger_.clean};
}

Coordinator::Actions Coordinator::failed(RankId from, const Ending& ending) {
  Actions actions;
  const std::string where =
      ledger_.ranks().size() > 1 && ending.code != ExitCode::cannot_sample ? announcer_.name(from) + ": " : "";
  end({ending.code, where + ending.message, ledger_.clean}, actions);
  return actions;
}

Coordinator::Actions Coordinator::died(RankId dead) {
  Actions actions;
  if (!ledger_.rank(dead).alive) return actions;
  ledger_.change(dead, [](RankRecord& record) { record.alive = false; });
  ledger_.clean = false;
  if (ledger_.ended) return actions;
  const std::vector<ChainId> lost = ledger_.take_chains_of(dead);
  if (auto event = announcer_.died(dead, lost, ledger_)) actions.emplace_back(RecordEvent{*std::move(event)});
  begin_when_all_joined(actions);
  share(actions);
  go_on(actions);
  return actions;
}

Coordinator::Actions Coordinator::hung(RankId hung, Hang how, const std::vector<RankId>& silent) {
  Actions actions;
  const RankRecord& record = ledger_.rank(hung);
  const bool alone = ledger_.living() == 1;
  if (ledger_.ended || !record.alive || (alone && ledger_.clean)) return actions;
  const std::string limit = std::to_string(std::lround(plan_.heartbeat_seconds)) + " s (runtime.heartbeat_seconds)";
  const std::string what = announcer_.name(hung) +
                           (how == Hang::silent ? " did not answer for " : " did not finish a gradient for ") + limit;
  const auto end_with = [&](const std::string& why) {
    end({ExitCode::stopped, what + why, false}, actions);
    return actions;
  };
  if (!plan_.survives_deaths) return end_with(", and this MPI would end the run if it were killed");
  if (alone) return end_with(", and no other rank lives");
  if (record.condemned) return end_with(" again, although it was to be killed");
  ledger_.change(hung, [](RankRecord& changed) { changed.condemned = true; });
  if (how == Hang::stuck) {
    for (const ChainId chain : record.held) {
      ledger_.change(chain, [](ChainRecord& changed) { ++changed.hangs; });
      if (ledger_.chain(chain).hangs > 1) return end_with(", like another one before it in " + Announcer::name(chain));
    }
  }
  const auto answers = [&](RankId other) {
    return ledger_.rank(other).alive && std::ranges::find(silent, other) == silent.end();
  };
  const std::optional<RankId> killer = killer_of(hung, self_, announcer_.places(), answers);
  if (!killer) return end_with(", and no other rank on its host answers that could kill it");
  const std::string text = what + "; " + announcer_.name(*killer) + " kills it";
  actions.emplace_back(RecordEvent{announcer_.of_rank(RunEvent::Kind::hung, hung, text)});
  const Process& place = announcer_.places()[static_cast<std::size_t>(hung.value)];
  actions.emplace_back(SendMessage{*killer, MessageKind::kill, encode(place)});
  return actions;
}

Coordinator::Actions Coordinator::interrupted(const std::string& reason) {
  Actions actions;
  if (!ledger_.stop_reason.empty() || ledger_.ended || ledger_.enough) return actions;
  ledger_.stop_reason = reason;
  for (RankId rank{0}; static_cast<std::size_t>(rank.value) < ledger_.ranks().size(); ++rank.value) {
    if (ledger_.rank(rank).alive) actions.emplace_back(SendMessage{rank, MessageKind::stop, reason});
  }
  if (!announcer_.told().stopping) {
    actions.emplace_back(RecordEvent{announcer_.of_rank(RunEvent::Kind::stopping, self_, reason)});
  }
  return actions;
}

Coordinator::Actions Coordinator::stopped(RankId from) {
  Actions actions;
  ledger_.change(from, [](RankRecord& record) { record.stopped = true; });
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
