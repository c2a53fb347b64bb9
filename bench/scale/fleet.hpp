#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "exmc/runtime/coordinator.hpp"
#include "exmc/runtime/worker.hpp"

namespace exmc::bench {

/// Processor time of this thread so far, in seconds.
[[nodiscard]] double cpu_seconds();

/// What a run of the fleet consists of.
struct FleetPlan {
  std::int32_t ranks = 1000;
  std::uint32_t chains = 1000;
  std::uint64_t blocks = 4;            ///< of each chain
  std::size_t state_bytes = 100;       ///< that a block carries
  std::int32_t dying_hosts = 0;        ///< at moments spread over the run, each with
  std::int32_t ranks_of_a_host = 64;   ///< so many ranks; rank 0 lives
  std::uint64_t turns_of_a_flush = 4;  ///< a flush after so many blocks of each rank
};

/// Calls of the coordinator of one kind: how many, and the processor time within them.
struct Spent {
  std::uint64_t events = 0;
  double seconds = 0;
};

struct FleetReport {
  Spent begun, blocks, flushes, deaths;
  std::uint64_t assignments = 0, messages = 0, message_bytes = 0;
  [[nodiscard]] double seconds() const { return begun.seconds + blocks.seconds + flushes.seconds + deaths.seconds; }
};

/// A run's decisions without the run: the real coordinator and a real worker for each rank in one thread, chains that
/// make blocks of nothing but a state, no file and no messages but in memory. Ranks get on in turns, a block each.
class Fleet {
 public:
  explicit Fleet(const FleetPlan& plan);
  /// @throws std::runtime_error where the run does not end with all chains complete.
  FleetReport run();

 private:
  struct Rank {
    runtime::Worker worker;
    std::deque<runtime::Assignment> chains;
    std::uint64_t made = 0;  ///< blocks of the first of these
    bool alive = true;
  };
  struct Sent {
    RankId from;
    runtime::MessageKind kind;
    std::string bytes;
  };

  void begin();
  void turn();
  void produce(std::int32_t rank);
  void decide(Spent& spent, const std::vector<Sent>& messages);
  void deliver();
  void die(std::int32_t host);
  void flush();
  void carry_out(runtime::Coordinator::Actions actions);
  void carry_out(std::int32_t rank, runtime::Worker::Actions actions);
  [[nodiscard]] runtime::Coordinator::Actions react(const Sent& message);

  FleetPlan plan_;
  runtime::Coordinator coordinator_;
  std::vector<Rank> ranks_;
  std::vector<Sent> sent_;  ///< to the coordinator
  FleetReport report_;
  std::uint64_t complete_ = 0;
  bool wants_flush_ = false, ended_ = false;
};

}  // namespace exmc::bench
