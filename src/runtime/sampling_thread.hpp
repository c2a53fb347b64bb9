#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "exmc/runtime/chain_task.hpp"
#include "exmc/runtime/message.hpp"
#include "exmc/runtime/pulse.hpp"

namespace exmc::runtime {

// What the sampling thread tells the thread that communicates, in order.
struct BlockMade {
  ChainId chain;
  std::uint64_t end = 0;
  std::string delivery;  ///< encoded
  bool last = false;     ///< the chain does not go on here
};
struct SamplingFailed {
  Ending ending;
};
/// The chain is complete, failed or was stopped; nothing runs.
struct SamplingIdle {};
using SamplingEvent = std::variant<BlockMade, SamplingFailed, SamplingIdle>;

/// Runs chains, one at a time, on a thread of its own, and hands over their blocks. It never waits for anybody but
/// where the copies of what it made fill their share of memory.
class SamplingThread {
 public:
  /// @param most_held  bytes made here and not released yet, beyond which no further block is begun
  SamplingThread(ChainFactory& factory, std::size_t most_held);
  /// Waits for the end of the iteration in progress.
  ~SamplingThread();
  SamplingThread(const SamplingThread&) = delete;
  SamplingThread& operator=(const SamplingThread&) = delete;

  void start(Assignment assignment);
  /// Stops the chain at the end of its iteration; its last block is handed over.
  void stop();
  /// What happened since the last call; waits for it at most `limit`.
  [[nodiscard]] std::vector<SamplingEvent> wait(std::chrono::steady_clock::duration limit);
  /// No further block is begun from now on beyond so many bytes made here and not released.
  void limit_held(std::size_t bytes);
  /// So many bytes made here are no longer kept anywhere.
  void release(std::size_t bytes);
  /// Whether an iteration is under way, and the chain's pulse.
  [[nodiscard]] Heartbeat heartbeat() const { return {working_, pulse_.count()}; }
  /// True when no iteration is in progress within `limit` after stop().
  [[nodiscard]] bool stopped_within(std::chrono::steady_clock::duration limit);

 private:
  void loop();
  void run_chain(const Assignment& assignment);
  void sample(const Assignment& assignment, std::uint64_t& end);
  void report(SamplingEvent event);
  [[nodiscard]] bool wait_for_room();

  ChainFactory& factory_;
  std::mutex mutex_;
  std::condition_variable changed_;   ///< for the sampling thread: work, room, stop
  std::condition_variable reported_;  ///< for the other thread: events, idle
  std::optional<Assignment> next_;
  std::vector<SamplingEvent> events_;
  std::size_t most_held_, held_bytes_ = 0;
  bool busy_ = false, quit_ = false;
  std::atomic<bool> stop_ = false;     ///< read between iterations without the lock
  std::atomic<bool> working_ = false;  ///< not waiting for anything
  Pulse pulse_;
  std::thread thread_;
};

}  // namespace exmc::runtime
