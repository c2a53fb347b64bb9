#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/core/process.hpp"
#include "exmc/runtime/announcer.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/hang_watch.hpp"
#include "exmc/runtime/ledger.hpp"
#include "exmc/runtime/membership.hpp"
#include "exmc/runtime/message.hpp"
#include "exmc/runtime/run_event.hpp"

namespace exmc::runtime {

/// What is to be run, as far as the protocol cares.
struct RunPlan {
  std::uint32_t chains = 1;
  bool share_tuning = true;       ///< chain 0 warms up first, its tuning goes to all others
  double flush_seconds = 1;       ///< longest time that what was received is not durable
  double heartbeat_seconds = 60;  ///< a rank without a sign of life for so long hangs
  bool survives_deaths = true;    ///< the run goes on when a rank dies
  /// Whether fewer draws than these of each chain are enough is looked at along the way; 0: never.
  std::uint64_t looks_below = 0;
  std::uint64_t first_look = 100;  ///< draws of each chain at which that is done first
};

/// The first number of draws, not below `from`, at which is looked whether they are enough: multiples of the first one,
/// a tenth farther each time, so that the work for all looks is some ten times that for the last.
[[nodiscard]] std::uint64_t look_from(std::uint64_t from, std::uint64_t first_look);

// What the coordinator wants done, in order.
struct SendMessage {
  RankId to;
  MessageKind kind;
  std::string bytes;
};
struct StoreTuning {
  std::string tuning;
};
/// Broadcast it to all ranks.
struct ShareTuning {
  std::string tuning;
};
struct AppendBlock {
  Block block;
};
/// Find out whether these draws are enough, then call judged().
struct JudgeDraws {
  std::vector<ChainId> chains;
  std::uint64_t draws = 0;
};
/// The output is to hold no more draws than these.
struct KeepDraws {
  Verdict enough;
};
/// Make what was appended durable, then call flushed().
struct FlushSink {};
/// Log it and keep it in the output.
struct RecordEvent {
  RunEvent event;
};
/// Close the output, then tell every rank that lives.
struct EndRun {
  Ending ending;
};
using CoordinatorAction = std::variant<SendMessage, StoreTuning, ShareTuning, AppendBlock, JudgeDraws, KeepDraws,
                                       FlushSink, RecordEvent, EndRun>;

/// Decides which rank runs which chain, what is written, and when the run is over. A value: it does nothing itself, but
/// answers each event with what is to be done, so that every order of events can be tried without ranks or files.
///
/// A coordinator begins with what is durable in the output, be it empty, and learns from each living rank what it holds
/// beyond that (joined()) before it hands out a chain; so the first one and one that takes over are the same. A chain
/// is handed on only from a state that is durable: whatever dies then, what its rank keeps continues the output.
class Coordinator {
 public:
  using Actions = std::vector<CoordinatorAction>;

  /// @param members  who is known to be dead, and which rank this is
  /// @param places   of the ranks, in order; empty where nobody knows them
  Coordinator(const RunPlan& plan, const Membership& members, std::vector<Process> places, Recovered recovered);

  /// Tells of what happened while nobody coordinated, as far as the output does not.
  /// @param hung  the coordinator before, where it was killed because it did not answer
  [[nodiscard]] Actions start(std::optional<RankId> hung);
  [[nodiscard]] Actions joined(RankId rank, const Standing& standing);
  /// @throws std::logic_error where iterations are missing between what was received and these.
  [[nodiscard]] Actions delivered(RankId from, Delivery delivery);
  /// The broadcast of the tuning is over at a rank.
  [[nodiscard]] Actions tuning_outcome(RankId rank, const TuningOutcome& outcome);
  /// What the draws are that were to be judged. Where they are enough the run ends with them, however far its chains
  /// are by now.
  [[nodiscard]] Actions judged(const Verdict& verdict);
  [[nodiscard]] Actions flushed();
  [[nodiscard]] Actions failed(RankId from, const Ending& ending);
  [[nodiscard]] Actions died(RankId rank);
  /// Has a rank that hangs killed by one on its host; its death is noticed like any other then.
  /// @param silent  ranks of which nothing can be asked either
  [[nodiscard]] Actions hung(RankId rank, Hang how, const std::vector<RankId>& silent = {});
  /// A signal, or the end of the launcher: stop all ranks, keep what they have.
  [[nodiscard]] Actions interrupted(const std::string& reason);
  [[nodiscard]] Actions stopped(RankId rank);
  /// Ranks that have not stopped by now are no longer waited for.
  [[nodiscard]] Actions stop_overdue();
  /// A coordinator before this one ended the run.
  [[nodiscard]] Actions finished(const Ending& ending);

  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

 private:
  void assign_queued(Actions& actions);
  void assign(ChainId chain, RankId rank, Actions& actions);
  void share(Actions& actions);
  void append(Delivery delivery, RankId from, Actions& actions);
  void tell_once(bool ChainRecord::*told, RunEvent event, Actions& actions);
  [[nodiscard]] Ending ending_of_all() const;
  [[nodiscard]] bool may_look() const;
  [[nodiscard]] std::uint64_t turn_end(std::uint64_t next_look) const;
  void look_next_at(std::uint64_t draws);
  [[nodiscard]] bool all_over() const { return ledger_.all_over() && !may_look(); }
  void look(Actions& actions);
  void flush_if_over(Actions& actions);
  void begin_when_all_joined(Actions& actions);
  void go_on(Actions& actions);
  void end(const Ending& ending, Actions& actions);

  RunPlan plan_;
  RankId self_;
  Announcer announcer_;
  Ledger ledger_;
};

}  // namespace exmc::runtime
