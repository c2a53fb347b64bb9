#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/message.hpp"
#include "exmc/runtime/run_event.hpp"

namespace exmc::runtime {

/// What is to be run, as far as the protocol cares.
struct RunPlan {
  std::uint32_t chains = 1;
  bool share_tuning = true;  ///< chain 0 warms up first, its tuning goes to all others
  double flush_seconds = 1;  ///< longest time that what was received is not durable
};

/// A chain in the coordinator's ledger.
struct ChainRecord {
  enum class Status : std::uint8_t { queued, running, complete };
  Status status = Status::queued;
  RankId rank;                 ///< that runs it, or ran it last
  std::uint64_t received = 0;  ///< iterations handed to the sink
  std::uint64_t durable = 0;   ///< of them, those that survive a crash
  std::string state;           ///< after the last received iteration
  std::string tuning;          ///< of its own warm-up, once over
  ChainProgress progress;
};

/// A rank in the coordinator's ledger.
struct RankRecord {
  enum class Status : std::uint8_t { idle, running, stopped, dead };
  Status status = Status::idle;
};

// What the coordinator wants done, in order.
struct SendMessage {
  RankId to;
  MessageKind kind;
  std::string bytes;
};
struct StoreTuning {
  std::string tuning;
};
struct ShareTuning {
  std::string tuning;
};
struct AppendBlock {
  Block block;
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
using CoordinatorAction =
    std::variant<SendMessage, StoreTuning, ShareTuning, AppendBlock, FlushSink, RecordEvent, EndRun>;

/// Decides which rank runs which chain, what is written, and when the run is over. A value: it does nothing itself, but
/// answers each event with what is to be done, so that every order of events can be tried without ranks or files.
class Coordinator {
 public:
  using Actions = std::vector<CoordinatorAction>;

  /// Goes on from what is recovered.
  Coordinator(const RunPlan& plan, std::int32_t ranks, Recovered recovered = {});

  [[nodiscard]] Actions start();
  /// @throws std::logic_error where iterations are missing between what was received and these.
  [[nodiscard]] Actions delivered(RankId from, Delivery delivery);
  /// The broadcast of the tuning is over.
  [[nodiscard]] Actions shared(bool everywhere);
  [[nodiscard]] Actions flushed();
  [[nodiscard]] Actions failed(RankId from, const Ending& ending);
  [[nodiscard]] Actions died(RankId rank);
  /// A signal, or the end of the launcher: stop all ranks, keep what they have.
  [[nodiscard]] Actions interrupted(const std::string& reason);
  [[nodiscard]] Actions stopped(RankId rank);
  /// Ranks that have not stopped by now are no longer waited for.
  [[nodiscard]] Actions stop_overdue();

  [[nodiscard]] const std::vector<ChainRecord>& chains() const { return chains_; }
  [[nodiscard]] const std::vector<RankRecord>& ranks() const { return ranks_; }
  [[nodiscard]] bool ended() const { return ended_; }
  /// No rank died.
  [[nodiscard]] bool clean() const { return clean_; }

 private:
  [[nodiscard]] bool may_start(std::size_t chain) const;
  [[nodiscard]] bool all_complete() const;
  [[nodiscard]] bool all_stopped() const;
  [[nodiscard]] ChainRecord& chain(ChainId id);
  [[nodiscard]] RankRecord& rank(RankId id) { return ranks_.at(static_cast<std::size_t>(id.value)); }
  void assign_queued(Actions& actions);
  void assign(std::size_t chain, std::size_t rank, Actions& actions);
  void share(const std::string& tuning, Actions& actions);
  void flush_if_over(Actions& actions);
  void end(const Ending& ending, Actions& actions);

  RunPlan plan_;
  std::vector<ChainRecord> chains_;
  std::vector<RankRecord> ranks_;
  std::string recovered_tuning_;  ///< the shared one, in the output from the start
  bool sharing_ = false;          ///< the broadcast of the tuning was asked for
  bool shared_ = false;           ///< every rank has the tuning
  bool stopping_ = false;
  bool flushing_ = false;  ///< the last flush was asked for
  bool ended_ = false;
  bool clean_ = true;
  std::string stop_reason_;
};

}  // namespace exmc::runtime
