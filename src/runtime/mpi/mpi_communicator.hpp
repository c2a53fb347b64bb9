#pragma once

#include <atomic>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "check.hpp"
#include "departure.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/limits.hpp"
#include "exmc/runtime/mpi/session.hpp"
#include "pieces.hpp"

namespace exmc::runtime::mpi {

/// Broadcasts, and what else is collective, are on MPI_COMM_WORLD, for as long as no rank has died; messages, with
/// their kind as the tag, on a communicator of their own, where a collective that a rank died in cannot keep them.
/// Those between living ranks pass whoever else is dead, so that it is never revoked or shrunk.
class MpiCommunicator final : public Communicator {
 public:
  /// Collective over MPI_COMM_WORLD.
  explicit MpiCommunicator(BroadcastGuard guard);

  [[nodiscard]] RankId rank() const override { return rank_; }
  [[nodiscard]] std::int32_t size() const override { return size_; }
  [[nodiscard]] const std::vector<Process>& places() const override { return places_; }
  void send(RankId to, MessageKind kind, std::string bytes) override;
  std::optional<Message> try_receive() override;
  bool broadcast(RankId root, std::string& bytes) override;
  [[nodiscard]] std::vector<RankId> take_dead() override;
  [[nodiscard]] bool survives_deaths() const override { return survives_deaths_; }
  void leave(ExitCode code, bool clean) override;

 private:
  // Of one piece of a message each.
  struct Outgoing {
    std::string bytes;
    MPI_Request request = MPI_REQUEST_NULL;
  };
  struct Incoming {
    Message message;
    MPI_Request request = MPI_REQUEST_NULL;
  };

  void make_messages();
  void exchange_places();
  void send_piece(int member, MessageKind kind, std::string piece);
  void beat(RankId root);
  void watch_broadcast(const std::atomic<std::size_t>& next, const std::atomic<bool>& over) const;
  void complete_sends();
  void match_next();
  std::optional<Message> receive_piece();
  void look_for_dead();
  void tell_of_disorder();
  bool leave_in_order();
  /// After a death: waits until every survivor knows how the run ends. One that left before would look like another
  /// death.
  /// @return false where some did not come in time
  bool meet_survivors(Limit limit);
  void end_stopped_ranks() const;
  /// Waits until the launcher has seen the lower ranks of this host end, or has ended itself, for a time.
  void await_turn(Limit limit) const;
  [[nodiscard]] Limit turn_limit(ExitCode code) const;

  BroadcastGuard guard_;
  bool survives_deaths_;
  RankId rank_;
  std::int32_t size_ = 0;
  MPI_Comm messages_ = MPI_COMM_NULL;
  std::vector<int> member_of_;     ///< ranks in messages_, by number; MPI_UNDEFINED: dead since before
  std::vector<RankId> of_member_;  ///< the other way round
  std::vector<Process> places_;
  std::list<Outgoing> outgoing_;
  std::optional<Incoming> incoming_;
  std::map<RankId, MessageAssembly> assemblies_;  ///< by sender
  std::deque<Message> to_self_;
  std::list<std::string> lost_broadcasts_;  ///< MPI may not be done with what a rank died in
  std::optional<Departure> departure_;
  bool in_disorder_ = false;  ///< a rank leaves without the others, although none is known to have died
  std::set<RankId> dead_;
  std::vector<RankId> newly_dead_;
};

}  // namespace exmc::runtime::mpi
