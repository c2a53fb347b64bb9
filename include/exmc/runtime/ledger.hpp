#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/runtime/chain_task.hpp"
#include "exmc/runtime/membership.hpp"
#include "exmc/runtime/run_event.hpp"

namespace exmc::runtime {

/// A chain in the coordinator's ledger.
struct ChainRecord {
  enum class Status : std::uint8_t { queued, running, complete, failed };
  Status status = Status::queued;
  RankId rank{-1};             ///< that runs it, or ran it last
  bool held = false;           ///< `rank` still runs it, or has blocks of it to send
  bool given = false;          ///< to a rank of this run, be it dead
  bool orphaned = false;       ///< its rank died and nothing has come from another one yet
  bool complete_told = false;  ///< since it was given to a rank last
  bool failure_told = false;   ///< the same
  std::uint64_t received = 0;  ///< iterations handed to the sink
  std::uint64_t durable = 0;   ///< of them, those that survive a crash
  std::uint64_t draws = 0;     ///< rows of draws among those received
  std::uint64_t until = 0;     ///< draws at which its turn ends; 0: `rank` has nothing but blocks of turns before
  std::string state;           ///< after the last received iteration
  std::string tuning;          ///< of its own warm-up, once over
  int hangs = 0;               ///< ranks that got stuck in it
  std::string failure;         ///< not empty: why it cannot go on
  bool failure_durable = true;
  ChainProgress progress;
};

/// A rank in the coordinator's ledger.
struct RankRecord {
  bool alive = true;
  bool joined = false;  ///< has said what it holds
  bool stopped = false;
  bool has_tuning = false;   ///< the shared one, or will have before anything that is sent from now on
  std::uint32_t chains = 0;  ///< that it holds
  bool condemned = false;    ///< another rank was asked to kill it
};

/// All that a coordinator knows, and what follows from it.
struct Ledger {
  std::vector<ChainRecord> chains;
  std::vector<RankRecord> ranks;
  std::string tuning;           ///< the shared one, durable; empty: not there yet
  std::uint32_t warmer = 0;     ///< the chain whose warm-up it is from: the first that does not fail before its end
  bool broadcast = false;       ///< it was, or it can no longer be
  bool clean = true;            ///< no rank died
  bool begun = false;           ///< every living rank had said what it holds
  bool flushing = false;        ///< the last flush was asked for
  std::uint64_t next_look = 0;  ///< draws of each chain at which is looked next whether they are enough
  bool looking = false;         ///< they are being looked at
  bool enough = false;
  bool ended = false;
  std::string stop_reason;  ///< not empty: ranks were asked to stop

  /// Begins with what is durable in the output, and with what it tells of chains that were given to ranks before.
  /// @throws std::logic_error where the output is of another number of chains.
  Ledger(std::uint32_t chain_count, const Membership& members, Recovered recovered, const Told& told);

  /// @throws std::out_of_range where there is none of that number.
  [[nodiscard]] ChainRecord& chain(ChainId id) { return chains.at(id.value); }
  [[nodiscard]] const ChainRecord& chain(ChainId id) const { return chains.at(id.value); }
  [[nodiscard]] const RankRecord& rank(RankId id) const { return ranks.at(static_cast<std::size_t>(id.value)); }
  [[nodiscard]] RankRecord& rank(RankId id) { return ranks.at(static_cast<std::size_t>(id.value)); }

  [[nodiscard]] bool all_over() const;     ///< chains: complete or failed
  [[nodiscard]] bool all_joined() const;   ///< ranks that live
  [[nodiscard]] bool all_stopped() const;  ///< the same

  /// Draws that every chain has but those that cannot go on; 0 where none can.
  [[nodiscard]] std::uint64_t common_draws() const;
  /// Chains that can go on, or are complete, and those that cannot.
  [[nodiscard]] std::vector<ChainId> good_chains() const { return chains_where(false); }
  [[nodiscard]] std::vector<ChainId> failed_chains() const { return chains_where(true); }

  /// The queued chain that a rank without one is to run: its namesake, else the first that no other rank will take
  /// soon.
  /// @param turn_end  chains that have so many draws wait; 0: none does
  /// @param share_tuning  all chains but the warmer want the shared tuning: a rank that does not have it yet can run
  /// none of them
  [[nodiscard]] std::optional<ChainId> next_chain(RankId rank, bool share_tuning, std::uint64_t turn_end) const;

  /// The chain cannot go on. Where it was to warm up for all, the next one is.
  void fail(ChainId chain, const std::string& reason);
  void hold(ChainId chain, RankId holder);
  void let_go(ChainRecord& record);
  /// Queues again what a dead rank ran.
  /// @return the chains that lost their rank
  [[nodiscard]] std::vector<ChainId> take_chains_of(RankId dead);

 private:
  void choose_warmer();
  [[nodiscard]] std::vector<ChainId> chains_where(bool failed) const;
};

}  // namespace exmc::runtime
