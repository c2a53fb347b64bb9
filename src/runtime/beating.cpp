#include "exmc/runtime/beating.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

#include "exmc/runtime/message.hpp"
#include "exmc/runtime/run_rank.hpp"

namespace exmc::runtime {
namespace {

using Clock = std::chrono::steady_clock;

/// A rank beats several times within the limit, and every few seconds where that is long.
constexpr double kBeatsPerLimit = 5, kLongestInterval = 5;
/// Between two looks for messages.
constexpr std::chrono::milliseconds kPause{2};

}  // namespace

double steady_seconds() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

bool BeatClock::due(double now) {
  if (now < next_) return false;
  next_ = now + std::min(limit_ / kBeatsPerLimit, kLongestInterval);
  return true;
}

void beat_to_all(Communicator& ranks) { send_to_others(ranks, MessageKind::beat, encode(Heartbeat{})); }

std::deque<Message> work_beating(Communicator& ranks, double limit, const std::function<void()>& beat,
                                 const std::function<void()>& work) {
  std::deque<Message> arrived;
  BeatClock clock(limit);
  std::future<void> done = std::async(std::launch::async, work);
  while (done.wait_for(kPause) != std::future_status::ready) {
    if (clock.due(steady_seconds())) beat();
    while (std::optional<Message> message = ranks.try_receive()) arrived.push_back(std::move(*message));
  }
  done.get();
  return arrived;
}

}  // namespace exmc::runtime
