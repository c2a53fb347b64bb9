#pragma once

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "broadcast.hpp"
#include "check.hpp"
#include "exmc/runtime/communicator.hpp"
#include "pieces.hpp"

namespace exmc::runtime::mpi {

/// Communicator over duplicates of MPI_COMM_WORLD, one for messages between two ranks, which carry their kind as the
/// tag, and one for broadcasts. Messages between living ranks pass whoever else is dead, so that neither is ever
/// revoked or shrunk; a broadcast that a rank dies in is given up, and its communicator with it.
class MpiCommunicator final : public Communicator {
 public:
  /// Collective over MPI_COMM_WORLD.
  MpiCommunicator();

  [[nodiscard]] RankId rank() const override { return rank_; }
  [[nodiscard]] std::int32_t size() const override { return size_; }
  void send(RankId to, MessageKind kind, std::string bytes) override;
  std::optional<Message> try_receive() override;
  void begin_broadcast(RankId root, std::string bytes) override;
  std::optional<Broadcast> poll_broadcast() override;
  [[nodiscard]] std::vector<RankId> take_dead() override;
  [[nodiscard]] bool survives_deaths() const override;
  void leave(ExitCode code, bool clean) override;

 private:
  // Of one piece of a message each.
  struct Outgoing {
    std::string bytes;
    RankId to;
    MPI_Request request = MPI_REQUEST_NULL;
  };
  struct Incoming {
    Message message;
    MPI_Request request = MPI_REQUEST_NULL;
  };

  void complete_sends();
  void match_next();
  std::optional<Message> receive_piece();
  void look_for_dead();
  bool leave_in_order();
  /// After a death: waits until every survivor knows how the run ends. One that left before would look like another
  /// death.
  void meet_survivors();

  MPI_Comm comm_ = MPI_COMM_NULL;
  MPI_Comm broadcasts_ = MPI_COMM_NULL;
  RankId rank_;
  std::int32_t size_ = 0;
  std::list<Outgoing> outgoing_;
  std::optional<Incoming> incoming_;
  std::map<RankId, MessageAssembly> assemblies_;  ///< by sender
  std::deque<Message> to_self_;
  std::unique_ptr<BroadcastInFlight> broadcast_;
  std::set<RankId> dead_;
  std::vector<RankId> newly_dead_;
};

}  // namespace exmc::runtime::mpi
