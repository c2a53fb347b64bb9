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
#include "departure.hpp"
#include "exmc/runtime/communicator.hpp"
#include "pieces.hpp"

namespace exmc::runtime::mpi {

/// Communicator over MPI_COMM_WORLD itself: a rank that died while a communicator was made would leave some ranks with
/// one and others without. Everything is a message between two ranks, with its kind as the tag: those between living
/// ranks pass whoever else is dead, so that the communicator is never revoked or shrunk. A broadcast goes down a tree
/// of such messages.
class MpiCommunicator final : public Communicator {
 public:
  /// Collective over MPI_COMM_WORLD.
  MpiCommunicator();

  [[nodiscard]] RankId rank() const override { return rank_; }
  [[nodiscard]] std::int32_t size() const override { return size_; }
  [[nodiscard]] const std::vector<Process>& places() const override { return places_; }
  void send(RankId to, MessageKind kind, std::string bytes) override;
  std::optional<Message> try_receive() override;
  void begin_broadcast(RankId root, std::string bytes) override;
  std::optional<Broadcast> poll_broadcast() override;
  [[nodiscard]] std::vector<RankId> take_dead() override;
  [[nodiscard]] bool survives_deaths() const override;
  void leave(ExitCode code, bool clean) override;

 private:
  // Of one piece of a message each.
  using Piece = std::shared_ptr<const std::string>;
  struct Outgoing {
    Piece bytes;
    MPI_Request request = MPI_REQUEST_NULL;
  };
  struct Incoming {
    Message message;
    MPI_Request request = MPI_REQUEST_NULL;
  };

  void exchange_places();
  static std::vector<Piece> pieces_of(const std::string& message);
  void send_piece(RankId to, MessageKind kind, const Piece& piece);
  void send_down(const std::string& broadcast);
  void complete_sends();
  void match_next();
  std::optional<Message> receive_piece();
  void look_for_dead();
  bool leave_in_order();
  /// After a death: waits until every survivor knows how the run ends. One that left before would look like another
  /// death.
  /// @return false where some did not come in time
  bool meet_survivors();
  void end_stopped_ranks() const;
  /// Waits until the launcher has seen the lower ranks of this host end, or has ended itself, for a time.
  void await_turn() const;

  MPI_Comm comm_ = MPI_COMM_WORLD;
  RankId rank_;
  std::int32_t size_ = 0;
  std::vector<Process> places_;
  std::list<Outgoing> outgoing_;
  std::optional<Incoming> incoming_;
  std::map<RankId, MessageAssembly> assemblies_;  ///< by sender
  std::deque<Message> to_self_;
  Broadcasts broadcasts_;
  bool leaving_ = false;
  std::optional<Departure> departure_;
  std::set<RankId> dead_;
  std::vector<RankId> newly_dead_;
};

}  // namespace exmc::runtime::mpi
