#include "exmc/runtime/announcer.hpp"

namespace exmc::runtime {
namespace {

using Kind = RunEvent::Kind;

/// "its beginning", "sampling 812/1000": where a chain stands after what was received of it.
std::string position(const ChainRecord& chain) {
  if (chain.received == 0) return "its beginning";
  const ChainProgress& progress = chain.progress;
  return progress.stage + " " + std::to_string(progress.iteration) + "/" + std::to_string(progress.iterations);
}

}  // namespace

/// Empty where the rank died before it told.
std::string Announcer::host(RankId rank) const {
  const auto index = static_cast<std::size_t>(rank.value);
  return index < places_.size() ? places_[index].host : "";
}

std::string Announcer::name(RankId rank) const {
  const std::string where = host(rank);
  return "rank " + std::to_string(rank.value) + (where.empty() ? "" : " (" + where + ")");
}

std::string Announcer::name(ChainId chain) { return "chain " + std::to_string(chain.value); }

RunEvent Announcer::of_rank(Kind kind, RankId rank, const std::string& text) const {
  return {kind, 0, rank, host(rank), std::nullopt, 0, text};
}

RunEvent Announcer::of_chain(Kind kind, RankId rank, ChainId chain, const ChainRecord& record,
                             const std::string& text) const {
  return {kind, 0, rank, host(rank), chain, record.received, text};
}

std::vector<RunEvent> Announcer::before(RankId self, std::optional<RankId> hung, const Ledger& ledger) const {
  std::vector<RunEvent> events;
  if (hung && !told_.hangs.contains(*hung)) {
    events.push_back(of_rank(Kind::hung, *hung, name(*hung) + " did not answer and was killed"));
  }
  for (std::size_t index = 0; index < ledger.ranks().size(); ++index) {
    const RankId rank{static_cast<std::int32_t>(index)};
    if (ledger.ranks()[index].alive || told_.deaths.contains(rank)) continue;
    events.push_back(of_rank(Kind::death, rank, name(rank) + " died"));
  }
  if (self != RankId{0}) events.push_back(of_rank(Kind::takeover, self, name(self) + " coordinates the run now"));
  return events;
}

RunEvent Announcer::given(ChainId chain, const ChainRecord& record) const {
  const Kind kind = record.orphaned ? Kind::reassigned : Kind::started;
  return of_chain(kind, record.rank, chain, record,
                  name(chain) + " was given to " + name(record.rank) + ", from " + position(record));
}

RunEvent Announcer::resumed(ChainId chain, const ChainRecord& record) const {
  return of_chain(Kind::resumed, record.rank, chain, record, name(record.rank) + " goes on with " + name(chain));
}

RunEvent Announcer::completed(ChainId chain, const ChainRecord& record, RankId by) const {
  return of_chain(Kind::completed, by, chain, record, name(chain) + " is complete");
}

RunEvent Announcer::failed(ChainId chain, const ChainRecord& record, RankId by) const {
  return of_chain(Kind::failed, by, chain, record, name(chain) + " cannot go on: " + record.failure);
}

RunEvent Announcer::enough(RankId self, const Verdict& verdict) const {
  return of_rank(Kind::enough, self,
                 std::to_string(verdict.draws) + " draws of each chain are enough: " + verdict.text);
}

std::optional<RunEvent> Announcer::died(RankId dead, const std::vector<ChainId>& lost, const Ledger& ledger) const {
  std::string text = name(dead) + " died";
  for (const ChainId chain : lost) {
    text += "; " + name(chain) + " goes on elsewhere from " + position(ledger.chain(chain));
  }
  if (!lost.empty()) return of_chain(Kind::death, dead, lost.front(), ledger.chain(lost.front()), text);
  if (told_.deaths.contains(dead)) return std::nullopt;  // the coordinator before may have known of it earlier
  const bool joined = ledger.rank(dead).joined;
  return of_rank(Kind::death, dead, text + (joined ? "; no chain was running there" : ""));
}

}  // namespace exmc::runtime
