#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/core/process.hpp"
#include "exmc/runtime/ledger.hpp"
#include "exmc/runtime/run_event.hpp"

namespace exmc::runtime {

/// Words for what happens to ranks and chains: the events of a run, each told once, whoever coordinated when it
/// happened.
class Announcer {
 public:
  /// @param places  of the ranks, in order; empty where nobody knows them
  /// @param told    before this rank coordinated
  Announcer(std::vector<Process> places, Told told) : places_(std::move(places)), told_(std::move(told)) {}

  [[nodiscard]] const std::vector<Process>& places() const { return places_; }
  [[nodiscard]] const Told& told() const { return told_; }

  /// "rank 3 (node7)"
  [[nodiscard]] std::string name(RankId rank) const;
  [[nodiscard]] static std::string name(ChainId chain);

  /// What happened to a rank, in the words of `text`.
  [[nodiscard]] RunEvent of_rank(RunEvent::Kind kind, RankId rank, const std::string& text) const;

  /// What happened while nobody coordinated, as far as it was not told.
  /// @param hung  the coordinator before, where it was killed because it did not answer
  [[nodiscard]] std::vector<RunEvent> before(RankId self, std::optional<RankId> hung, const Ledger& ledger) const;
  /// The chain is about to be given to its record's rank.
  [[nodiscard]] RunEvent given(ChainId chain, const ChainRecord& record) const;
  /// A chain that had lost its rank goes on at its record's rank.
  [[nodiscard]] RunEvent resumed(ChainId chain, const ChainRecord& record) const;
  [[nodiscard]] RunEvent completed(ChainId chain, const ChainRecord& record, RankId by) const;
  [[nodiscard]] RunEvent failed(ChainId chain, const ChainRecord& record, RankId by) const;
  [[nodiscard]] RunEvent enough(RankId self, const Verdict& verdict) const;
  /// One event, whose chain is the first of those lost; nothing where there are none and the death was told before.
  [[nodiscard]] std::optional<RunEvent> died(RankId dead, const std::vector<ChainId>& lost, const Ledger& ledger) const;

 private:
  [[nodiscard]] std::string host(RankId rank) const;
  [[nodiscard]] RunEvent of_chain(RunEvent::Kind kind, RankId rank, ChainId chain, const ChainRecord& record,
                                  const std::string& text) const;

  std::vector<Process> places_;
  Told told_;
};

}  // namespace exmc::runtime
