#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
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

  [[nodiscard]] bool over() const { return status == Status::complete || status == Status::failed; }
  [[nodiscard]] bool all_durable() const { return durable == received && failure_durable; }
};

/// A rank in the coordinator's ledger.
struct RankRecord {
  bool alive = true;
  bool joined = false;  ///< has said what it holds
  bool stopped = false;
  bool has_tuning = false;    ///< the shared one, or will have before anything that is sent from now on
  std::vector<ChainId> held;  ///< in the order in which it got them
  bool condemned = false;     ///< another rank was asked to kill it

  [[nodiscard]] bool idle() const { return alive && !stopped && held.empty(); }
};

/// A rank that has no chain, and one for it.
struct Match {
  RankId rank;
  ChainId chain;
};

/// All that a coordinator knows, and what follows from it. Records are changed by functions that keep what is asked of
/// all of them up to date, so that no event costs a look at every chain or every rank.
class Ledger {
 public:
  std::string tuning;        ///< the shared one, durable; empty: not there yet
  std::uint32_t warmer = 0;  ///< the chain whose warm-up it is from: the first that does not fail before its end
  bool broadcast = false;    ///< it was, or it can no longer be
  bool clean = true;         ///< no rank died
  bool begun = false;        ///< every living rank had said what it holds
  bool flushing = false;     ///< the last flush was asked for
  bool looking = false;      ///< draws are being looked at
  bool enough = false;
  bool ended = false;
  std::string stop_reason;  ///< not empty: ranks were asked to stop

  /// Begins with what is durable in the output, and with what it tells of chains that were given to ranks before.
  /// @param share_tuning  all chains but the warmer want the shared tuning: a rank that does not have it yet can run
  /// none of them
  /// @throws std::logic_error where the output is of another number of chains.
  Ledger(std::uint32_t chain_count, bool share_tuning, const Membership& members, Recovered recovered,
         const Told& told);

  [[nodiscard]] const std::vector<ChainRecord>& chains() const { return chains_; }
  [[nodiscard]] const std::vector<RankRecord>& ranks() const { return ranks_; }
  /// @throws std::out_of_range where there is none of that number.
  [[nodiscard]] const ChainRecord& chain(ChainId id) const { return chains_.at(id.value); }
  [[nodiscard]] const RankRecord& rank(RankId id) const { return ranks_.at(static_cast<std::size_t>(id.value)); }

  /// `change(record)` may set all of a chain's record but who holds it.
  template <class Change>
  void change(ChainId id, const Change& change) {
    ChainRecord& record = chains_.at(id.value);
    count(record, -1);
    change(record);
    count(record, 1);
    place(id);
  }
  /// The same of a rank's, but for what it holds.
  template <class Change>
  void change(RankId id, const Change& change) {
    RankRecord& record = ranks_.at(static_cast<std::size_t>(id.value));
    count(record, -1);
    change(record);
    count(record, 1);
    place(id);
  }

  [[nodiscard]] bool all_over() const { return over_ == chains_.size(); }  ///< chains: complete or failed
  [[nodiscard]] bool all_joined() const { return joined_ == living_; }     ///< ranks that live
  [[nodiscard]] bool all_stopped() const { return stopped_ == living_; }   ///< the same
  [[nodiscard]] std::size_t living() const { return living_; }

  /// Draws of each chain at which is looked next whether they are enough.
  [[nodiscard]] std::uint64_t next_look() const { return next_look_; }
  /// @param turn_end  chains that have so many draws wait; 0: none does
  void set_look(std::uint64_t next, std::uint64_t turn_end);
  /// Whether every chain has the draws that the next look wants but those that cannot go on; not where none can.
  [[nodiscard]] bool can_look() const { return good_ > 0 && behind_ == 0; }
  /// Draws that every chain has but those that cannot go on; 0 where none can.
  [[nodiscard]] std::uint64_t common_draws() const;
  /// Chains that can go on, or are complete, and those that cannot.
  [[nodiscard]] std::vector<ChainId> good_chains() const { return chains_where(false); }
  [[nodiscard]] std::vector<ChainId> failed_chains() const { return chains_where(true); }
  /// Of which something is not durable, by number.
  [[nodiscard]] std::vector<ChainId> undurable_chains() const { return {undurable_.begin(), undurable_.end()}; }
  /// That live and do not have the shared tuning, by number.
  [[nodiscard]] std::vector<RankId> ranks_without_tuning() const { return {untuned_.begin(), untuned_.end()}; }

  /// The first rank, from `from` on, that has no chain and can be given one: its namesake where that waits, else the
  /// first that no other rank will take soon.
  /// @param own_only  none but namesakes
  [[nodiscard]] std::optional<Match> next_match(RankId from, bool own_only) const;

  /// The chain cannot go on. Where it was to warm up for all, the next one is.
  void fail(ChainId chain, const std::string& reason);
  void hold(ChainId chain, RankId holder);
  void let_go(ChainId chain);
  /// Queues again what a dead rank ran.
  /// @return the chains that lost their rank
  [[nodiscard]] std::vector<ChainId> take_chains_of(RankId dead);

 private:
  /// Where a chain waits.
  enum class Place : std::uint8_t {
    none,
    own,    ///< for the rank of its own number, which has none and can run it: where nothing dies, they are the same
    others  ///< for any rank
  };

  void choose_warmer();
  [[nodiscard]] std::vector<ChainId> chains_where(bool failed) const;
  void count(const ChainRecord& record, int sign);
  void count(const RankRecord& record, int sign);
  void place(ChainId chain);
  void place(RankId rank);
  void place_all();
  [[nodiscard]] Place place_of(ChainId chain) const;
  [[nodiscard]] bool tuned(const RankRecord& rank) const { return !share_tuning_ || rank.has_tuning; }

  bool share_tuning_;
  std::vector<ChainRecord> chains_;
  std::vector<RankRecord> ranks_;
  std::uint64_t next_look_ = 0, turn_end_ = 0;
  std::size_t over_ = 0, good_ = 0, behind_ = 0;        ///< chains: over, not failed, of those before the next look
  std::size_t living_ = 0, joined_ = 0, stopped_ = 0;   ///< ranks that live, and of them
  std::vector<Place> places_;                           ///< of the chains
  std::set<ChainId> for_own_, for_others_, undurable_;  ///< chains by place; of which something is not durable
  std::set<RankId> idle_, able_, untuned_;              ///< ranks: without a chain, able to run any, without the tuning
};

}  // namespace exmc::runtime
