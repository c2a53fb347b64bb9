#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/error.hpp"
#include "exmc/core/ids.hpp"
#include "exmc/core/process.hpp"

namespace exmc::runtime {

/// What a message is about; the payloads are in message.hpp.
enum class MessageKind : std::int32_t {
  ready,           ///< to the coordinator: which job this rank has, and its card
  job,             ///< coordinator to a rank that does not have it
  begin,           ///< coordinator to all: the run begins, and where all ranks are, to who does not know
  standing,        ///< worker to a coordinator that is new to it: what the rank holds
  assign,          ///< coordinator to worker: run this chain
  share,           ///< coordinator to all others: join the broadcast, of the job or the tuning, that begins now
  tuning_outcome,  ///< worker to coordinator: whether the broadcast reached this rank
  tuning,          ///< coordinator to worker: the tuning, where the broadcast failed
  block,           ///< worker to coordinator: iterations of a chain
  received,        ///< coordinator to worker: go on sending
  durable,         ///< coordinator to worker: the copies up to here can go
  alive,           ///< worker to coordinator: a heartbeat, and whether the chain gets on
  beat,            ///< coordinator to worker: a heartbeat
  kill,            ///< coordinator to worker: end this process, which hangs
  failed,          ///< worker to coordinator: this rank cannot go on
  interrupt,       ///< worker to coordinator: this rank was asked to stop
  stop,            ///< coordinator to worker: finish the iteration, send it, say so
  stopped,         ///< worker to coordinator: nothing runs here and all was sent
  finish,          ///< coordinator to worker: leave with this exit code
  departure,       ///< within a communicator only: all ranks below this one, or all there are, are about to leave
};

struct Message {
  MessageKind kind;
  RankId peer;  ///< sender of a received message
  std::string bytes;
};

/// The ranks of a run, seen from one of them. Nothing waits for others but broadcast() and leave(). Used by one thread
/// only. A peer's death is no error here but a fact to be asked for; whatever else fails is thrown as IoError.
class Communicator {
 public:
  virtual ~Communicator() = default;

  [[nodiscard]] virtual RankId rank() const = 0;
  /// Number of ranks the run started with.
  [[nodiscard]] virtual std::int32_t size() const = 0;

  /// The processes of the ranks, in order, as they said when they met; empty where that failed, or all are in this one.
  [[nodiscard]] virtual const std::vector<Process>& places() const = 0;

  /// Sends to a rank, this one included. Messages between two ranks arrive in order. To a dead rank: does nothing.
  virtual void send(RankId to, MessageKind kind, std::string bytes) = 0;
  /// The next message, if one is here.
  virtual std::optional<Message> try_receive() = 0;

  /// Joins the broadcast of `bytes`, which have their size everywhere and their content at the root, and waits until it
  /// is over at this rank: to be called where every rank that lives is about to.
  /// @return whether they arrived: not where a rank has died; where one dies in it, maybe at some ranks and not at
  /// others
  virtual bool broadcast(RankId root, std::string& bytes) = 0;

  /// Ranks found dead since the last call.
  [[nodiscard]] virtual std::vector<RankId> take_dead() = 0;

  /// Whether the others live on when a rank dies.
  [[nodiscard]] virtual bool survives_deaths() const = 0;

  /// Leaves the run together with the others, after which nothing may be called. Where a rank has died (`clean` false,
  /// or seen here) it does not return: the process ends at once with `code`, because an orderly end can hang then.
  /// Ranks of this host that do not leave because they are stopped are killed after some seconds.
  virtual void leave(ExitCode code, bool clean) = 0;
};

}  // namespace exmc::runtime
