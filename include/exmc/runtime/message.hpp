#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/process.hpp"
#include "exmc/runtime/chain_task.hpp"

namespace exmc::runtime {

// The payloads of the messages, by MessageKind. Each has encode() and a decoder that throws std::logic_error for bytes
// that encode() did not make.

/// ready: which job a rank has, and what it says of itself.
struct Readiness {
  bool knows_places = false;  ///< where all ranks are
  std::uint64_t job = 0;      ///< hash of it; 0: none
  std::string card{};         ///< the application's
};

/// assign: run this chain from where `state` is.
struct Assignment {
  ChainId chain;
  bool shared_tuning = false;  ///< goes with the shared tuning, which the rank has
  std::string tuning;          ///< else: of the chain's own warm-up, where it is over
  std::string state;           ///< empty: from its beginning
  std::uint64_t until = 0;     ///< draws of its whole life after which it yields; 0: it goes on to its end
};

/// block: iterations, and where the chain stands after them.
struct Delivery {
  Block block;
  ChainProgress progress;
  bool complete = false;  ///< these were the chain's last
  bool yields = false;    ///< or the last of its turn: any rank may go on with it
  std::string failure{};  ///< not empty: why it cannot go on after them; there are none then, only a state
};

/// A chain at work on a rank, and after how many draws it yields; 0: it goes on to its end.
struct Turn {
  ChainId chain;
  std::uint64_t until = 0;
};

/// standing: what a rank has that its coordinator may not know of.
struct Standing {
  bool has_tuning = false;      ///< the shared one
  std::vector<ChainId> chains;  ///< that run here, or have blocks here that may not be durable
  std::string stop_reason;      ///< not empty: the run was asked to stop
  std::vector<Turn> running{};  ///< those of the chains that run here
};

/// tuning_outcome: how the broadcast of the tuning ended for a rank.
struct TuningOutcome {
  bool arrived = false;
};

/// alive and beat: that a rank runs.
struct Heartbeat {
  bool sampling = false;    ///< an iteration is under way
  std::uint64_t pulse = 0;  ///< gradients of its chain so far
};

/// received and durable: all iterations of the chain before `end`; that it failed after them counts as one more, so
/// that what acknowledges its last block does not acknowledge the failure.
inline constexpr std::uint64_t kOfFailure = 1;
struct Acknowledgement {
  ChainId chain;
  std::uint64_t end = 0;
};

/// failed: why a rank cannot go on. finish: how the run ended.
struct Ending {
  ExitCode code = ExitCode::done;
  std::string message;  ///< for the user; empty where there is nothing to say
  bool clean = true;    ///< no rank died
};

[[nodiscard]] std::string encode(const Readiness& readiness);
[[nodiscard]] std::string encode(const Assignment& assignment);
[[nodiscard]] std::string encode(const Delivery& delivery);
/// begin: where the ranks are, in order; nothing for a rank that knows.
[[nodiscard]] std::string encode(const std::vector<Process>& places);
[[nodiscard]] std::string encode(const Standing& standing);
[[nodiscard]] std::string encode(const TuningOutcome& outcome);
[[nodiscard]] std::string encode(const Heartbeat& beat);
[[nodiscard]] std::string encode(const Process& process);
[[nodiscard]] std::string encode(const Acknowledgement& acknowledgement);
[[nodiscard]] std::string encode(const Ending& ending);

[[nodiscard]] Readiness decode_readiness(const std::string& bytes);
[[nodiscard]] Assignment decode_assignment(const std::string& bytes);
[[nodiscard]] Delivery decode_delivery(const std::string& bytes);
[[nodiscard]] std::vector<Process> decode_places(const std::string& bytes);
[[nodiscard]] Standing decode_standing(const std::string& bytes);
[[nodiscard]] TuningOutcome decode_tuning_outcome(const std::string& bytes);
[[nodiscard]] Heartbeat decode_heartbeat(const std::string& bytes);
[[nodiscard]] Process decode_process(const std::string& bytes);
[[nodiscard]] Acknowledgement decode_acknowledgement(const std::string& bytes);
[[nodiscard]] Ending decode_ending(const std::string& bytes);

/// The exception in flight as an ending, in words for the user. Call in a catch block.
[[nodiscard]] Ending ending_of_current_exception();

}  // namespace exmc::runtime
