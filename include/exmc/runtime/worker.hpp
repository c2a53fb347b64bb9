#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/runtime/communicator.hpp"
#include "exmc/runtime/message.hpp"

namespace exmc::runtime {

// What a worker wants done, in order.
struct StartChain {
  Assignment assignment;  ///< with the tuning to use filled in
};
struct StopSampling {};
struct SendToCoordinator {
  MessageKind kind;
  std::string bytes;
};
/// So many bytes of copies are no longer held.
struct ReleaseCopies {
  std::size_t bytes;
};
using WorkerAction = std::variant<StartChain, StopSampling, SendToCoordinator, ReleaseCopies>;

/// What one rank does for the coordinator: runs the chain it is given and sends its blocks in order, no more at a time
/// than the coordinator takes in, keeping a copy of each until it is durable. A value like Coordinator.
class Worker {
 public:
  using Actions = std::vector<WorkerAction>;

  /// There is a coordinator that knows nothing of this rank: the first one, or the one after a coordinator that died.
  /// It is told what this rank has, and sent again all that is not known to be durable.
  [[nodiscard]] Actions coordinator_changed();
  [[nodiscard]] Actions assigned(Assignment assignment);
  /// The shared tuning is here; nothing where its broadcast did not reach this rank. The coordinator is told.
  [[nodiscard]] Actions broadcast_over(std::optional<std::string> tuning);
  /// The shared tuning, from the coordinator alone.
  [[nodiscard]] Actions tuning_sent(std::string tuning);
  /// The sampling thread made a block, encoded as a delivery.
  /// @param last  the chain does not go on here
  [[nodiscard]] Actions produced(ChainId chain, std::uint64_t end, std::string delivery, bool last = false);
  [[nodiscard]] Actions received(const Acknowledgement& acknowledgement);
  [[nodiscard]] Actions durable(const Acknowledgement& acknowledgement);
  [[nodiscard]] Actions stop(std::string reason);
  /// The sampling thread is done with the chain it was given first, and has handed over all its blocks.
  [[nodiscard]] Actions sampling_idle();
  /// This rank cannot go on.
  [[nodiscard]] Actions failed(Ending ending);

  /// A block that is kept.
  struct Copy {
    ChainId chain;
    std::uint64_t end = 0;
    std::string delivery;
    bool sent = false, received = false;
  };
  /// All that a worker knows.
  struct State {
    std::optional<std::string> shared_tuning;
    std::deque<Copy> copies;     ///< in the order produced
    std::deque<Turn> running;    ///< with the sampling thread, in order
    bool first_is_over = false;  ///< the first of these goes on here no more
    std::size_t held = 0, in_flight = 0;
    std::string stop_reason;  ///< not empty: nothing new is begun
    bool said_stopped = false;
    std::optional<Ending> failure;
  };
  [[nodiscard]] const State& state() const { return state_; }

 private:
  void send_what_fits(Actions& actions);
  void say_stopped(Actions& actions);

  State state_;
};

}  // namespace exmc::runtime
