#pragma once

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

  /// @param shares_tuning  whether assignments without a tuning wait for the shared one (but chain 0, which makes it)
  explicit Worker(bool shares_tuning) : shares_tuning_(shares_tuning) {}

  [[nodiscard]] Actions assigned(Assignment assignment);
  [[nodiscard]] Actions shared(std::string tuning);
  /// The sampling thread made a block, encoded as a delivery.
  [[nodiscard]] Actions produced(ChainId chain, std::uint64_t end, std::string delivery);
  [[nodiscard]] Actions received(const Acknowledgement& acknowledgement);
  [[nodiscard]] Actions durable(const Acknowledgement& acknowledgement);
  [[nodiscard]] Actions stop();
  /// The sampling thread has nothing to run and has handed over all blocks.
  [[nodiscard]] Actions sampling_idle();

  [[nodiscard]] std::size_t held_bytes() const { return held_; }

 private:
  struct Copy {
    ChainId chain;
    std::uint64_t end = 0;
    std::string delivery;
    bool sent = false, received = false;
  };

  void start(Assignment assignment, Actions& actions);
  void send_what_fits(Actions& actions);
  void say_stopped(Actions& actions);

  bool shares_tuning_;
  std::optional<std::string> shared_tuning_;
  std::optional<Assignment> waiting_;  ///< for the shared tuning
  std::deque<Copy> copies_;            ///< in the order produced
  std::size_t held_ = 0, in_flight_ = 0;
  bool sampling_ = false, stopping_ = false, said_stopped_ = false;
};

}  // namespace exmc::runtime
